"""Schedules, by the `temporal` command and by HTTP/JSON."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from temporalio.client import Client

from schedules import HOUR, next_second
from ways import Refused
from ways.schedules import actions, ScheduleByCommand, ScheduleByHttp, ScheduleWay, until

SECONDLY = {"interval": [{"interval": "1s"}]}
YEARLY = {"cronString": ["0 3 1 1 *"]}
LONG_AGO = ("2020-01-01T00:00:00Z", "2020-01-01T23:59:59Z")

# Makes a schedule that starts a workflow of that type.
Of = Callable[..., dict[str, Any]]


@pytest.fixture(params=[ScheduleByCommand, ScheduleByHttp], ids=["command", "http"])
def way(request: pytest.FixtureRequest, client: Client) -> ScheduleWay:
    return request.param(client)


@pytest.fixture
def of(workflow_id: str, task_queue: str) -> Of:
    def make(workflow_type: str, *arguments: Any, **parts: Any) -> dict[str, Any]:
        start = {
            "workflowId": workflow_id,
            "workflowType": {"name": workflow_type},
            "taskQueue": {"name": task_queue},
            "input": list(arguments),
        }
        return {"action": {"startWorkflow": start}, **parts}

    return make


def policy(overlap: str, **more: Any) -> dict[str, Any]:
    return {"overlapPolicy": f"SCHEDULE_OVERLAP_POLICY_{overlap}", **more}


async def test_intervals_and_the_result_of_the_last_run(
    way: ScheduleWay, client: Client, schedule_id: str, of: Of
) -> None:
    await way.create(schedule_id, of("echo", "hello", spec=SECONDLY))
    described = await until(way, schedule_id, lambda it: actions(it) >= 2)
    await way.delete(schedule_id)
    assert len(described["info"]["futureActionTimes"]) == 10
    second = described["info"]["recentActions"][1]["startWorkflowResult"]["workflowId"]
    history = await client.get_workflow_handle(second).fetch_history()
    started = history.events[0].workflow_execution_started_event_attributes
    assert [payload.data for payload in started.last_completion_result.payloads] == [b'"hello"']


async def test_calendars_crons_and_time_zones(way: ScheduleWay, schedule_id: str, of: Of) -> None:
    spec = {
        "calendar": [{"hour": "2", "minute": "30", "dayOfWeek": "0-6", "comment": "at night"}],
        "cronString": ["0 12 * * MON"],
        "timezoneName": "Europe/Berlin",
    }
    await way.create(schedule_id, of("echo", 1, spec=spec, state={"paused": True}))
    described = (await way.describe(schedule_id))["schedule"]["spec"]
    assert described["timezoneName"] == "Europe/Berlin"
    hours = [[part["start"] for part in calendar["hour"]] for calendar in described["structuredCalendar"]]
    assert sorted(hours) == [[2], [12]]
    # The 31st of March has no 2:30 there, and the day after is a Monday.
    times = await way.times(schedule_id, "2024-03-30T00:00:00Z", "2024-04-01T23:00:00Z")
    assert times == ["2024-03-30T01:30:00Z", "2024-04-01T00:30:00Z", "2024-04-01T10:00:00Z"]
    await way.delete(schedule_id)


async def test_a_first_and_a_last_moment(way: ScheduleWay, schedule_id: str, of: Of) -> None:
    spec = {
        "interval": [{"interval": "3600s"}],
        "startTime": "2040-01-01T10:30:00Z",
        "endTime": "2040-01-01T13:30:00Z",
    }
    await way.create(schedule_id, of("echo", 1, spec=spec))
    described = await way.describe(schedule_id)
    hours = [f"2040-01-01T{hour}:00:00Z" for hour in (11, 12, 13)]
    assert described["info"]["futureActionTimes"] == hours
    assert await way.times(schedule_id, "2040-01-01T00:00:00Z", "2040-01-02T00:00:00Z") == hours
    await way.delete(schedule_id)


async def test_jitter_puts_each_time_off(way: ScheduleWay, schedule_id: str, of: Of) -> None:
    spec = {"interval": [{"interval": "3600s"}], "jitter": "600s", "startTime": "2040-01-01T00:00:00Z"}
    await way.create(schedule_id, of("echo", 1, spec=spec))
    described = await way.describe(schedule_id)
    minutes = [int(time[14:16]) for time in described["info"]["futureActionTimes"]]
    assert all(minute < 10 for minute in minutes) and len(set(minutes)) > 1, minutes
    # Asked again, it says the same.
    assert (await way.describe(schedule_id))["info"]["futureActionTimes"] == described["info"]["futureActionTimes"]
    await way.delete(schedule_id)


@pytest.mark.parametrize(
    ("overlap", "taken", "skipped", "waiting", "running"),
    [
        ("SKIP", 1, 2, 0, 1),
        ("BUFFER_ONE", 1, 1, 1, 1),
        ("BUFFER_ALL", 1, 0, 2, 1),
        ("CANCEL_OTHER", 3, 0, 0, 1),
        ("TERMINATE_OTHER", 3, 0, 0, 1),
        ("ALLOW_ALL", 3, 0, 0, 3),
    ],
)
async def test_what_overlaps(
    way: ScheduleWay,
    client: Client,
    schedule_id: str,
    of: Of,
    overlap: str,
    taken: int,
    skipped: int,
    waiting: int,
    running: int,
) -> None:
    """Three starts, while the first run goes on."""
    schedule = of("sleeper", HOUR, spec=YEARLY, policies=policy(overlap))
    await way.create(schedule_id, schedule)
    for _ in range(3):
        await next_second()
        await way.trigger(schedule_id, policy(overlap)["overlapPolicy"])

    def is_done(described: dict[str, Any]) -> bool:
        info = described["info"]
        seen = (actions(described), int(info.get("overlapSkipped", 0)), int(info.get("bufferSize", 0)))
        return seen == (taken, skipped, waiting) and len(info.get("runningWorkflows", [])) == running

    described = await until(way, schedule_id, is_done)
    assert described["schedule"]["policies"]["overlapPolicy"] == policy(overlap)["overlapPolicy"]
    await way.delete(schedule_id)
    for run in described["info"]["runningWorkflows"]:
        await client.get_workflow_handle(run["workflowId"]).terminate()


async def test_a_backfill(way: ScheduleWay, workflow_id: str, schedule_id: str, of: Of) -> None:
    await way.create(schedule_id, of("echo", 1, spec={"interval": [{"interval": "28800s"}]}, state={"paused": True}))
    await way.backfill(schedule_id, *LONG_AGO, policy("BUFFER_ALL")["overlapPolicy"])
    described = await until(way, schedule_id, lambda it: actions(it) == 3)
    taken = sorted(it["startWorkflowResult"]["workflowId"] for it in described["info"]["recentActions"])
    assert taken == [f"{workflow_id}-2020-01-01T{hour}:00:00Z" for hour in ("00", "08", "16")]
    await way.delete(schedule_id)


async def test_pause_on_failure(way: ScheduleWay, schedule_id: str, of: Of) -> None:
    schedule = of("fails", "OnPurpose", True, spec=YEARLY, policies=policy("SKIP", pauseOnFailure=True))
    await way.create(schedule_id, schedule)
    await way.trigger(schedule_id, policy("SKIP")["overlapPolicy"])
    described = await until(way, schedule_id, lambda it: it["schedule"]["state"].get("paused", False))
    assert "paused due to workflow failure" in described["schedule"]["state"]["notes"]
    await way.delete(schedule_id)


async def test_it_is_paused_and_goes_on(way: ScheduleWay, schedule_id: str, of: Of) -> None:
    await way.create(schedule_id, of("echo", 1, spec=YEARLY))
    await way.pause(schedule_id, "maintenance")
    state = (await way.describe(schedule_id))["schedule"]["state"]
    assert (state["paused"], state["notes"]) == (True, "maintenance")
    await way.unpause(schedule_id, "done")
    state = (await way.describe(schedule_id))["schedule"]["state"]
    assert (state.get("paused", False), state["notes"]) == (False, "done")
    await way.delete(schedule_id)


async def test_a_limit_and_a_window(way: ScheduleWay, schedule_id: str, of: Of) -> None:
    state = {"limitedActions": True, "remainingActions": 2}
    policies = policy("ALLOW_ALL", catchupWindow="60s")
    await way.create(schedule_id, of("echo", 1, spec=SECONDLY, state=state, policies=policies))
    described = await until(way, schedule_id, lambda it: actions(it) == 2)
    assert "futureActionTimes" not in described["info"]
    assert described["schedule"]["policies"]["catchupWindow"] == "60s"
    await asyncio.sleep(1.5)
    assert actions(await way.describe(schedule_id)) == 2
    await way.delete(schedule_id)


async def test_it_is_updated_listed_and_deleted(way: ScheduleWay, schedule_id: str, of: Of) -> None:
    await way.create(schedule_id, of("echo", 1, spec=YEARLY))
    await way.update(schedule_id, of("echo", 1, spec={"interval": [{"interval": "3600s", "phase": "600s"}]}))
    spec = (await way.describe(schedule_id))["schedule"]["spec"]
    assert spec["interval"] == [{"interval": "3600s", "phase": "600s"}]
    assert await way.find(f"ScheduleId = '{schedule_id}'") == [schedule_id]
    with pytest.raises(Refused, match="already"):
        await way.create(schedule_id, of("idle", spec=YEARLY))
    await way.delete(schedule_id)
    assert await way.find(f"ScheduleId = '{schedule_id}'") == []
    for ask in (way.describe, way.delete):
        with pytest.raises(Refused, match="was not found"):
            await ask(schedule_id)


async def test_a_workflow_that_is_not_known(way: ScheduleWay, schedule_id: str, of: Of) -> None:
    await way.create(schedule_id, of("no_such_type", spec=YEARLY))
    await way.trigger(schedule_id, policy("SKIP")["overlapPolicy"])
    described = await until(way, schedule_id, lambda it: "invalidScheduleError" in it["info"])
    assert "no_such_type" in described["info"]["invalidScheduleError"]
    await way.delete(schedule_id)


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ({"spec": {"cronString": ["0 0 30 2 *"]}}, "never comes true"),
        ({"spec": {"cronString": ["now and then"]}}, "is no cron expression"),
        ({"spec": {"calendar": [{"hour": "25"}]}}, "hour"),
        ({"spec": {"cronString": ["@daily"], "timezoneName": "Mars/Base"}}, "no time zone"),
        (
            {
                "spec": {
                    "interval": [{"interval": "3600s"}],
                    "startTime": "2040-01-02T00:00:00Z",
                    "endTime": "2040-01-01T00:00:00Z",
                }
            },
            "never comes true",
        ),
        ({"spec": {**SECONDLY, "jitter": "-1s"}}, "jitter"),
        ({"spec": YEARLY, "policies": policy("SKIP", catchupWindow="-1s")}, "catchup_window"),
        ({"spec": YEARLY, "state": {"limitedActions": True, "remainingActions": -1}}, "remaining_actions"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    way: ScheduleWay, schedule_id: str, of: Of, parts: dict[str, Any], text: str
) -> None:
    with pytest.raises(Refused, match=text):
        await way.create(schedule_id, of("echo", 1, **parts))
