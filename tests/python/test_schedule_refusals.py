"""Schedules that make no sense, and requests about them that make none."""

from collections.abc import Awaitable
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.api.schedule.v1 import (
    BackfillRequest,
    IntervalSpec,
    Schedule as WireSchedule,
    SchedulePatch,
    SchedulePolicies,
    ScheduleSpec as WireSpec,
    ScheduleState,
    StructuredCalendarSpec,
    TriggerImmediatelyRequest,
)
from temporalio.api.workflowservice.v1 import (
    CreateScheduleRequest,
    ListScheduleMatchingTimesRequest,
    PatchScheduleRequest,
    UpdateScheduleRequest,
)
from temporalio.client import Client
from temporalio.service import RPCStatusCode
from refusals import refused
from schedules import wire_schedule

SOONER, LATER = Timestamp(seconds=2_000_000_000), Timestamp(seconds=2_000_003_600)
UNKNOWN: Any = 77


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
        (WireSpec(cron_string=["@hourly"], jitter=Duration(seconds=-1)), "jitter"),
        (WireSpec(interval=[IntervalSpec()]), "interval"),
        (WireSpec(cron_string=["@hourly"], start_time=LATER, end_time=SOONER), "never comes true"),
    ],
)
async def test_a_spec_that_makes_no_sense_is_refused(
    client: Client, schedule_id: str, spec: WireSpec, text: str
) -> None:
    request = CreateScheduleRequest(
        namespace=client.namespace, schedule_id=schedule_id, schedule=wire_schedule(schedule_id, spec)
    )
    await refused(client.workflow_service.create_schedule(request), RPCStatusCode.INVALID_ARGUMENT, text)


@pytest.mark.parametrize(
    ("policies", "state", "text"),
    [
        (SchedulePolicies(overlap_policy=UNKNOWN), ScheduleState(), "overlap_policy"),
        (SchedulePolicies(catchup_window=Duration(seconds=-1)), ScheduleState(), "catchup_window"),
        (SchedulePolicies(), ScheduleState(limited_actions=True, remaining_actions=-1), "remaining_actions"),
        (SchedulePolicies(), ScheduleState(notes="x" * 1001), "notes"),
    ],
)
async def test_policies_and_states_that_make_no_sense_are_refused(
    client: Client, schedule_id: str, policies: SchedulePolicies, state: ScheduleState, text: str
) -> None:
    schedule = wire_schedule(schedule_id, WireSpec(cron_string=["@hourly"]))
    schedule.policies.CopyFrom(policies)
    schedule.state.CopyFrom(state)
    request = CreateScheduleRequest(namespace=client.namespace, schedule_id=schedule_id, schedule=schedule)
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
    backwards = BackfillRequest(start_time=LATER, end_time=SOONER)
    await refused(patch(SchedulePatch(backfill_request=[backwards])), invalid, "ends before it starts")
    trigger = TriggerImmediatelyRequest(overlap_policy=UNKNOWN)
    await refused(patch(SchedulePatch(trigger_immediately=trigger)), invalid, "overlap_policy")
    update = UpdateScheduleRequest(
        namespace=namespace, schedule_id=schedule_id, schedule=good, conflict_token=b"short"
    )
    await refused(service.update_schedule(update), invalid, "conflict_token")
    times = ListScheduleMatchingTimesRequest(namespace=namespace, schedule_id=schedule_id)
    await refused(service.list_schedule_matching_times(times), invalid, "start_time")
    await client.get_schedule_handle(schedule_id).delete()
