"""The official `temporal` command does what operators do: resets, batch operations, limits."""

import asyncio

from temporalio.client import Client

from temporal_command import printed, refusal, start, temporal
from ways import kinds
from ways.command import ByCommand


async def completed_tasks(client: Client, workflow_id: str) -> list[str]:
    """The events that completed workflow tasks."""
    completed = "EVENT_TYPE_WORKFLOW_TASK_COMPLETED"
    events = await ByCommand(client).events(workflow_id)
    return [event["eventId"] for event in events if event["eventType"] == completed]


async def reset(client: Client, workflow_id: str, *words: str) -> str:
    asked = ("workflow", "reset", "--workflow-id", workflow_id, "--reason", "a mistake")
    return (await temporal(client, *asked, *words))["runId"]


async def test_an_open_run_is_reset_and_what_was_said_comes_again(
    client: Client, task_queue: str, workflow_id: str
) -> None:
    await start(client, "collector", workflow_id, task_queue, "9")
    way = ByCommand(client)
    while not (points := await completed_tasks(client, workflow_id)):
        await asyncio.sleep(0.05)
    await way.signal(workflow_id, "collect", "one")
    first = (await client.get_workflow_handle(workflow_id).describe()).run_id
    again = await reset(client, workflow_id, "--event-id", points[0])
    assert again != first
    assert await way.query(workflow_id, "collected") == ["one"]
    assert kinds(await way.events(workflow_id, first))[-1] == "WORKFLOW_EXECUTION_TERMINATED"
    await reset(client, workflow_id, "--event-id", points[0], "--reapply-exclude", "Signal")
    # An empty list it shows as nothing.
    assert not await way.query(workflow_id, "collected")
    refused = await refusal(
        client, "workflow", "reset", "--workflow-id", workflow_id, "--reason", "x", "--event-id", "1000"
    )
    assert "workflow_task_finish_event_id" in refused
    await way.terminate(workflow_id)


async def test_a_run_with_a_child_under_way_is_reset(client: Client, task_queue: str, workflow_id: str) -> None:
    child_id = f"{workflow_id}-child"
    await start(client, "calls_child", workflow_id, task_queue, '"collector"', f'"{child_id}"', "1")
    way = ByCommand(client)
    while len(points := await completed_tasks(client, workflow_id)) < 2:
        await asyncio.sleep(0.05)
    await reset(client, workflow_id, "--event-id", points[1])
    await way.signal(child_id, "collect", "an item")
    assert await way.outcome(workflow_id) == ("COMPLETED", ["an item"])


async def test_the_run_before_a_continuation_is_reset(
    client: Client, task_queue: str, workflow_id: str, noop_worker: list[int]
) -> None:
    first = (await start(client, "continues", workflow_id, task_queue, "1"))["runId"]
    way = ByCommand(client)
    assert await way.outcome(workflow_id) == ("COMPLETED", "done")
    await reset(client, workflow_id, "--run-id", first, "--type", "FirstWorkflowTask")
    assert await way.outcome(workflow_id) == ("COMPLETED", "done")
    assert noop_worker == [1, 0, 1, 0]


async def test_a_batch_operation_is_stopped(client: Client, task_queue: str, workflow_id: str) -> None:
    for number in range(3):
        await start(client, "idle", f"{workflow_id}-{number}", task_queue)
    query = f"WorkflowId STARTS_WITH '{workflow_id}-'"
    before = {job["jobId"] for job in await temporal(client, "batch", "list") or []}
    # The second would come in a quarter of an hour.
    slowly = ("--query", query, "--reason", "it is tested", "--rps", "0.001", "--yes")
    await temporal(client, "workflow", "terminate", *slowly)
    [job_id] = {job["jobId"] for job in await temporal(client, "batch", "list")} - before
    of_it = ("--job-id", job_id)
    for _ in range(300):
        described = await temporal(client, "batch", "describe", *of_it)
        if described.get("completeOperationCount") == "1":
            break
        await asyncio.sleep(0.05)
    assert (described["completeOperationCount"], described["totalOperationCount"]) == ("1", "3")
    await temporal(client, "batch", "terminate", *of_it, "--reason", "enough of it")
    assert "could not find" in await refusal(client, "batch", "terminate", *of_it, "--reason", "again")
    assert "could not find" in await refusal(client, "batch", "describe", "--job-id", "no-such-job")
    assert await ByCommand(client).count(f"{query} AND ExecutionStatus = 'Running'") == {"": 2}
    for run in await ByCommand(client).find(f"{query} AND ExecutionStatus = 'Running'"):
        await ByCommand(client).terminate(run["execution"]["workflowId"])


async def test_rates_and_weights_of_a_task_queue(client: Client, task_queue: str) -> None:
    of_it = ("--task-queue", task_queue, "--task-queue-type", "activity")
    limits = ("--queue-rps-limit", "5", "--fairness-key-rps-limit-default", "0.5")
    await temporal(client, "task-queue", "config", "set", *of_it, *limits, "--fairness-key-weight", "large=9")
    known = str(await temporal(client, "task-queue", "config", "get", *of_it))
    assert "0.5" in known and "large" in known and "9" in known
    taken_back = ("--queue-rps-limit", "default", "--fairness-key-rps-limit-default", "default")
    await temporal(client, "task-queue", "config", "set", *of_it, *taken_back, "--fairness-key-weight-clear-all")
    assert "large" not in str(await temporal(client, "task-queue", "config", "get", *of_it))
    refused = await refusal(client, "task-queue", "config", "set", *of_it, "--fairness-key-weight", f"{'k' * 65}=1")
    assert "64 bytes" in refused


async def test_new_events_are_followed(
    client: Client, task_queue: str, workflow_id: str, held_noop: asyncio.Event
) -> None:
    """It prints them as they come, and ends with the run."""
    await start(client, "steps", workflow_id, task_queue, "1")
    following = asyncio.create_task(printed(client, "workflow", "show", "--workflow-id", workflow_id, "--follow"))
    await asyncio.sleep(0.5)
    assert not following.done()
    held_noop.set()
    shown = await following
    for event in ("WorkflowExecutionStarted", "ActivityTaskCompleted", "WorkflowExecutionCompleted"):
        assert event in shown
