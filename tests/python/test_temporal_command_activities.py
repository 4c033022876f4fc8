"""The official `temporal` command ends activities by their ids."""

import asyncio
from typing import Any

from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus
from temporal_command import refusal, start, temporal, wait_until_closed


async def pending(client: Client, workflow_id: str) -> Any:
    """The one activity that a worker has, once it has it."""
    for _ in range(200):
        described = await temporal(client, "workflow", "describe", "--workflow-id", workflow_id)
        activities = described.get("pendingActivities", [])
        if activities and activities[0]["state"] == "PENDING_ACTIVITY_STATE_STARTED":
            return activities[0]
        await asyncio.sleep(0.05)
    raise AssertionError("no worker has it")


@activity.defn(name="noop")
async def leaves(i: int) -> int:
    activity.raise_complete_async()


async def test_an_activity_is_completed(client: Client, task_queue: str, workflow_id: str, worker: Any) -> None:
    async with worker(leaves):
        await start(client, "fanout", workflow_id, task_queue, "1")
        activity_id = (await pending(client, workflow_id))["activityId"]
        end = ("--workflow-id", workflow_id, "--activity-id", activity_id)
        await temporal(client, "activity", "complete", *end, "--result", "42")
        assert await client.get_workflow_handle(workflow_id).result() == 42
        refused = await refusal(client, "activity", "complete", *end, "--result", "43")
        assert "already completed" in refused or "not found" in refused


async def test_an_activity_is_failed(client: Client, task_queue: str, workflow_id: str, worker: Any) -> None:
    async with worker(leaves):
        await start(client, "steps", workflow_id, task_queue, "1")
        activity_id = (await pending(client, workflow_id))["activityId"]
        end = ("--workflow-id", workflow_id, "--activity-id", activity_id)
        await temporal(client, "activity", "fail", *end, "--reason", "over there")
        assert await wait_until_closed(client, workflow_id) == WorkflowExecutionStatus.FAILED
        result = await temporal(client, "workflow", "result", "--workflow-id", workflow_id, exit_code=1)
        failure = result["closeEvent"]["workflowExecutionFailedEventAttributes"]["failure"]
        assert failure["cause"]["message"] == "over there"
