"""What can be said to workflows, in each way to say it: by the official client, by the `temporal` command, by HTTP/JSON.

A test that asks for the fixture `way` runs once with each. All of them show histories and descriptions as JSON with
Temporal's names.
"""

import asyncio
from typing import Any, Protocol

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
