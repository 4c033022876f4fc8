"""HTTP/JSON."""

import base64
import json
from datetime import timedelta
from typing import Any

from temporalio.client import Client
from temporalio.common import Priority, RetryPolicy

from http_json import at, Http, HttpRefused, NAMESPACE
from ways import Events, Refused


class ByHttp:
    FIELDS = {
        "execution_timeout": "workflowExecutionTimeout",
        "run_timeout": "workflowRunTimeout",
        "task_timeout": "workflowTaskTimeout",
        "start_delay": "workflowStartDelay",
        "cron_schedule": "cronSchedule",
    }

    def __init__(self, _: Client) -> None:
        self.http = Http()

    async def start(
        self, workflow_type: str, *arguments: Any, workflow_id: str, task_queue: str, **options: Any
    ) -> str:
        body = self._started(workflow_type, arguments, task_queue) | self._fields(options)
        return (await self._asked(self.http.post(at(workflow_id), body)))["runId"]

    async def signal_with_start(
        self, name: str, item: Any, workflow_type: str, *arguments: Any, workflow_id: str, task_queue: str
    ) -> str:
        body = self._started(workflow_type, arguments, task_queue) | {"signalInput": [item]}
        return (await self._asked(self.http.post(at(workflow_id, "signal-with-start", name), body)))["runId"]

    async def signal(self, workflow_id: str, name: str, *arguments: Any) -> None:
        await self._asked(self.http.post(at(workflow_id, "signal", name), {"input": list(arguments)}))

    async def query(self, workflow_id: str, name: str, *arguments: Any) -> Any:
        body = {"query": {"queryArgs": list(arguments)}}
        return (await self._asked(self.http.post(at(workflow_id, "query", name), body)))["queryResult"][0]

    async def update(self, workflow_id: str, name: str, *arguments: Any) -> Any:
        body = {"request": {"input": {"args": list(arguments)}}}
        outcome = (await self._asked(self.http.post(at(workflow_id, "update", name), body)))["outcome"]
        if failure := outcome.get("failure"):
            raise Refused(failure["message"])
        return outcome["success"][0]

    async def cancel(self, workflow_id: str) -> None:
        await self._asked(self.http.post(at(workflow_id, "cancel"), {}))

    async def terminate(self, workflow_id: str) -> None:
        await self._asked(self.http.post(at(workflow_id, "terminate"), {}))

    async def outcome(self, workflow_id: str) -> tuple[str, Any]:
        run_id, wanted = "", "HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT"
        while True:
            page = await self._asked(
                self.http.get(
                    at(workflow_id, "history"),
                    execution__runId=run_id,
                    waitNewEvent="true",
                    historyEventFilterType=wanted,
                )
            )
            for event in page["history"].get("events", []):
                [attributes] = (value for name, value in event.items() if name.endswith("EventAttributes"))
                run_id = attributes.get("newExecutionRunId", "")
                if not run_id:
                    kind = event["eventType"].removeprefix("EVENT_TYPE_WORKFLOW_EXECUTION_")
                    return kind, (attributes.get("result") or [None])[0]

    async def events(self, workflow_id: str, run_id: str = "") -> Events:
        events: Events = []
        token = ""
        while True:
            page = await self._asked(
                self.http.get(at(workflow_id, "history"), execution__runId=run_id, nextPageToken=token)
            )
            events += page["history"].get("events", [])
            if not (token := page.get("nextPageToken", "")):
                return events

    async def describe(self, workflow_id: str, run_id: str = "") -> dict[str, Any]:
        return await self._asked(self.http.get(at(workflow_id), execution__runId=run_id))

    async def find(self, query: str) -> list[dict[str, Any]]:
        runs: list[dict[str, Any]] = []
        token = ""
        while True:
            asked = self.http.get(f"{NAMESPACE}/workflows", query=query, pageSize="50", nextPageToken=token)
            page = await self._asked(asked)
            runs += page.get("executions", [])
            if not (token := page.get("nextPageToken", "")):
                return runs

    async def count(self, query: str) -> dict[str, Any]:
        counted = await self._asked(self.http.get(f"{NAMESPACE}/workflow-count", query=query))
        # They have a type besides their encoding, and so are payloads in full.
        values = (json.loads(base64.b64decode(it["groupValues"][0]["data"])) for it in counted.get("groups", []))
        groups = dict(zip(values, (int(group["count"]) for group in counted.get("groups", []))))
        return groups or {"": int(counted.get("count", 0))}

    @staticmethod
    async def _asked(asked: Any) -> Any:
        try:
            return await asked
        except HttpRefused as refused:
            raise Refused(json.dumps(refused.body)) from refused

    @staticmethod
    def _started(workflow_type: str, arguments: tuple[Any, ...], task_queue: str) -> dict[str, Any]:
        named = {"workflowType": {"name": workflow_type}, "taskQueue": {"name": task_queue}}
        return {**named, "input": list(arguments)}

    def _fields(self, options: dict[str, Any]) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for name, value in options.items():
            match name, value:
                case "memo", _:
                    fields["memo"] = {"fields": value}
                case ("static_summary" | "static_details"), _:
                    fields.setdefault("userMetadata", {})[name.removeprefix("static_")] = value
                case "priority", Priority():
                    given = {
                        "priorityKey": value.priority_key,
                        "fairnessKey": value.fairness_key,
                        "fairnessWeight": value.fairness_weight,
                    }
                    fields["priority"] = {key: it for key, it in given.items() if it is not None}
                case "retry_policy", RetryPolicy():
                    fields["retryPolicy"] = {
                        "initialInterval": f"{value.initial_interval.total_seconds()}s",
                        "maximumAttempts": value.maximum_attempts,
                    }
                case _, timedelta():
                    fields[self.FIELDS[name]] = f"{value.total_seconds()}s"
                case _:
                    fields[self.FIELDS[name]] = value
        return fields
