"""The official `temporal` command starts runs in every way, follows them, and reads them."""

import json

from temporalio.client import Client, WorkflowExecutionStatus
from temporal_command import printed, refusal, start, temporal, wait_until_closed


def named(workflow_type: str, workflow_id: str, task_queue: str, *inputs: str) -> list[str]:
    given = [word for value in inputs for word in ("--input", value)]
    return ["--type", workflow_type, "--workflow-id", workflow_id, "--task-queue", task_queue, *given]


async def test_execute(client: Client, task_queue: str, workflow_id: str) -> None:
    ended = await temporal(client, "workflow", "execute", *named("echo", workflow_id, task_queue, '"hello"'))
    assert (ended["status"], ended["result"]) == ("COMPLETED", "hello")
    failing = named("fails", workflow_id, task_queue, '"OnPurpose"', "true")
    ended = await temporal(client, "workflow", "execute", *failing, exit_code=1)
    assert ended["status"] == "FAILED"
    failure = ended["closeEvent"]["workflowExecutionFailedEventAttributes"]["failure"]
    assert failure["applicationFailureInfo"]["type"] == "OnPurpose"


async def test_a_result_is_followed_through_continuations(
    client: Client, task_queue: str, workflow_id: str, noop_worker: list[int]
) -> None:
    await start(client, "continues", workflow_id, task_queue, "2")
    result = await temporal(client, "workflow", "result", "--workflow-id", workflow_id)
    assert (result["status"], result["result"]) == ("COMPLETED", "done")
    assert noop_worker == [2, 1, 0]
    query = f"WorkflowId = '{workflow_id}' AND ExecutionStatus = 'ContinuedAsNew'"
    assert (await temporal(client, "workflow", "count", "--query", query))["count"] == "2"


async def test_runs_that_wait(client: Client, task_queue: str, workflow_id: str) -> None:
    delayed = named("echo", workflow_id, task_queue, "1")
    await temporal(client, "workflow", "start", *delayed, "--start-delay", "1h")
    described = await temporal(client, "workflow", "describe", "--workflow-id", workflow_id)
    info = described["workflowExecutionInfo"]
    assert info["status"] == "WORKFLOW_EXECUTION_STATUS_RUNNING"
    assert info["executionTime"] > info["startTime"]
    await temporal(client, "workflow", "terminate", "--workflow-id", workflow_id)

    await temporal(client, "workflow", "start", *delayed, "--cron", "@every 1h")
    history = await temporal(client, "workflow", "show", "--workflow-id", workflow_id)
    assert history["events"][0]["workflowExecutionStartedEventAttributes"]["cronSchedule"] == "@every 1h"
    await temporal(client, "workflow", "terminate", "--workflow-id", workflow_id)
    refused = await refusal(client, "workflow", "start", *delayed, "--cron", "now and then")
    assert "is not a cron schedule" in refused


async def test_a_run_that_takes_too_long(client: Client, task_queue: str, workflow_id: str) -> None:
    sleeper = named("sleeper", workflow_id, task_queue, "3600000")
    await temporal(client, "workflow", "start", *sleeper, "--run-timeout", "1s")
    assert await wait_until_closed(client, workflow_id) == WorkflowExecutionStatus.TIMED_OUT


async def test_workflow_ids(client: Client, task_queue: str, workflow_id: str) -> None:
    sleeper = named("sleeper", workflow_id, task_queue, "3600000")
    first = await temporal(client, "workflow", "start", *sleeper)
    existing = await temporal(client, "workflow", "start", *sleeper, "--id-conflict-policy", "UseExisting")
    assert existing["runId"] == first["runId"]
    refused = await refusal(client, "workflow", "start", *sleeper, "--id-conflict-policy", "Fail", "--fail-existing")
    assert "already" in refused
    second = await temporal(client, "workflow", "start", *sleeper, "--id-conflict-policy", "TerminateExisting")
    assert second["runId"] != first["runId"]
    await temporal(client, "workflow", "terminate", "--workflow-id", workflow_id)
    refused = await refusal(
        client, "workflow", "start", *sleeper, "--id-reuse-policy", "RejectDuplicate", "--fail-existing"
    )
    assert "has run before" in refused


async def test_families_are_read(client: Client, task_queue: str, workflow_id: str) -> None:
    child_id = f"{workflow_id}-child"
    await temporal(
        client, "workflow", "execute", *named("calls_child", workflow_id, task_queue, '"echo"', f'"{child_id}"', "7")
    )
    history = await temporal(client, "workflow", "show", "--workflow-id", workflow_id)
    types = [event["eventType"] for event in history["events"]]
    assert "EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED" in types
    described = await temporal(client, "workflow", "describe", "--workflow-id", child_id)
    assert described["workflowExecutionInfo"]["parentExecution"]["workflowId"] == workflow_id
    newest_first = await temporal(client, "workflow", "show", "--workflow-id", workflow_id, "--reverse")
    assert [event["eventId"] for event in newest_first["events"]] == [
        event["eventId"] for event in reversed(history["events"])
    ]


async def test_memo_and_lists(client: Client, task_queue: str, workflow_id: str) -> None:
    for number in range(3):
        noted = named("echo", f"{workflow_id}-{number}", task_queue, str(number))
        await temporal(client, "workflow", "execute", *noted, "--memo", f"number={json.dumps(number)}")
    described = await temporal(client, "workflow", "describe", "--workflow-id", f"{workflow_id}-2")
    assert described["workflowExecutionInfo"]["memo"]["fields"]["number"] is not None
    query = f"WorkflowId STARTS_WITH '{workflow_id}' AND ExecutionStatus = 'Completed'"
    listed = await temporal(client, "workflow", "list", "--query", query, "--limit", "2")
    assert len(listed) == 2
    counted = await temporal(client, "workflow", "count", "--query", f"{query} GROUP BY ExecutionStatus")
    assert counted["count"] == "3"
    refused = await refusal(client, "workflow", "list", "--query", "WorkflowId ==== 'x'")
    assert "at character 13" in refused


async def test_what_is_not_there(client: Client, task_queue: str, workflow_id: str) -> None:
    of_workflow = ("--workflow-id", workflow_id)
    for command in (
        ("describe",),
        ("show",),
        ("cancel",),
        ("terminate",),
        ("signal", "--name", "x"),
        ("query", "--type", "x"),
        ("update", "execute", "--name", "x"),
    ):
        assert "was not found" in await refusal(client, "workflow", *command, *of_workflow), command
    unknown = await refusal(client, "workflow", "start", *named("no_such_type", workflow_id, task_queue))
    assert "no_such_type" in unknown


async def test_what_is_printed_for_people(
    client: Client, task_queue: str, workflow_id: str, noop_worker: list[int]
) -> None:
    """The forms for the eye are made from other fields than those for programs."""
    child_id = f"{workflow_id}-child"
    family = named("calls_child", workflow_id, task_queue, '"steps"', f'"{child_id}"', "2")
    said = await printed(client, "workflow", "execute", *family)
    assert "Status          COMPLETED" in said
    shown = await printed(client, "workflow", "show", "--workflow-id", workflow_id)
    for event in ("WorkflowExecutionStarted", "StartChildWorkflowExecutionInitiated", "WorkflowExecutionCompleted"):
        assert event in shown
    detailed = await printed(client, "workflow", "show", "--workflow-id", workflow_id, "--detailed")
    assert child_id in detailed
    described = await printed(client, "workflow", "describe", "--workflow-id", workflow_id)
    for line in ("calls_child", task_queue, "COMPLETED", "StateTransitionCount"):
        assert line in described
    listed = await printed(client, "workflow", "list", "--query", f"WorkflowId STARTS_WITH '{workflow_id}'")
    assert len([line for line in listed.splitlines() if "Completed" in line]) == 2
    traced = await printed(client, "workflow", "trace", "--workflow-id", workflow_id, "--no-fold")
    # The child is unfolded below its parent.
    for part in ("calls_child", "steps", child_id, "noop"):
        assert part in traced, traced
