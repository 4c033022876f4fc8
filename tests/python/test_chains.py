"""Runs that follow each other, runs that wait, and patches."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import Client, WorkflowContinuedAsNewError, WorkflowExecutionStatus, WorkflowFailureError
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

HOUR = 3_600_000
SOON = RetryPolicy(initial_interval=timedelta(milliseconds=10), maximum_attempts=3)


async def test_a_result_is_followed_through_continuations(
    client: Client, task_queue: str, workflow_id: str, noop_worker: list[int]
) -> None:
    handle = await client.start_workflow("continues", 2, id=workflow_id, task_queue=task_queue)
    assert await handle.result() == "done"
    assert noop_worker == [2, 1, 0]
    with pytest.raises(WorkflowContinuedAsNewError):
        await handle.result(follow_runs=False)

    first = client.get_workflow_handle(workflow_id, run_id=handle.first_execution_run_id)
    assert (await first.describe()).status == WorkflowExecutionStatus.CONTINUED_AS_NEW
    last = await client.get_workflow_handle(workflow_id).describe()
    assert last.status == WorkflowExecutionStatus.COMPLETED
    assert last.raw_info.first_run_id == handle.first_execution_run_id
    started, ended = await start_of(handle, last.run_id), await end_of(first)
    assert started.first_execution_run_id == handle.first_execution_run_id
    assert started.continued_execution_run_id not in ("", handle.first_execution_run_id)
    assert ended.HasField("workflow_execution_continued_as_new_event_attributes")


async def test_runs_that_were_continued_are_listed(
    client: Client, task_queue: str, workflow_id: str, noop_worker: list[int]
) -> None:
    await client.execute_workflow("continues", 2, id=workflow_id, task_queue=task_queue)
    query = f"WorkflowId = '{workflow_id}' AND ExecutionStatus = 'ContinuedAsNew'"
    assert len([run async for run in client.list_workflows(query)]) == 2


async def test_a_workflow_is_tried_again(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow(
        "succeeds_at", 3, id=workflow_id, task_queue=task_queue, retry_policy=SOON
    )
    assert await handle.result() == 3
    first = client.get_workflow_handle(workflow_id, run_id=handle.first_execution_run_id)
    assert (await first.describe()).status == WorkflowExecutionStatus.FAILED
    last = await start_of(handle, (await client.get_workflow_handle(workflow_id).describe()).run_id)
    assert last.attempt == 3
    assert last.continued_failure.message == "attempt 2"


async def test_tries_come_to_an_end(client: Client, task_queue: str, workflow_id: str) -> None:
    with pytest.raises(WorkflowFailureError) as caught:
        await client.execute_workflow("succeeds_at", 9, id=workflow_id, task_queue=task_queue, retry_policy=SOON)
    assert isinstance(caught.value.cause, ApplicationError)
    assert caught.value.cause.message == "attempt 3"


async def test_a_non_retryable_failure_is_the_last(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow(
        "fails", args=["OnPurpose", True], id=workflow_id, task_queue=task_queue, retry_policy=SOON
    )
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    assert (await client.get_workflow_handle(workflow_id).describe()).run_id == handle.first_execution_run_id


async def test_a_delayed_start_waits(client: Client, task_queue: str, workflow_id: str) -> None:
    delay = timedelta(seconds=1)
    handle = await client.start_workflow("echo", 1, id=workflow_id, task_queue=task_queue, start_delay=delay)
    description = await handle.describe()
    assert description.execution_time is not None
    assert description.execution_time - description.start_time == delay
    assert await handle.result() == 1
    description = await handle.describe()
    assert description.close_time is not None
    assert description.close_time - description.start_time >= delay


async def test_a_signal_ends_the_delay(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow(
        "collector", 1, id=workflow_id, task_queue=task_queue, start_delay=timedelta(hours=1)
    )
    await handle.signal("collect", "only")
    assert await asyncio.wait_for(handle.result(), 10) == ["only"]


async def test_a_delay_and_a_cron_schedule_contradict_each_other(
    client: Client, task_queue: str, workflow_id: str
) -> None:
    with pytest.raises(RPCError) as caught:
        await client.start_workflow(
            "echo", 1, id=workflow_id, task_queue=task_queue, start_delay=timedelta(seconds=1), cron_schedule="@daily"
        )
    assert caught.value.status == RPCStatusCode.INVALID_ARGUMENT


async def test_a_cron_schedule_that_makes_no_sense(client: Client, task_queue: str, workflow_id: str) -> None:
    with pytest.raises(RPCError) as caught:
        await client.start_workflow("echo", 1, id=workflow_id, task_queue=task_queue, cron_schedule="now and then")
    assert caught.value.status == RPCStatusCode.INVALID_ARGUMENT
    assert "it has 3 fields; expected minute, hour" in caught.value.message


async def test_a_cron_schedule_that_never_comes_true(client: Client, task_queue: str, workflow_id: str) -> None:
    """There is no 30th of February."""
    with pytest.raises(RPCError) as caught:
        await client.start_workflow("echo", 1, id=workflow_id, task_queue=task_queue, cron_schedule="0 0 30 2 *")
    assert caught.value.status == RPCStatusCode.INVALID_ARGUMENT
    assert "never comes true" in caught.value.message


async def test_a_cron_schedule_in_a_time_zone(client: Client, task_queue: str, workflow_id: str) -> None:
    """Nepal is 5 hours and 45 minutes ahead, all year."""
    handle = await client.start_workflow(
        "echo", 1, id=workflow_id, task_queue=task_queue, cron_schedule="CRON_TZ=Asia/Kathmandu 0 12 * * *"
    )
    begins = (await handle.describe()).execution_time
    assert begins is not None and (begins.hour, begins.minute, begins.second) == (6, 15, 0)
    await handle.terminate()


async def test_a_cron_schedule_goes_on_until_it_is_stopped(client: Client, task_queue: str, workflow_id: str) -> None:
    first = await client.start_workflow(
        "succeeds_at", 1, id=workflow_id, task_queue=task_queue, cron_schedule="@every 1s"
    )
    assert await first.result(follow_runs=False) == 1
    ended = (await end_of(first)).workflow_execution_completed_event_attributes
    second = client.get_workflow_handle(workflow_id, run_id=ended.new_execution_run_id)
    assert await second.result(follow_runs=False) == 1
    started = await start_of(second, ended.new_execution_run_id)
    assert started.cron_schedule == "@every 1s"
    assert [payload.data for payload in started.last_completion_result.payloads] == [b"1"]
    await client.get_workflow_handle(workflow_id).terminate()


async def test_a_patch_is_in_the_history(
    client: Client, task_queue: str, workflow_id: str, noop_worker: list[int]
) -> None:
    handle = await client.start_workflow("versions", id=workflow_id, task_queue=task_queue)
    assert await handle.result() is True
    events = [event async for event in handle.fetch_history_events()]
    markers = [e.marker_recorded_event_attributes for e in events if e.HasField("marker_recorded_event_attributes")]
    assert {marker.marker_name for marker in markers} == {"core_patch"}
    patches = [json.loads(marker.details["patch-data"].payloads[0].data) for marker in markers]
    assert patches == [{"id": "change", "deprecated": False}, {"id": "older-change", "deprecated": True}]


async def start_of(handle: Any, run_id: str) -> Any:
    """What the run's first event says."""
    history = await handle._client.get_workflow_handle(handle.id, run_id=run_id).fetch_history()
    return history.events[0].workflow_execution_started_event_attributes


async def end_of(handle: Any) -> Any:
    return (await handle.fetch_history()).events[-1]
