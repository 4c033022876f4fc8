"""What can be said to workflows, in each way to say it: by the official client, by the `temporal` command, by HTTP/JSON.

A test that asks for the fixture `way` runs once with each. All of them show histories and descriptions as JSON with
Temporal's names.
"""

import asyncio
import base64
import json
from datetime import timedelta
from typing import Any, Protocol

from google.protobuf.json_format import MessageToDict
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.client import WorkflowQueryFailedError
from temporalio.common import Priority, RetryPolicy
from temporalio.service import RPCError

from http_json import at, Http, HttpRefused, NAMESPACE
from temporal_command import TEMPORAL

Events = list[dict[str, Any]]


class Refused(Exception):
    """It was refused, or failed, with these words."""


class Way(Protocol):
    async def start(
        self, workflow_type: str, *arguments: Any, workflow_id: str, task_queue: str, **options: Any
    ) -> str:
        """Starts a workflow, and gives the id of its run. The options have the names of those of the Python client."""

    async def signal_with_start(
        self, name: str, item: Any, workflow_type: str, *arguments: Any, workflow_id: str, task_queue: str
    ) -> str: ...

    async def signal(self, workflow_id: str, name: str, *arguments: Any) -> None: ...

    async def query(self, workflow_id: str, name: str, *arguments: Any) -> Any: ...

    async def update(self, workflow_id: str, name: str, *arguments: Any) -> Any: ...

    async def cancel(self, workflow_id: str) -> None: ...

    async def terminate(self, workflow_id: str) -> None: ...

    async def outcome(self, workflow_id: str) -> tuple[str, Any]:
        """How the workflow ends, with the runs that follow the latest one: `COMPLETED`, and the result, or another
        word."""

    async def events(self, workflow_id: str, run_id: str = "") -> Events: ...

    async def describe(self, workflow_id: str, run_id: str = "") -> dict[str, Any]: ...

    async def find(self, query: str) -> list[dict[str, Any]]: ...

    async def count(self, query: str) -> dict[str, Any]: ...


def kinds(events: Events) -> list[str]:
    return [event["eventType"].removeprefix("EVENT_TYPE_") for event in events]


def of_kind(events: Events, kind: str) -> list[dict[str, Any]]:
    """The attributes of the events of that kind."""
    found = [event for event in events if event["eventType"] == f"EVENT_TYPE_{kind}"]
    return [value for event in found for name, value in event.items() if name.endswith("Attributes")]


async def status_of(way: Way, workflow_id: str, run_id: str = "") -> str:
    info = (await way.describe(workflow_id, run_id))["workflowExecutionInfo"]
    return info["status"].removeprefix("WORKFLOW_EXECUTION_STATUS_")


async def until_status(way: Way, workflow_id: str, wanted: str) -> None:
    """Messages between workflows take a moment."""
    for _ in range(300):
        if (status := await status_of(way, workflow_id)) == wanted:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{workflow_id} is {status}, not {wanted}")


class ByClient:
    """The official client for Python."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def start(
        self, workflow_type: str, *arguments: Any, workflow_id: str, task_queue: str, **options: Any
    ) -> str:
        handle = await self._asked(
            self.client.start_workflow(
                workflow_type, args=list(arguments), id=workflow_id, task_queue=task_queue, **options
            )
        )
        return handle.first_execution_run_id or handle.result_run_id or ""

    async def signal_with_start(
        self, name: str, item: Any, workflow_type: str, *arguments: Any, workflow_id: str, task_queue: str
    ) -> str:
        given = {"workflow_id": workflow_id, "task_queue": task_queue, "start_signal": name}
        return await self.start(workflow_type, *arguments, start_signal_args=[item], **given)

    async def signal(self, workflow_id: str, name: str, *arguments: Any) -> None:
        await self._asked(self._handle(workflow_id).signal(name, args=list(arguments)))

    async def query(self, workflow_id: str, name: str, *arguments: Any) -> Any:
        return await self._asked(self._handle(workflow_id).query(name, args=list(arguments)))

    async def update(self, workflow_id: str, name: str, *arguments: Any) -> Any:
        return await self._asked(self._handle(workflow_id).execute_update(name, args=list(arguments)))

    async def cancel(self, workflow_id: str) -> None:
        await self._asked(self._handle(workflow_id).cancel())

    async def terminate(self, workflow_id: str) -> None:
        await self._asked(self._handle(workflow_id).terminate())

    async def outcome(self, workflow_id: str) -> tuple[str, Any]:
        handle = self._handle(workflow_id)
        try:
            return "COMPLETED", await handle.result()
        except WorkflowFailureError:
            status = (await handle.describe()).status
            return (status or WorkflowExecutionStatus.RUNNING).name, None

    async def events(self, workflow_id: str, run_id: str = "") -> Events:
        handle = self._handle(workflow_id, run_id)
        return [MessageToDict(event) async for event in handle.fetch_history_events()]

    async def describe(self, workflow_id: str, run_id: str = "") -> dict[str, Any]:
        return MessageToDict((await self._asked(self._handle(workflow_id, run_id).describe())).raw_description)

    async def find(self, query: str) -> list[dict[str, Any]]:
        async def find() -> list[dict[str, Any]]:
            return [MessageToDict(run.raw_info) async for run in self.client.list_workflows(query)]

        return await self._asked(find())

    async def count(self, query: str) -> dict[str, Any]:
        counted = await self._asked(self.client.count_workflows(query))
        groups = {str(group.group_values[0]): group.count for group in counted.groups}
        return groups or {"": counted.count}

    def _handle(self, workflow_id: str, run_id: str = "") -> Any:
        return self.client.get_workflow_handle(workflow_id, run_id=run_id or None)

    @staticmethod
    async def _asked(asked: Any) -> Any:
        try:
            return await asked
        except (RPCError, WorkflowQueryFailedError, WorkflowUpdateFailedError) as refused:
            raise Refused(f"{refused}: {refused.__cause__ or ''}") from refused


class ByCommand:
    """The official `temporal` command."""

    FLAGS = {
        "execution_timeout": "--execution-timeout",
        "run_timeout": "--run-timeout",
        "task_timeout": "--task-timeout",
        "start_delay": "--start-delay",
        "cron_schedule": "--cron",
        "static_summary": "--static-summary",
        "static_details": "--static-details",
    }

    def __init__(self, client: Client) -> None:
        self.address = client.service_client.config.target_host

    async def start(
        self, workflow_type: str, *arguments: Any, workflow_id: str, task_queue: str, **options: Any
    ) -> str:
        named = self._named(workflow_type, arguments, workflow_id, task_queue)
        return (await self.run("workflow", "start", *named, *self._flags(options)))["runId"]

    async def signal_with_start(
        self, name: str, item: Any, workflow_type: str, *arguments: Any, workflow_id: str, task_queue: str
    ) -> str:
        named = self._named(workflow_type, arguments, workflow_id, task_queue)
        signal = ("--signal-name", name, "--signal-input", json.dumps(item))
        return (await self.run("workflow", "signal-with-start", *named, *signal))["runId"]

    async def signal(self, workflow_id: str, name: str, *arguments: Any) -> None:
        await self.run("workflow", "signal", "-w", workflow_id, "--name", name, *self._inputs(arguments))

    async def query(self, workflow_id: str, name: str, *arguments: Any) -> Any:
        asked = await self.run("workflow", "query", "-w", workflow_id, "--name", name, *self._inputs(arguments))
        return asked["queryResult"][0]

    async def update(self, workflow_id: str, name: str, *arguments: Any) -> Any:
        of_it = ("-w", workflow_id, "--name", name, *self._inputs(arguments))
        return (await self.run("workflow", "update", "execute", *of_it))["result"]

    async def cancel(self, workflow_id: str) -> None:
        await self.run("workflow", "cancel", "-w", workflow_id)

    async def terminate(self, workflow_id: str) -> None:
        await self.run("workflow", "terminate", "-w", workflow_id)

    async def outcome(self, workflow_id: str) -> tuple[str, Any]:
        # Of a workflow that fails, it fails.
        code, out, err = await self._process("workflow", "result", "-w", workflow_id)
        assert code in (0, 1) and out.strip(), err
        ended = json.loads(out)
        # Of some ends it says `COMPLETED` and the like, and of others that it knows no word.
        kind = ended["closeEvent"]["eventType"] if code else "COMPLETED"
        return kind.removeprefix("EVENT_TYPE_WORKFLOW_EXECUTION_"), ended.get("result")

    async def events(self, workflow_id: str, run_id: str = "") -> Events:
        return (await self.run("workflow", "show", "-w", workflow_id, *self._run(run_id)))["events"]

    async def describe(self, workflow_id: str, run_id: str = "") -> dict[str, Any]:
        return await self.run("workflow", "describe", "-w", workflow_id, *self._run(run_id))

    async def find(self, query: str) -> list[dict[str, Any]]:
        return await self.run("workflow", "list", "--query", query) or []

    async def count(self, query: str) -> dict[str, Any]:
        counted = await self.run("workflow", "count", "--query", query)
        groups = {group["groupValues"][0]: int(group["count"]) for group in counted.get("groups", [])}
        return groups or {"": int(counted.get("count", 0))}

    async def run(self, *arguments: str) -> Any:
        """What the command prints, which must succeed."""
        code, out, err = await self._process(*arguments)
        if code != 0:
            raise Refused(err)
        # Of a flag that is out of date, it says so first.
        text = "\n".join(line for line in out.splitlines() if not line.startswith("Flag --"))
        return json.loads(text) if text.strip() else None

    async def _process(self, *arguments: str) -> tuple[int | None, str, str]:
        process = await asyncio.create_subprocess_exec(
            TEMPORAL,
            *arguments,
            *("--address", self.address, "--output", "json"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await asyncio.wait_for(process.communicate(), 60)
        return process.returncode, out.decode(), err.decode()

    def _named(self, workflow_type: str, arguments: tuple[Any, ...], workflow_id: str, task_queue: str) -> list[str]:
        return ["--type", workflow_type, "-w", workflow_id, "-t", task_queue, *self._inputs(arguments)]

    @staticmethod
    def _inputs(arguments: tuple[Any, ...]) -> list[str]:
        return [word for argument in arguments for word in ("--input", json.dumps(argument))]

    @staticmethod
    def _run(run_id: str) -> list[str]:
        return ["--run-id", run_id] if run_id else []

    def _flags(self, options: dict[str, Any]) -> list[str]:
        words: list[str] = []
        for name, value in options.items():
            match name, value:
                case "memo", dict():
                    words += [word for key, it in value.items() for word in ("--memo", f"{key}={json.dumps(it)}")]
                case "priority", Priority():
                    words += ["--priority-key", str(value.priority_key)] if value.priority_key else []
                    words += ["--fairness-key", value.fairness_key] if value.fairness_key else []
                    words += ["--fairness-weight", str(value.fairness_weight)] if value.fairness_weight else []
                case _, timedelta():
                    words += [self.FLAGS[name], f"{value.total_seconds()}s"]
                case _:
                    words += [self.FLAGS[name], str(value)]
        return words


class ByHttp:
    """HTTP/JSON."""

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
            page = await self._asked(self.http.get(f"{NAMESPACE}/workflows", query=query, nextPageToken=token))
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
