"""Activities that are paused, reset or given other options while they are under way, by calls of the raw service."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from temporalio import activity
from temporalio.api.activity.v1 import ActivityOptions
from temporalio.api.common.v1 import RetryPolicy, WorkflowExecution
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.api.errordetails.v1 import NotFoundFailure
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    PauseActivityExecutionRequest,
    PauseActivityRequest,
    ResetActivityRequest,
    UnpauseActivityExecutionRequest,
    UnpauseActivityRequest,
    UpdateActivityExecutionOptionsRequest,
    UpdateActivityOptionsRequest,
)
from temporalio.client import Client, WorkflowHandle
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from temporal_command import temporal

HOUR = 3_600_000
PAUSED = PendingActivityState.PENDING_ACTIVITY_STATE_PAUSED
PAUSE_REQUESTED = PendingActivityState.PENDING_ACTIVITY_STATE_PAUSE_REQUESTED
SCHEDULED = PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED


async def pending(handle: WorkflowHandle[Any, Any]) -> Any:
    """The one activity that is not over."""
    [activity] = (await handle.describe()).raw_description.pending_activities
    return activity


async def until_pending(handle: WorkflowHandle[Any, Any], state: "PendingActivityState.ValueType") -> Any:
    while (found := await pending(handle)).state != state:
        await asyncio.sleep(0.02)
    return found


def of(client: Client, workflow_id: str, **more: Any) -> dict[str, Any]:
    return dict(namespace=client.namespace, execution=WorkflowExecution(workflow_id=workflow_id), **more)


async def test_a_paused_activity_is_not_tried_again_until_it_is_unpaused(
    client: Client, task_queue: str, workflow_id: str, worker: Any
) -> None:
    attempts: list[int] = []

    @activity.defn
    async def noop(i: int) -> int:
        attempts.append(activity.info().attempt)
        if len(attempts) == 1:
            # Time enough to pause it before the next attempt.
            raise ApplicationError("not yet", next_retry_delay=timedelta(hours=1))
        return i

    service = client.workflow_service
    async with worker(noop):
        handle = await client.start_workflow("steps", 1, id=workflow_id, task_queue=task_queue)
        while not (found := (await handle.describe()).raw_description.pending_activities) or found[0].attempt == 1:
            await asyncio.sleep(0.02)
        waiting = await pending(handle)
        assert (waiting.state, waiting.attempt) == (SCHEDULED, 2)
        assert waiting.HasField("last_attempt_complete_time") and waiting.current_retry_interval.seconds == 3600
        await service.pause_activity(
            PauseActivityRequest(**of(client, workflow_id, id="1", identity="operator", reason="look at it"))
        )
        paused = await pending(handle)
        assert (paused.state, paused.paused, paused.attempt) == (PAUSED, True, 2)
        assert (paused.pause_info.manual.identity, paused.pause_info.manual.reason) == ("operator", "look at it")
        assert not paused.HasField("next_attempt_schedule_time")
        # Unpaused, it does not wait for its hour.
        await service.unpause_activity(UnpauseActivityRequest(**of(client, workflow_id, id="1")))
        await handle.result()
    assert attempts == [1, 2]
    # It leaves nothing in the history.
    kinds = [event.WhichOneof("attributes") async for event in handle.fetch_history_events()]
    assert not [kind for kind in kinds if "pause" in str(kind)]


async def test_a_running_attempt_hears_of_a_pause_and_of_a_reset(
    client: Client, task_queue: str, workflow_id: str, worker: Any
) -> None:
    told: list[Any] = []
    attempts: list[int] = []
    details: list[Any] = []

    @activity.defn
    async def slow() -> str:
        attempts.append(activity.info().attempt)
        details.append(list(activity.info().heartbeat_details))
        if len(attempts) == 3:
            return "done"
        try:
            while True:
                activity.heartbeat(len(attempts))
                await asyncio.sleep(0.02)
        except asyncio.CancelledError:
            found = activity.cancellation_details()
            told.append((found.paused, found.reset) if found else None)
            raise

    service = client.workflow_service
    async with worker(slow):
        handle = await client.start_workflow("race", HOUR, id=workflow_id, task_queue=task_queue)
        while not attempts:
            await asyncio.sleep(0.02)
        await service.pause_activity(PauseActivityRequest(**of(client, workflow_id, type="slow")))
        assert (await pending(handle)).state in (PAUSE_REQUESTED, PAUSED)
        stopped = await until_pending(handle, PAUSED)
        assert stopped.attempt == 2
        await service.unpause_activity(UnpauseActivityRequest(**of(client, workflow_id, unpause_all=True)))
        while len(attempts) < 2:
            await asyncio.sleep(0.02)
        await service.reset_activity(
            ResetActivityRequest(**of(client, workflow_id, match_all=True, reset_heartbeat=True))
        )
        assert await handle.result() == "done"
    assert told == [(True, False), (False, True)]
    assert attempts == [1, 2, 1]
    assert details == [[], [1], []]


async def test_options_are_changed_while_an_activity_waits(
    client: Client, task_queue: str, workflow_id: str, worker: Any
) -> None:
    """Nobody polls the queue that it waits in; it is moved to one where somebody does."""

    @activity.defn
    async def noop(i: int) -> int:
        return int(activity.info().start_to_close_timeout.total_seconds())

    service = client.workflow_service
    handle = await client.start_workflow("steps", 1, id=workflow_id, task_queue=f"{task_queue}-unattended")
    while not (await handle.describe()).raw_description.pending_activities:
        await asyncio.sleep(0.02)
    before = (await pending(handle)).activity_options
    assert before.task_queue.name == f"{task_queue}-unattended"
    options = ActivityOptions(
        task_queue=TaskQueue(name=task_queue),
        start_to_close_timeout=Duration(seconds=7),
        heartbeat_timeout=Duration(seconds=99),
        retry_policy=RetryPolicy(maximum_attempts=9),
    )
    paths = ["task_queue.name", "startToCloseTimeout", "retry_policy.maximum_attempts"]
    changed = await service.update_activity_options(
        UpdateActivityOptionsRequest(
            **of(client, workflow_id, id="1", activity_options=options, update_mask=FieldMask(paths=paths))
        )
    )
    after = (await pending(handle)).activity_options
    assert changed.activity_options == after
    assert (after.task_queue.name, after.start_to_close_timeout.seconds) == (task_queue, 7)
    assert after.retry_policy.maximum_attempts == 9
    # What is not in the mask stays.
    assert after.heartbeat_timeout == before.heartbeat_timeout
    assert after.retry_policy.initial_interval == before.retry_policy.initial_interval

    restored = await service.update_activity_options(
        UpdateActivityOptionsRequest(**of(client, workflow_id, type="noop", restore_original=True))
    )
    assert restored.activity_options == before
    await service.update_activity_execution_options(
        UpdateActivityExecutionOptionsRequest(
            namespace=client.namespace,
            workflow_id=workflow_id,
            activity_id="1",
            activity_options=options,
            update_mask=FieldMask(paths=paths),
        )
    )
    async with worker(noop):
        await handle.result()
    # The history says what the workflow asked for.
    events = [event async for event in handle.fetch_history_events()]
    [scheduled] = [e for e in events if e.HasField("activity_task_scheduled_event_attributes")]
    attributes = scheduled.activity_task_scheduled_event_attributes
    assert attributes.task_queue.name == f"{task_queue}-unattended"
    [completed] = [e for e in events if e.HasField("activity_task_completed_event_attributes")]
    assert completed.activity_task_completed_event_attributes.result.payloads[0].data == b"7"


async def test_what_cannot_be_operated_on(client: Client, task_queue: str, workflow_id: str) -> None:
    service = client.workflow_service
    handle = await client.start_workflow("steps", 1, id=workflow_id, task_queue=task_queue)
    while not (await handle.describe()).raw_description.pending_activities:
        await asyncio.sleep(0.02)

    async def refused(call: Any, code: RPCStatusCode, text: str) -> None:
        with pytest.raises(RPCError, match=text) as caught:
            await call
        assert caught.value.status == code
        if code == RPCStatusCode.NOT_FOUND:
            [detail] = caught.value.grpc_status.details
            assert detail.Unpack(NotFoundFailure())

    def pause(**which: Any) -> Any:
        return service.pause_activity(PauseActivityRequest(**of(client, workflow_id, **which)))

    def change(*paths: str, **more: Any) -> Any:
        request = of(client, workflow_id, id="1", update_mask=FieldMask(paths=paths), **more)
        return service.update_activity_options(UpdateActivityOptionsRequest(**request))

    missing, invalid = RPCStatusCode.NOT_FOUND, RPCStatusCode.INVALID_ARGUMENT
    await refused(pause(id="7"), missing, "no pending activity with the id \"7\"")
    await refused(pause(type="other"), missing, "no pending activity of type \"other\"")
    await refused(pause(), invalid, "name an activity's id")
    await refused(pause(id=""), invalid, "activity_id")
    await refused(pause(id="1", reason="x" * 1001), invalid, "reason")
    await pause(id="1", request_id="pause-1")
    await pause(id="1", request_id="pause-1")
    await refused(pause(id="1", request_id="pause-2"), RPCStatusCode.FAILED_PRECONDITION, "already paused")
    standalone = PauseActivityExecutionRequest(namespace=client.namespace, activity_id="1")
    await refused(service.pause_activity_execution(standalone), invalid, "every activity belongs to a workflow")
    nowhere = UnpauseActivityExecutionRequest(namespace=client.namespace, workflow_id="nowhere", activity_id="1")
    await refused(service.unpause_activity_execution(nowhere), missing, "was not found")
    long = ResetActivityRequest(**of(client, workflow_id, id="1", jitter=Duration(seconds=-1)))
    await refused(service.reset_activity(long), invalid, "jitter")

    options = ActivityOptions()
    await refused(change("start_delay", activity_options=options), invalid, "\"start_delay\" cannot be changed")
    await refused(change("task_queue.name", activity_options=options), invalid, "task_queue.name")
    await refused(change("heartbeat_timeout"), invalid, "activity_options: is missing")
    await refused(change(activity_options=options), invalid, "update_mask: is missing")
    await refused(change("heartbeat_timeout", restore_original=True), invalid, "restore_original")
    endless = change("start_to_close_timeout", "schedule_to_close_timeout", activity_options=options)
    await refused(endless, invalid, "needs a start-to-close or a schedule-to-close timeout")
    await handle.terminate()
    await refused(pause(id="1"), missing, "already completed")


async def test_the_temporal_command_operates_on_activities(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("steps", 1, id=workflow_id, task_queue=task_queue)
    while not (await handle.describe()).raw_description.pending_activities:
        await asyncio.sleep(0.02)
    this = ("--workflow-id", workflow_id, "--activity-id", "1")
    await temporal(client, "activity", "pause", *this, "--reason", "lunch")
    assert (await pending(handle)).pause_info.manual.reason == "lunch"
    with pytest.raises(AssertionError, match="already paused"):
        await temporal(client, "activity", "pause", *this)
    changed = await temporal(client, "activity", "update-options", *this, "--heartbeat-timeout", "7s")
    assert (await pending(handle)).activity_options.heartbeat_timeout.seconds == 7, changed
    await temporal(client, "activity", "reset", *this, "--keep-paused", "--restore-original-options")
    still = await pending(handle)
    assert (still.state, still.activity_options.heartbeat_timeout.seconds) == (PAUSED, 0)
    await temporal(client, "activity", "unpause", *this)
    assert (await pending(handle)).state == SCHEDULED
    with pytest.raises(AssertionError, match="no pending activity"):
        await temporal(client, "activity", "unpause", "--workflow-id", workflow_id, "--activity-id", "7")
    await handle.terminate()
