"""Workflows that are started at certain times."""

import uuid
from datetime import datetime, timedelta, timezone

from temporalio.api.enums.v1 import WorkflowExecutionStatus as WireStatus
from temporalio.api.workflowservice.v1 import (
    CountSchedulesRequest,
    ListScheduleMatchingTimesRequest,
    ListSchedulesRequest,
)
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleCalendarSpec,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleState,
)
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.service import RPCStatusCode
from refusals import refused
from schedules import EVERY_SECOND, Starting, statuses, until, YEARLY


async def test_a_schedule_acts_at_its_times(
    client: Client, workflow_id: str, schedule_id: str, starting: Starting
) -> None:
    handle = await client.create_schedule(schedule_id, Schedule(starting("echo", "hello"), EVERY_SECOND))
    completed = WireStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED
    description = await until(handle, lambda it: statuses(it).count(completed) >= 2)
    await handle.delete()
    assert len(description.info.next_action_times) == 10
    first, second = description.info.recent_actions[:2]
    assert second.scheduled_at - first.scheduled_at == timedelta(seconds=1)
    assert first.started_at - first.scheduled_at < timedelta(seconds=5)
    # The workflow id says for when it was.
    at = first.scheduled_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert first.action.workflow_id == f"{workflow_id}-{at}"
    run = client.get_workflow_handle(first.action.workflow_id, run_id=first.action.first_execution_run_id)
    assert await run.result() == "hello"
    attributes = (await run.describe()).typed_search_attributes
    assert attributes[SearchAttributeKey.for_keyword("TemporalScheduledById")] == schedule_id
    assert attributes[SearchAttributeKey.for_datetime("TemporalScheduledStartTime")] == first.scheduled_at
    found = [it async for it in client.list_workflows(f"TemporalScheduledById = '{schedule_id}'")]
    assert len(found) >= 2


async def test_what_is_described_is_what_was_created(
    client: Client, schedule_id: str, workflow_id: str, task_queue: str, starting: Starting
) -> None:
    spec = ScheduleSpec(
        calendars=[
            ScheduleCalendarSpec(
                second=[ScheduleRange(1)],
                minute=[ScheduleRange(2, 3)],
                hour=[ScheduleRange(4, 10, 2)],
                day_of_week=[ScheduleRange(0)],
                comment="on Sundays",
            )
        ],
        intervals=[ScheduleIntervalSpec(every=timedelta(days=10), offset=timedelta(hours=2))],
        cron_expressions=["0 12 * * MON # at noon", "@every 2h/30m"],
        skip=[ScheduleCalendarSpec(month=[ScheduleRange(12)])],
        start_at=datetime(2060, 7, 8, 9, 10, 11, tzinfo=timezone.utc),
        jitter=timedelta(seconds=80),
        time_zone_name="Europe/Berlin",
    )
    policy = SchedulePolicy(
        overlap=ScheduleOverlapPolicy.BUFFER_ONE, catchup_window=timedelta(minutes=5), pause_on_failure=True
    )
    state = ScheduleState(note="not yet", paused=True, limited_actions=True, remaining_actions=30)
    action = starting("echo", 1, execution_timeout=timedelta(hours=23), memo={"memokey": "memoval"})
    handle = await client.create_schedule(
        schedule_id, Schedule(action, spec, policy, state), memo={"about": "reports"}
    )
    description = await handle.describe()
    schedule = description.schedule
    assert isinstance(schedule.action, ScheduleActionStartWorkflow)
    assert (schedule.action.id, schedule.action.workflow, schedule.action.task_queue) == (
        workflow_id,
        "echo",
        task_queue,
    )
    assert schedule.action.execution_timeout == timedelta(hours=23)
    assert schedule.policy == policy
    assert schedule.state == state
    assert await description.memo() == {"about": "reports"}
    # Cron expressions have become calendars and intervals.
    assert schedule.spec.cron_expressions == []
    assert [calendar.comment for calendar in schedule.spec.calendars] == ["on Sundays", "at noon"]
    noon = schedule.spec.calendars[1]
    assert (noon.hour, noon.minute, noon.day_of_week) == (
        (ScheduleRange(12, 12, 1),),
        (ScheduleRange(0, 0, 1),),
        (ScheduleRange(1, 1, 1),),
    )
    assert schedule.spec.intervals[1] == ScheduleIntervalSpec(every=timedelta(hours=2), offset=timedelta(minutes=30))
    assert schedule.spec.time_zone_name == "Europe/Berlin"
    assert schedule.spec.jitter == timedelta(seconds=80)
    assert description.info.num_actions == 0
    assert description.info.created_at is not None
    assert all(at >= spec.start_at for at in description.info.next_action_times)
    await handle.delete()
    await refused(handle.describe(), RPCStatusCode.NOT_FOUND, "was not found")


async def test_the_next_run_knows_the_last_one(client: Client, schedule_id: str, starting: Starting) -> None:
    handle = await client.create_schedule(schedule_id, Schedule(starting("echo", "result"), EVERY_SECOND))
    description = await until(handle, lambda it: it.info.num_actions >= 2)
    await handle.delete()
    second = description.info.recent_actions[1].action
    history = await client.get_workflow_handle(second.workflow_id).fetch_history()
    started = history.events[0].workflow_execution_started_event_attributes
    assert [payload.data for payload in started.last_completion_result.payloads] == [b'"result"']


async def test_a_limit_is_kept(client: Client, schedule_id: str, starting: Starting) -> None:
    state = ScheduleState(limited_actions=True, remaining_actions=2)
    handle = await client.create_schedule(schedule_id, Schedule(starting("echo", 1), EVERY_SECOND, state=state))
    description = await until(handle, lambda it: it.schedule.state.remaining_actions == 0)
    assert description.info.next_action_times == []
    assert (await until(handle, lambda it: it.info.num_actions == 2)).info.num_actions == 2
    await handle.delete()


async def test_schedules_are_listed_and_counted(client: Client, starting: Starting) -> None:
    mark = f"listed-{uuid.uuid4()}"
    keyword = SearchAttributeKey.for_keyword("TemporalChangeVersion")
    attributes = TypedSearchAttributes([SearchAttributePair(SearchAttributeKey.for_keyword_list(keyword.name), [mark])])
    handles = []
    for number in range(5):
        schedule = Schedule(starting("echo", number), YEARLY, state=ScheduleState(paused=number == 3))
        handles.append(
            await client.create_schedule(f"{mark}-{number}", schedule, memo={"n": number}, search_attributes=attributes)
        )
    query = f"ScheduleId STARTS_WITH '{mark}'"
    listed = [it async for it in await client.list_schedules(page_size=2, query=query)]
    assert [it.id for it in listed] == [handle.id for handle in handles]
    assert [await it.memo() for it in listed] == [{"n": number} for number in range(5)]
    assert [it.schedule.state.paused for it in listed if it.schedule] == 3 * [False] + [True, False]
    assert all(it.info and len(it.info.next_action_times) == 5 for it in listed)

    async def count(query: str) -> int:
        request = CountSchedulesRequest(namespace=client.namespace, query=query)
        return (await client.workflow_service.count_schedules(request)).count

    assert await count(query) == 5
    assert await count(f"{query} AND TemporalSchedulePaused = true") == 1
    assert await count(f"TemporalChangeVersion = '{mark}' AND ScheduleId != '{mark}-0'") == 4
    for wrong, text in [
        ("ScheduleId =", "at character"),
        ("WorkflowType = 'echo'", "WorkflowType is of workflows"),
        ("NoSuchThing = 1", "at character 1"),
    ]:
        await refused(count(wrong), RPCStatusCode.INVALID_ARGUMENT, text)
    wrong_token = ListSchedulesRequest(namespace=client.namespace, next_page_token=b"\xff")
    await refused(client.workflow_service.list_schedules(wrong_token), RPCStatusCode.INVALID_ARGUMENT, "page_token")
    for handle in handles:
        await handle.delete()


async def test_times_are_those_of_the_time_zone(client: Client, schedule_id: str, starting: Starting) -> None:
    spec = ScheduleSpec(cron_expressions=["CRON_TZ=Europe/Berlin 30 2 * * *"])
    handle = await client.create_schedule(schedule_id, Schedule(starting("echo", 1), spec))
    request = ListScheduleMatchingTimesRequest(namespace=client.namespace, schedule_id=schedule_id)
    request.start_time.FromJsonString("2024-03-30T00:00:00Z")
    request.end_time.FromJsonString("2024-04-01T23:00:00Z")
    answer = await client.workflow_service.list_schedule_matching_times(request)
    # The 31st of March has no 2:30.
    assert [at.ToJsonString() for at in answer.start_time] == ["2024-03-30T01:30:00Z", "2024-04-01T00:30:00Z"]
    await handle.delete()


async def test_jitter_and_a_span(client: Client, schedule_id: str, starting: Starting) -> None:
    """Each time is put off, by as much whenever it is asked; and there are none before the first moment and after the
    last."""
    begin = datetime(2040, 1, 1, 10, 30, tzinfo=timezone.utc)
    spec = ScheduleSpec(
        intervals=[ScheduleIntervalSpec(every=timedelta(hours=1))],
        start_at=begin,
        end_at=begin + timedelta(hours=3),
        jitter=timedelta(minutes=10),
    )
    handle = await client.create_schedule(schedule_id, Schedule(starting("echo", 1), spec))
    times = (await handle.describe()).info.next_action_times
    assert [at.hour for at in times] == [11, 12, 13]
    assert all(at.minute < 10 for at in times) and len({(at.minute, at.second) for at in times}) > 1
    assert (await handle.describe()).info.next_action_times == times
    await handle.delete()


async def test_a_workflow_that_is_not_known_is_not_started_and_that_is_said(
    client: Client, schedule_id: str, starting: Starting
) -> None:
    handle = await client.create_schedule(
        schedule_id, Schedule(starting("no_such_type"), YEARLY), trigger_immediately=True
    )
    description = await until(handle, lambda it: bool(it.raw_description.info.invalid_schedule_error))
    assert "no module in namespace" in description.raw_description.info.invalid_schedule_error
    assert description.info.num_actions == 0
    await handle.delete()
