"""Schedules by the `temporal` command and by HTTP/JSON. What they are, both say as JSON with Temporal's names."""

import asyncio
import json
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import quote

from temporalio.client import Client

from http_json import Http, HttpRefused, NAMESPACE
from ways import Refused
from ways.command import ByCommand


class ScheduleWay(Protocol):
    async def create(self, schedule_id: str, schedule: dict[str, Any]) -> None: ...

    async def update(self, schedule_id: str, schedule: dict[str, Any]) -> None: ...

    async def describe(self, schedule_id: str) -> dict[str, Any]: ...

    async def pause(self, schedule_id: str, note: str) -> None: ...

    async def unpause(self, schedule_id: str, note: str) -> None: ...

    async def trigger(self, schedule_id: str, overlap: str) -> None: ...

    async def backfill(self, schedule_id: str, start: str, end: str, overlap: str) -> None: ...

    async def times(self, schedule_id: str, start: str, end: str) -> list[str]: ...

    async def find(self, query: str) -> list[str]: ...

    async def delete(self, schedule_id: str) -> None: ...


async def until(way: ScheduleWay, schedule_id: str, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    for _ in range(300):
        if condition(described := await way.describe(schedule_id)):
            return described
        await asyncio.sleep(0.05)
    raise AssertionError(f"it never comes true: {described}")


def actions(described: dict[str, Any]) -> int:
    return int(described["info"].get("actionCount", 0))


class ScheduleByHttp:
    def __init__(self, _: Client) -> None:
        self.http = Http()

    async def create(self, schedule_id: str, schedule: dict[str, Any]) -> None:
        await self._asked(self.http.post(self._at(schedule_id), {"schedule": schedule}))

    async def update(self, schedule_id: str, schedule: dict[str, Any]) -> None:
        await self._asked(self.http.post(f"{self._at(schedule_id)}/update", {"schedule": schedule}))

    async def describe(self, schedule_id: str) -> dict[str, Any]:
        return await self._asked(self.http.get(self._at(schedule_id)))

    async def pause(self, schedule_id: str, note: str) -> None:
        await self._patch(schedule_id, pause=note)

    async def unpause(self, schedule_id: str, note: str) -> None:
        await self._patch(schedule_id, unpause=note)

    async def trigger(self, schedule_id: str, overlap: str) -> None:
        await self._patch(schedule_id, triggerImmediately={"overlapPolicy": overlap})

    async def backfill(self, schedule_id: str, start: str, end: str, overlap: str) -> None:
        span = {"startTime": start, "endTime": end, "overlapPolicy": overlap}
        await self._patch(schedule_id, backfillRequest=[span])

    async def times(self, schedule_id: str, start: str, end: str) -> list[str]:
        asked = self.http.get(f"{self._at(schedule_id)}/matching-times", startTime=start, endTime=end)
        return (await self._asked(asked))["startTime"]

    async def find(self, query: str) -> list[str]:
        listed = await self._asked(self.http.get(f"{NAMESPACE}/schedules", query=query))
        return [schedule["scheduleId"] for schedule in listed.get("schedules", [])]

    async def delete(self, schedule_id: str) -> None:
        await self._asked(self.http.delete(self._at(schedule_id)))

    async def _patch(self, schedule_id: str, **what: Any) -> None:
        await self._asked(self.http.post(f"{self._at(schedule_id)}/patch", {"patch": what}))

    @staticmethod
    def _at(schedule_id: str) -> str:
        return f"{NAMESPACE}/schedules/{quote(schedule_id, safe='')}"

    @staticmethod
    async def _asked(asked: Any) -> Any:
        try:
            return await asked
        except HttpRefused as refused:
            raise Refused(json.dumps(refused.body)) from refused


class ScheduleByCommand:
    POLICIES = {
        "SKIP": "Skip",
        "BUFFER_ONE": "BufferOne",
        "BUFFER_ALL": "BufferAll",
        "CANCEL_OTHER": "CancelOther",
        "TERMINATE_OTHER": "TerminateOther",
        "ALLOW_ALL": "AllowAll",
    }
    OF_SPEC = {
        "timezoneName": "--time-zone",
        "jitter": "--jitter",
        "startTime": "--start-time",
        "endTime": "--end-time",
    }

    def __init__(self, client: Client) -> None:
        self.command = ByCommand(client)

    async def create(self, schedule_id: str, schedule: dict[str, Any]) -> None:
        await self._run("create", schedule_id, *self._flags(schedule))

    async def update(self, schedule_id: str, schedule: dict[str, Any]) -> None:
        await self._run("update", schedule_id, *self._flags(schedule))

    async def describe(self, schedule_id: str) -> dict[str, Any]:
        return await self._run("describe", schedule_id)

    async def pause(self, schedule_id: str, note: str) -> None:
        await self._run("toggle", schedule_id, "--pause", "--reason", note)

    async def unpause(self, schedule_id: str, note: str) -> None:
        await self._run("toggle", schedule_id, "--unpause", "--reason", note)

    async def trigger(self, schedule_id: str, overlap: str) -> None:
        await self._run("trigger", schedule_id, "--overlap-policy", self._policy(overlap))

    async def backfill(self, schedule_id: str, start: str, end: str, overlap: str) -> None:
        span = ("--start-time", start, "--end-time", end)
        await self._run("backfill", schedule_id, *span, "--overlap-policy", self._policy(overlap))

    async def times(self, schedule_id: str, start: str, end: str) -> list[str]:
        found = await self._run("list-matching-times", schedule_id, "--start-time", start, "--end-time", end)
        return found["startTime"] if isinstance(found, dict) else found

    async def find(self, query: str) -> list[str]:
        listed = await self.command.run("schedule", "list", "--query", query)
        return [schedule["scheduleId"] for schedule in listed or []]

    async def delete(self, schedule_id: str) -> None:
        await self._run("delete", schedule_id)

    async def _run(self, command: str, schedule_id: str, *words: str) -> Any:
        return await self.command.run("schedule", command, "--schedule-id", schedule_id, *words)

    def _policy(self, overlap: str) -> str:
        return self.POLICIES[overlap.removeprefix("SCHEDULE_OVERLAP_POLICY_")]

    def _flags(self, schedule: dict[str, Any]) -> list[str]:
        start = schedule["action"]["startWorkflow"]
        words = ["--type", start["workflowType"]["name"], "--task-queue", start["taskQueue"]["name"]]
        words += ["--workflow-id", start["workflowId"]]
        words += [word for it in start.get("input", []) for word in ("--input", json.dumps(it))]
        spec, policies, state = (schedule.get(part, {}) for part in ("spec", "policies", "state"))
        for interval in spec.get("interval", []):
            words += ["--interval", "/".join(interval[part] for part in ("interval", "phase") if part in interval)]
        for calendar in spec.get("calendar", []):
            words += ["--calendar", json.dumps(calendar)]
        for cron in spec.get("cronString", []):
            words += ["--cron", cron]
        words += [word for field, flag in self.OF_SPEC.items() if field in spec for word in (flag, spec[field])]
        if overlap := policies.get("overlapPolicy"):
            words += ["--overlap-policy", self._policy(overlap)]
        if window := policies.get("catchupWindow"):
            words += ["--catchup-window", window]
        words += ["--pause-on-failure"] if policies.get("pauseOnFailure") else []
        words += ["--paused"] if state.get("paused") else []
        if state.get("limitedActions"):
            words += ["--remaining-actions", str(state["remainingActions"])]
        return words
