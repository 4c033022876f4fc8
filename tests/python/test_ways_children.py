"""Workflows that start others, started and watched in every way."""

import asyncio

import pytest

from ways import kinds, of_kind, until_status, Way

HOUR = 3_600_000


async def test_a_child_gives_its_result(way: Way, task_queue: str, workflow_id: str) -> None:
    child_id = f"{workflow_id}-child"
    run_id = await way.start("calls_child", "echo", child_id, "hi", workflow_id=workflow_id, task_queue=task_queue)
    assert await way.outcome(workflow_id) == ("COMPLETED", "hi")
    events = kinds(await way.events(workflow_id))
    story = ["START_CHILD_WORKFLOW_EXECUTION_INITIATED", "CHILD_WORKFLOW_EXECUTION_STARTED"]
    assert [it for it in events if "CHILD" in it] == [*story, "CHILD_WORKFLOW_EXECUTION_COMPLETED"]
    parent = (await way.describe(child_id))["workflowExecutionInfo"]["parentExecution"]
    assert parent == {"workflowId": workflow_id, "runId": run_id}


async def test_a_child_fails_its_parent(way: Way, task_queue: str, workflow_id: str) -> None:
    child_id = f"{workflow_id}-child"
    await way.start("calls_child", "succeeds_at", child_id, 2, workflow_id=workflow_id, task_queue=task_queue)
    assert (await way.outcome(workflow_id))[0] == "FAILED"
    events = await way.events(workflow_id)
    [failed] = of_kind(events, "CHILD_WORKFLOW_EXECUTION_FAILED")
    assert failed["failure"]["applicationFailureInfo"]["type"] == "NotYet"
    [ended] = of_kind(events, "WORKFLOW_EXECUTION_FAILED")
    assert ended["failure"]["childWorkflowExecutionFailureInfo"]["workflowExecution"]["workflowId"] == child_id


async def test_a_child_is_tried_again_and_another_continues_as_new(
    way: Way, task_queue: str, workflow_id: str
) -> None:
    """Their parent hears of the last run only."""
    for case, statuses in (
        ({"way": "tries", "retries": True}, ["COMPLETED", "FAILED"]),
        ({"way": "continues"}, ["COMPLETED", "CONTINUED_AS_NEW"]),
    ):
        parent = f"{workflow_id}-{case['way']}"
        await way.start("golden_parent", case, workflow_id=parent, task_queue=task_queue)
        assert await way.outcome(parent) == ("COMPLETED", "done")
        children = await way.find(f"ParentWorkflowId = '{parent}'")
        # Runs that began in the same millisecond are listed in either order.
        assert sorted(run["status"].removeprefix("WORKFLOW_EXECUTION_STATUS_") for run in children) == statuses
        assert len(of_kind(await way.events(parent), "CHILD_WORKFLOW_EXECUTION_COMPLETED")) == 1


async def test_a_child_whose_id_is_taken_does_not_start(way: Way, task_queue: str, workflow_id: str) -> None:
    taken = f"{workflow_id}-child"
    await way.start("idle", workflow_id=taken, task_queue=task_queue)
    await way.start("calls_child", "echo", taken, 1, workflow_id=workflow_id, task_queue=task_queue)
    assert (await way.outcome(workflow_id))[0] == "FAILED"
    [failed] = of_kind(await way.events(workflow_id), "START_CHILD_WORKFLOW_EXECUTION_FAILED")
    assert failed["cause"] == "START_CHILD_WORKFLOW_EXECUTION_FAILED_CAUSE_WORKFLOW_ALREADY_EXISTS"
    await way.terminate(taken)


@pytest.mark.parametrize(
    ("policy", "status"), [("terminate", "TERMINATED"), ("request-cancel", "CANCELED"), ("abandon", "RUNNING")]
)
async def test_the_end_of_a_parent(way: Way, task_queue: str, workflow_id: str, policy: str, status: str) -> None:
    child_id = f"{workflow_id}-child"
    await way.start("leaves_child", child_id, policy, workflow_id=workflow_id, task_queue=task_queue)
    assert (await way.outcome(workflow_id))[0] == "COMPLETED"
    [initiated] = of_kind(await way.events(workflow_id), "START_CHILD_WORKFLOW_EXECUTION_INITIATED")
    assert initiated["parentClosePolicy"] == f"PARENT_CLOSE_POLICY_{policy.upper().replace('-', '_')}"
    await until_status(way, child_id, status)
    if status == "RUNNING":
        await way.terminate(child_id)


async def test_each_way_to_cancel_a_child(way: Way, task_queue: str, workflow_id: str) -> None:
    """The workflow cancels a child in each of the four ways, and has one that completes and one that fails."""
    await way.start("family", workflow_id=workflow_id, task_queue=task_queue)
    ends = ["completed", "failed", "cancelled", "cancelled", "cancelled", "cancelled"]
    assert await way.outcome(workflow_id) == ("COMPLETED", ends)
    events = kinds(await way.events(workflow_id))
    # Who abandons a child does not ask it to cancel.
    assert events.count("REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED") == 3
    children = f"ParentWorkflowId = '{workflow_id}' GROUP BY ExecutionStatus"
    for _ in range(200):
        if "Running" not in (counts := await way.count(children)):
            break
        await asyncio.sleep(0.05)
    assert counts.pop("Completed") == 2
    assert counts.pop("Failed") == 1
    # Two are not waited for once they were asked: the end of their parent may come before theirs.
    assert counts["Canceled"] in (2, 3, 4)
    assert counts == {"Canceled": counts["Canceled"], "Terminated": 6 - counts["Canceled"]}


async def test_a_child_is_cancelled_with_its_parent(way: Way, task_queue: str, workflow_id: str) -> None:
    child_id = f"{workflow_id}-child"
    await way.start("calls_child", "sleeper", child_id, HOUR, workflow_id=workflow_id, task_queue=task_queue)
    while not (pending := (await way.describe(workflow_id)).get("pendingChildren", [])):
        await asyncio.sleep(0.05)
    assert [(child["workflowId"], child["workflowTypeName"]) for child in pending] == [(child_id, "sleeper")]
    await way.cancel(workflow_id)
    assert (await way.outcome(workflow_id))[0] == "CANCELED"
    await until_status(way, child_id, "CANCELED")
    assert "CHILD_WORKFLOW_EXECUTION_CANCELED" in kinds(await way.events(workflow_id))


async def test_a_thousand_children_of_one_parent(way: Way, task_queue: str, workflow_id: str) -> None:
    await way.start("brood", 1_000, workflow_id=workflow_id, task_queue=task_queue)
    assert await way.outcome(workflow_id) == ("COMPLETED", sum(range(1_000)))
    assert await way.count(f"ParentWorkflowId = '{workflow_id}'") == {"": 1_000}


async def test_a_child_of_a_type_that_is_not_known(way: Way, task_queue: str, workflow_id: str) -> None:
    arguments = ("no_such_type", f"{workflow_id}-child", 1)
    await way.start("calls_child", *arguments, workflow_id=workflow_id, task_queue=task_queue)
    assert (await way.outcome(workflow_id))[0] == "FAILED"
    [ended] = of_kind(await way.events(workflow_id), "WORKFLOW_EXECUTION_FAILED")
    assert "no_such_type" in str(ended["failure"])
