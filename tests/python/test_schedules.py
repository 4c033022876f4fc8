"""Workflows that are started at certain times."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from temporalio.api.common.v1 import WorkflowType
from temporalio.api.enums.v1 import WorkflowExecutionStatus as WireStatus
from temporalio.api.schedule.v1 import BackfillRequest, Schedule as WireSchedule, ScheduleAction as WireAction
from temporalio.api.schedule.v1 import SchedulePatch, ScheduleSpec as WireSpec, StructuredCalendarSpec
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflow.v1 import NewWorkflowExecutionInfo
from temporalio.api.workflowservice.v1 import (
    CountSchedulesRequest,
    CreateScheduleRequest,
    DescribeScheduleRequest,
    ListScheduleMatchingTimesRequest,
    ListSchedulesRequest,
    PatchScheduleRequest,
    UpdateScheduleRequest,
)
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleBackfill,
    ScheduleCalendarSpec,
    ScheduleDescription,
    ScheduleHandle,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleState,
    ScheduleUpdate,
    ScheduleUpdateInput,
    WorkflowExecutionStatus,
)
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.service import RPCError, RPCStatusCode

HOUR = 3_600_000
EVERY_SECOND = ScheduleSpec(intervals=[ScheduleIntervalSpec(every=timedelta(seconds=1))])
YEARLY = ScheduleSpec(calendars=[ScheduleCalendarSpec(month=[ScheduleRange(1)], day_of_month=[ScheduleRange(1)])])


@pytest.fixture
def schedule_id(request: pytest.FixtureRequest) -> str:
    return f"{request.node.name}-{uuid.uuid4()}"


@pytest.fixture
def start(task_queue: str, workflow_id: str) -> Callable[..., ScheduleActionStartWorkflow]:
    def make(workflow_type: str, *args: Any, **options: Any) -> ScheduleActionStartWorkflow:
        return ScheduleActionStartWorkflow(
            workflow_type, args=list(args), id=workflow_id, task_queue=task_queue, **options
        )

    return make


async def until(
    handle: ScheduleHandle, condition: Callable[[ScheduleDescription], bool]
) -> ScheduleDescription:
    for _ in range(600):
        description = await handle.describe()
        if condition(description):
            return description
        await asyncio.sleep(0.05)
    raise AssertionError(f"it never comes true: {description.raw_description}")


async def refused(call: Awaitable[Any], status: RPCStatusCode, text: str) -> None:
    with pytest.raises(RPCError) as caught:
        await call
    assert caught.value.status == status, caught.value.message
    assert text in caught.value.message


def statuses(description: ScheduleDescription) -> list[Any]:
    return [action.start_workflow_status for action in description.raw_description.info.recent_actions]


async def test_a_schedule_acts_at_its_times(
    client: Client, workflow_id: str, schedule_id: str, start: Callable[..., ScheduleActionStartWorkflow]
) -> None:
    handle = await client.create_schedule(schedule_id, Schedule(start("echo", "hello"), EVERY_SECOND))
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
    client: Client, schedule_id: str, workflow_id: str, task_queue: str, start: Callable[..., ScheduleActionStartWorkflow]
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
    action = start("echo", 1, execution_timeout=timedelta(hours=23), memo={"memokey": "memoval"})
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


async def test_it_is_triggered_whether_it_is_paused_or_not(
    client: Client, schedule_id: str, start: Callable[..., ScheduleActionStartWorkflow]
) -> None:
    state = ScheduleState(paused=True, note="to begin with")
    handle = await client.create_schedule(schedule_id, Schedule(start("idle"), EVERY_SECOND, state=state))
    await handle.trigger()
    description = await until(handle, lambda it: it.info.num_actions == 1)
    [running] = description.info.running_actions
    # It overlaps the one before, and is skipped; another policy lets it run.
    await handle.trigger()
    assert (await until(handle, lambda it: it.info.num_actions_skipped_overlap == 1)).info.num_actions == 1
    await asyncio.sleep(1)
    await handle.trigger(overlap=ScheduleOverlapPolicy.ALLOW_ALL)
    description = await until(handle, lambda it: it.info.num_actions == 2)
    assert len(description.info.running_actions) == 2
    await asyncio.sleep(1)
    await handle.trigger(overlap=ScheduleOverlapPolicy.TERMINATE_OTHER)
    description = await until(handle, lambda it: it.info.num_actions == 3)
    first = await client.get_workflow_handle(running.workflow_id).describe()
    assert first.status == WorkflowExecutionStatus.TERMINATED
    await handle.delete()
    assert len(description.info.running_actions) == 2
    for action in description.info.running_actions:
        await client.get_workflow_handle(action.workflow_id).terminate()


async def test_starts_wait_for_each_other(
    client: Client, workflow_id: str, schedule_id: str, start: Callable[..., ScheduleActionStartWorkflow]
) -> None:
    policy = SchedulePolicy(overlap=ScheduleOverlapPolicy.BUFFER_ALL)
    handle = await client.create_schedule(schedule_id, Schedule(start("sleeper", 300), ScheduleSpec(), policy))
    for _ in range(3):
        await handle.trigger()
    done = await until(
        handle, lambda it: statuses(it) == 3 * [WireStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED]
    )
    started = [action.started_at for action in done.info.recent_actions]
    assert all(later - earlier >= timedelta(milliseconds=300) for earlier, later in zip(started, started[1:]))
    await handle.delete()


async def test_another_run_is_cancelled(
    client: Client, schedule_id: str, start: Callable[..., ScheduleActionStartWorkflow]
) -> None:
    policy = SchedulePolicy(overlap=ScheduleOverlapPolicy.CANCEL_OTHER)
    handle = await client.create_schedule(schedule_id, Schedule(start("sleeper", HOUR), ScheduleSpec(), policy))
    await handle.trigger()
    await until(handle, lambda it: it.info.num_actions == 1)
    await asyncio.sleep(1)
    await handle.trigger()
    description = await until(handle, lambda it: it.info.num_actions == 2)
    canceled, running = WireStatus.WORKFLOW_EXECUTION_STATUS_CANCELED, WireStatus.WORKFLOW_EXECUTION_STATUS_RUNNING
    assert statuses(description) == [canceled, running]
    await handle.delete()
    await client.get_workflow_handle(description.info.running_actions[0].workflow_id).terminate()


async def test_it_is_paused_and_goes_on(
    client: Client, schedule_id: str, start: Callable[..., ScheduleActionStartWorkflow]
) -> None:
    handle = await client.create_schedule(schedule_id, Schedule(start("echo", 1), YEARLY))
    await handle.pause(note="maintenance")
    state = (await handle.describe()).schedule.state
    assert (state.paused, state.note) == (True, "maintenance")
    await handle.unpause(note="done")
    state = (await handle.describe()).schedule.state
    assert (state.paused, state.note) == (False, "done")
    await handle.delete()


async def test_a_failure_pauses_it(
    client: Client, schedule_id: str, start: Callable[..., ScheduleActionStartWorkflow]
) -> None:
    policy = SchedulePolicy(pause_on_failure=True)
    handle = await client.create_schedule(
        schedule_id, Schedule(start("fails", "OnPurpose", True), YEARLY, policy), trigger_immediately=True
    )
    description = await until(handle, lambda it: it.schedule.state.paused)
    assert "paused due to workflow failure" in (description.schedule.state.note or "")
    assert statuses(description) == [WireStatus.WORKFLOW_EXECUTION_STATUS_FAILED]
    await handle.delete()


async def test_the_next_run_knows_the_last_one(
    client: Client, schedule_id: str, start: Callable[..., ScheduleActionStartWorkflow]
) -> None:
    handle = await client.create_schedule(schedule_id, Schedule(start("echo", "result"), EVERY_SECOND))
    description = await until(handle, lambda it: it.info.num_actions >= 2)
    await handle.delete()
    second = description.info.recent_actions[1].action
    history = await client.get_workflow_handle(second.workflow_id).fetch_history()
    started = history.events[0].workflow_execution_started_event_attributes
    assert [payload.data for payload in started.last_completion_result.payloads] == [b'"result"']


async def test_a_limit_is_kept(
    client: Client, schedule_id: str, start: Callable[..., ScheduleActionStartWorkflow]
) -> None:
    state = ScheduleState(limited_actions=True, remaining_actions=2)
    handle = await client.create_schedule(schedule_id, Schedule(start("echo", 1), EVERY_SECOND, state=state))
    description = await until(handle, lambda it: it.schedule.state.remaining_actions == 0)
    assert description.info.next_action_times == []
    assert (await until(handle, lambda it: it.info.num_actions == 2)).info.num_actions == 2
    await handle.delete()


async def test_a_backfill_goes_through_a_span_of_time(
    client: Client, workflow_id: str, schedule_id: str, start: Callable[..., ScheduleActionStartWorkflow]
) -> None:
    hourly = ScheduleSpec(intervals=[ScheduleIntervalSpec(every=timedelta(hours=1))])
    noon = datetime(2020, 1, 1, 12, tzinfo=timezone.utc)
    first = ScheduleBackfill(noon, noon + timedelta(hours=2), ScheduleOverlapPolicy.ALLOW_ALL)
    state = ScheduleState(paused=True)
    handle = await client.create_schedule(
        schedule_id, Schedule(start("echo", 1), hourly, state=state), backfill=[first]
    )
    await until(handle, lambda it: it.info.num_actions == 3)
    later = noon + timedelta(days=1, minutes=1)
    await handle.backfill(ScheduleBackfill(later, later + timedelta(hours=2), ScheduleOverlapPolicy.BUFFER_ALL))
    description = await until(handle, lambda it: it.info.num_actions == 5)
    workflow_ids = sorted(action.action.workflow_id for action in description.info.recent_actions)
    hours = ["01T12", "01T13", "01T14", "02T13", "02T14"]
    assert workflow_ids == [f"{workflow_id}-2020-01-{hour}:00:00Z" for hour in hours]
    await handle.delete()


async def test_it_is_updated(
    client: Client, workflow_id: str, schedule_id: str, start: Callable[..., ScheduleActionStartWorkflow]
) -> None:
    handle = await client.create_schedule(schedule_id, Schedule(start("echo", 1), YEARLY))

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


async def test_nobody_overwrites_what_he_has_not_seen(
    client: Client, schedule_id: str, start: Callable[..., ScheduleActionStartWorkflow]
) -> None:
    handle = await client.create_schedule(schedule_id, Schedule(start("echo", 1), YEARLY))
    service, name = client.workflow_service, {"namespace": client.namespace, "schedule_id": schedule_id}
    seen = await service.describe_schedule(DescribeScheduleRequest(**name))
    await handle.pause(note="meanwhile")
    stale = UpdateScheduleRequest(**name, schedule=seen.schedule, conflict_token=seen.conflict_token)
    await refused(service.update_schedule(stale), RPCStatusCode.FAILED_PRECONDITION, "mismatched conflict token")
    seen = await service.describe_schedule(DescribeScheduleRequest(**name))
    fresh = UpdateScheduleRequest(**name, schedule=seen.schedule, conflict_token=seen.conflict_token)
    await service.update_schedule(fresh)
    await handle.delete()


async def test_requests_that_come_again_are_recognised(
    client: Client, schedule_id: str, start: Callable[..., ScheduleActionStartWorkflow]
) -> None:
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
        await client.create_schedule(schedule_id, Schedule(start("echo", 1), YEARLY))
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


async def test_schedules_are_listed_and_counted(client: Client, start: Callable[..., ScheduleActionStartWorkflow]) -> None:
    mark = f"listed-{uuid.uuid4()}"
    keyword = SearchAttributeKey.for_keyword("TemporalChangeVersion")
    attributes = TypedSearchAttributes([SearchAttributePair(SearchAttributeKey.for_keyword_list(keyword.name), [mark])])
    handles = []
    for number in range(5):
        schedule = Schedule(start("echo", number), YEARLY, state=ScheduleState(paused=number == 3))
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


async def test_times_are_those_of_the_time_zone(
    client: Client, schedule_id: str, start: Callable[..., ScheduleActionStartWorkflow]
) -> None:
    spec = ScheduleSpec(cron_expressions=["CRON_TZ=Europe/Berlin 30 2 * * *"])
    handle = await client.create_schedule(schedule_id, Schedule(start("echo", 1), spec))
    request = ListScheduleMatchingTimesRequest(namespace=client.namespace, schedule_id=schedule_id)
    request.start_time.FromJsonString("2024-03-30T00:00:00Z")
    request.end_time.FromJsonString("2024-04-01T23:00:00Z")
    answer = await client.workflow_service.list_schedule_matching_times(request)
    # The 31st of March has no 2:30.
    assert [at.ToJsonString() for at in answer.start_time] == ["2024-03-30T01:30:00Z", "2024-04-01T00:30:00Z"]
    await handle.delete()


async def test_a_workflow_that_is_not_known_is_not_started_and_that_is_said(
    client: Client, schedule_id: str, start: Callable[..., ScheduleActionStartWorkflow]
) -> None:
    handle = await client.create_schedule(
        schedule_id, Schedule(start("no_such_type"), YEARLY), trigger_immediately=True
    )
    description = await until(handle, lambda it: bool(it.raw_description.info.invalid_schedule_error))
    assert "no module in namespace" in description.raw_description.info.invalid_schedule_error
    assert description.info.num_actions == 0
    await handle.delete()


def wire_schedule(workflow_id: str, spec: WireSpec | None = None, **start: Any) -> WireSchedule:
    info = NewWorkflowExecutionInfo(
        workflow_id=workflow_id,
        workflow_type=WorkflowType(name="idle"),
        task_queue=TaskQueue(name="nobody"),
        **start,
    )
    return WireSchedule(spec=spec or WireSpec(), action=WireAction(start_workflow=info))


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        (WireSpec(cron_string=["0 0 30 2 *"]), "never comes true"),
        (WireSpec(structured_calendar=[StructuredCalendarSpec()]), "never comes true"),
        (WireSpec(cron_string=["now and then"]), "is no cron expression"),
        (WireSpec(cron_string=["61 * * * *"]), 'minute "61" is not within 0-59'),
        (WireSpec(cron_string=["CRON_TZ=Mars/Base @daily"]), "no time zone"),
        (WireSpec(cron_string=["@daily"], timezone_data=b"no rules"), "TZif"),
        (WireSpec(cron_string=["@every 1h/2h"]), "phase"),
        (WireSpec(cron_string=["@hourly # " + "x" * 500]), "comment"),
        (WireSpec(cron_string=["@hourly"] * 101), "too many"),
    ],
)
async def test_a_spec_that_makes_no_sense_is_refused(
    client: Client, schedule_id: str, spec: WireSpec, text: str
) -> None:
    request = CreateScheduleRequest(
        namespace=client.namespace, schedule_id=schedule_id, schedule=wire_schedule(schedule_id, spec)
    )
    await refused(client.workflow_service.create_schedule(request), RPCStatusCode.INVALID_ARGUMENT, text)


async def test_requests_that_make_no_sense_are_refused(client: Client, schedule_id: str) -> None:
    service, namespace = client.workflow_service, client.namespace
    invalid, not_found = RPCStatusCode.INVALID_ARGUMENT, RPCStatusCode.NOT_FOUND

    def create(**fields: Any) -> Awaitable[Any]:
        return service.create_schedule(CreateScheduleRequest(**{"namespace": namespace, "schedule_id": schedule_id, **fields}))

    good = wire_schedule(schedule_id)
    await refused(create(), invalid, "schedule: is missing")
    await refused(create(schedule=good, schedule_id=""), invalid, "schedule_id")
    await refused(create(schedule=good, namespace="nowhere"), not_found, "nowhere")
    await refused(create(schedule=WireSchedule()), invalid, "start_workflow")
    await refused(create(schedule=wire_schedule("")), invalid, "workflow_id")
    await refused(create(schedule=wire_schedule("w", cron_schedule="@daily")), invalid, "cron_schedule")
    reject = wire_schedule("w", workflow_id_reuse_policy=3)  # type: ignore[arg-type]
    await refused(create(schedule=reject), invalid, "workflow_id_reuse_policy")

    unknown = client.get_schedule_handle(f"{schedule_id}-unknown")
    await refused(unknown.describe(), not_found, "was not found")
    await refused(unknown.trigger(), not_found, "was not found")
    await refused(unknown.pause(), not_found, "was not found")
    await refused(unknown.delete(), not_found, "was not found")

    await create(schedule=good)

    def patch(patch: SchedulePatch) -> Awaitable[Any]:
        return service.patch_schedule(PatchScheduleRequest(namespace=namespace, schedule_id=schedule_id, patch=patch))

    await refused(patch(SchedulePatch(pause="a", unpause="b")), invalid, "contradict")
    await refused(patch(SchedulePatch(backfill_request=[BackfillRequest()])), invalid, "start_time")
    update = UpdateScheduleRequest(
        namespace=namespace, schedule_id=schedule_id, schedule=good, conflict_token=b"short"
    )
    await refused(service.update_schedule(update), invalid, "conflict_token")
    times = ListScheduleMatchingTimesRequest(namespace=namespace, schedule_id=schedule_id)
    await refused(service.list_schedule_matching_times(times), invalid, "start_time")
    await client.get_schedule_handle(schedule_id).delete()
