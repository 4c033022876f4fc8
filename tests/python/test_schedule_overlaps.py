"""What a schedule does when it is time for a start and a run is still under way."""

from datetime import timedelta

from temporalio.api.enums.v1 import WorkflowExecutionStatus as WireStatus
from temporalio.client import (
    Client,
    Schedule,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleState,
    WorkflowExecutionStatus,
)
from schedules import EVERY_SECOND, HOUR, next_second, Starting, statuses, until


async def test_it_is_triggered_whether_it_is_paused_or_not(
    client: Client, schedule_id: str, starting: Starting
) -> None:
    state = ScheduleState(paused=True, note="to begin with")
    handle = await client.create_schedule(schedule_id, Schedule(starting("idle"), EVERY_SECOND, state=state))
    await handle.trigger()
    description = await until(handle, lambda it: it.info.num_actions == 1)
    [running] = description.info.running_actions
    # It overlaps the one before, and is skipped; another policy lets it run.
    await handle.trigger()
    assert (await until(handle, lambda it: it.info.num_actions_skipped_overlap == 1)).info.num_actions == 1
    await next_second()
    await handle.trigger(overlap=ScheduleOverlapPolicy.ALLOW_ALL)
    description = await until(handle, lambda it: it.info.num_actions == 2)
    assert len(description.info.running_actions) == 2
    await next_second()
    await handle.trigger(overlap=ScheduleOverlapPolicy.TERMINATE_OTHER)
    description = await until(handle, lambda it: it.info.num_actions == 3)
    first = await client.get_workflow_handle(running.workflow_id).describe()
    assert first.status == WorkflowExecutionStatus.TERMINATED
    await handle.delete()
    assert len(description.info.running_actions) == 2
    for action in description.info.running_actions:
        await client.get_workflow_handle(action.workflow_id).terminate()


async def test_starts_wait_for_each_other(
    client: Client, workflow_id: str, schedule_id: str, starting: Starting
) -> None:
    policy = SchedulePolicy(overlap=ScheduleOverlapPolicy.BUFFER_ALL)
    handle = await client.create_schedule(schedule_id, Schedule(starting("sleeper", 300), ScheduleSpec(), policy))
    for _ in range(3):
        await handle.trigger()
    done = await until(
        handle, lambda it: statuses(it) == 3 * [WireStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED]
    )
    started = [action.started_at for action in done.info.recent_actions]
    assert all(later - earlier >= timedelta(milliseconds=300) for earlier, later in zip(started, started[1:]))
    await handle.delete()


async def test_another_run_is_cancelled(client: Client, schedule_id: str, starting: Starting) -> None:
    policy = SchedulePolicy(overlap=ScheduleOverlapPolicy.CANCEL_OTHER)
    handle = await client.create_schedule(schedule_id, Schedule(starting("sleeper", HOUR), ScheduleSpec(), policy))
    await handle.trigger()
    await until(handle, lambda it: it.info.num_actions == 1)
    await next_second()
    await handle.trigger()
    description = await until(handle, lambda it: it.info.num_actions == 2)
    canceled, running = WireStatus.WORKFLOW_EXECUTION_STATUS_CANCELED, WireStatus.WORKFLOW_EXECUTION_STATUS_RUNNING
    assert statuses(description) == [canceled, running]
    await handle.delete()
    await client.get_workflow_handle(description.info.running_actions[0].workflow_id).terminate()


async def test_one_start_waits_and_others_are_dropped(client: Client, schedule_id: str, starting: Starting) -> None:
    policy = SchedulePolicy(overlap=ScheduleOverlapPolicy.BUFFER_ONE)
    handle = await client.create_schedule(schedule_id, Schedule(starting("sleeper", HOUR), ScheduleSpec(), policy))
    await handle.trigger()
    for _ in range(2):
        await next_second()
        await handle.trigger()
    description = await until(handle, lambda it: it.info.num_actions_skipped_overlap == 1)
    assert description.info.num_actions == 1
    assert description.raw_description.info.buffer_size == 1
    [running] = description.info.running_actions
    await client.get_workflow_handle(running.workflow_id).terminate()
    # The one that waited.
    description = await until(handle, lambda it: it.info.num_actions == 2)
    assert statuses(description) == [
        WireStatus.WORKFLOW_EXECUTION_STATUS_TERMINATED,
        WireStatus.WORKFLOW_EXECUTION_STATUS_RUNNING,
    ]
    await handle.delete()
    await client.get_workflow_handle(description.info.running_actions[0].workflow_id).terminate()
