"""Schedules that are paused, changed, and told to go through times once more."""

from datetime import datetime, timedelta, timezone

import pytest
from temporalio.api.enums.v1 import WorkflowExecutionStatus as WireStatus
from temporalio.api.schedule.v1 import SchedulePatch
from temporalio.api.workflowservice.v1 import (
    CreateScheduleRequest,
    DescribeScheduleRequest,
    PatchScheduleRequest,
    UpdateScheduleRequest,
)
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleBackfill,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleState,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.service import RPCStatusCode
from refusals import refused
from schedules import EVERY_SECOND, Starting, statuses, until, wire_schedule, YEARLY


async def test_it_is_paused_and_goes_on(client: Client, schedule_id: str, starting: Starting) -> None:
    handle = await client.create_schedule(schedule_id, Schedule(starting("echo", 1), YEARLY))
    await handle.pause(note="maintenance")
    state = (await handle.describe()).schedule.state
    assert (state.paused, state.note) == (True, "maintenance")
    await handle.unpause(note="done")
    state = (await handle.describe()).schedule.state
    assert (state.paused, state.note) == (False, "done")
    await handle.delete()


async def test_a_failure_pauses_it(client: Client, schedule_id: str, starting: Starting) -> None:
    policy = SchedulePolicy(pause_on_failure=True)
    handle = await client.create_schedule(
        schedule_id, Schedule(starting("fails", "OnPurpose", True), YEARLY, policy), trigger_immediately=True
    )
    description = await until(handle, lambda it: it.schedule.state.paused)
    assert "paused due to workflow failure" in (description.schedule.state.note or "")
    assert statuses(description) == [WireStatus.WORKFLOW_EXECUTION_STATUS_FAILED]
    await handle.delete()


async def test_a_backfill_goes_through_a_span_of_time(
    client: Client, workflow_id: str, schedule_id: str, starting: Starting
) -> None:
    hourly = ScheduleSpec(intervals=[ScheduleIntervalSpec(every=timedelta(hours=1))])
    noon = datetime(2020, 1, 1, 12, tzinfo=timezone.utc)
    first = ScheduleBackfill(noon, noon + timedelta(hours=2), ScheduleOverlapPolicy.ALLOW_ALL)
    state = ScheduleState(paused=True)
    handle = await client.create_schedule(
        schedule_id, Schedule(starting("echo", 1), hourly, state=state), backfill=[first]
    )
    await until(handle, lambda it: it.info.num_actions == 3)
    later = noon + timedelta(days=1, minutes=1)
    await handle.backfill(ScheduleBackfill(later, later + timedelta(hours=2), ScheduleOverlapPolicy.BUFFER_ALL))
    description = await until(handle, lambda it: it.info.num_actions == 5)
    workflow_ids = sorted(action.action.workflow_id for action in description.info.recent_actions)
    hours = ["01T12", "01T13", "01T14", "02T13", "02T14"]
    assert workflow_ids == [f"{workflow_id}-2020-01-{hour}:00:00Z" for hour in hours]
    await handle.delete()


async def test_it_is_updated(client: Client, workflow_id: str, schedule_id: str, starting: Starting) -> None:
    handle = await client.create_schedule(schedule_id, Schedule(starting("echo", 1), YEARLY))

    def change(given: ScheduleUpdateInput) -> ScheduleUpdate:
        schedule = given.description.schedule
        schedule.spec = EVERY_SECOND
        assert isinstance(schedule.action, ScheduleActionStartWorkflow)
        schedule.action.id = f"{workflow_id}-changed"
        return ScheduleUpdate(schedule)

    await handle.update(change)
    description = await until(handle, lambda it: it.info.num_actions >= 1)
    assert description.info.recent_actions[0].action.workflow_id.startswith(f"{workflow_id}-changed-")
    assert description.info.last_updated_at is not None
    await handle.delete()


async def test_nobody_overwrites_what_he_has_not_seen(client: Client, schedule_id: str, starting: Starting) -> None:
    handle = await client.create_schedule(schedule_id, Schedule(starting("echo", 1), YEARLY))
    service, name = client.workflow_service, {"namespace": client.namespace, "schedule_id": schedule_id}
    seen = await service.describe_schedule(DescribeScheduleRequest(**name))
    await handle.pause(note="meanwhile")
    stale = UpdateScheduleRequest(**name, schedule=seen.schedule, conflict_token=seen.conflict_token)
    await refused(service.update_schedule(stale), RPCStatusCode.FAILED_PRECONDITION, "mismatched conflict token")
    seen = await service.describe_schedule(DescribeScheduleRequest(**name))
    fresh = UpdateScheduleRequest(**name, schedule=seen.schedule, conflict_token=seen.conflict_token)
    await service.update_schedule(fresh)
    await handle.delete()


async def test_requests_that_come_again_are_recognised(client: Client, schedule_id: str, starting: Starting) -> None:
    service = client.workflow_service
    request = CreateScheduleRequest(
        namespace=client.namespace,
        schedule_id=schedule_id,
        schedule=wire_schedule(schedule_id),
        request_id="once",
    )
    token = (await service.create_schedule(request)).conflict_token
    assert (await service.create_schedule(request)).conflict_token == token
    with pytest.raises(ScheduleAlreadyRunningError):
        await client.create_schedule(schedule_id, Schedule(starting("echo", 1), YEARLY))
    patch = PatchScheduleRequest(
        namespace=client.namespace, schedule_id=schedule_id, request_id="twice", patch=SchedulePatch()
    )
    patch.patch.trigger_immediately.SetInParent()
    for _ in range(2):
        await service.patch_schedule(patch)
    handle = client.get_schedule_handle(schedule_id)
    description = await until(handle, lambda it: it.info.num_actions == 1)
    assert description.raw_description.info.buffer_size == 0
    assert description.info.num_actions_skipped_overlap == 0
    await handle.delete()
