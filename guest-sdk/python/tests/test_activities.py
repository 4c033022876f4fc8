"""What a call of an activity asks of the host, and which calls are refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from host import Blocked, Host, completed

from mainspring import workflow
from mainspring._runtime import host as contract
from mainspring._runtime.payloads import from_payload
from mainspring.common import Priority, RetryPolicy

MINUTE = timedelta(minutes=1)
# Types would find what is wrong with calls before the tests do.
untyped: Any = workflow
# As the runtime asks for them.
FIELDS: tuple[str, ...] = contract.activities.Activity.__slots__


@workflow.defn
class Calls:
    """Makes one call after the other."""

    calls: list[Callable[[], Any]] = []

    @workflow.run
    async def run(self) -> None:
        for call in self.calls:
            await call()


class Listening(Host):
    """Notes what the host is told of each activity, at the moment at which it is told."""

    def __init__(self, *calls: Callable[[], Any]) -> None:
        super().__init__(Calls)
        Calls.calls = list(calls)
        self.asked: list[dict[str, Any]] = []

    def _connect(self) -> None:
        super()._connect()
        schedule = contract.activities.schedule

        def listen(record: Any) -> Any:
            told = {name: getattr(record, name) for name in FIELDS}
            told["input"] = [from_payload(it) for it in told["input"]]
            told["cancellation"] = told["cancellation"].value
            self.asked.append(told)
            return schedule(record)

        contract.activities.schedule = listen


def asked_by(*calls: Callable[[], Any]) -> list[dict[str, Any]]:
    """What the host is told of the activities of some calls."""
    host = Listening(*calls)
    host.activate()
    for number in range(1, len(calls) + 1):
        host.activate(completed(number))
    assert host.outcome == ("completed", None)
    return host.asked


def test_all_options_reach_the_host() -> None:
    (asked,) = asked_by(
        lambda: workflow.execute_activity(
            "charge",
            args=[1, "a"],
            task_queue="queue",
            schedule_to_close_timeout=timedelta(seconds=4),
            schedule_to_start_timeout=timedelta(seconds=3),
            start_to_close_timeout=timedelta(seconds=2),
            heartbeat_timeout=timedelta(seconds=1),
            retry_policy=RetryPolicy(maximum_attempts=3, non_retryable_error_types=["Bad"]),
            cancellation_type=workflow.ActivityCancellationType.ABANDON,
            activity_id="id",
            summary="what it is for",
            priority=Priority(priority_key=2),
        )
    )
    assert (asked["activity_type"], asked["input"], asked["task_queue"]) == ("charge", [1, "a"], "queue")
    timeouts = ("schedule_to_close", "schedule_to_start", "start_to_close", "heartbeat")
    assert [asked[name] for name in timeouts] == [4000, 3000, 2000, 1000]
    assert (asked["retry_policy"].maximum_attempts, asked["retry_policy"].non_retryable_kinds) == (3, ["Bad"])
    assert (asked["cancellation"], asked["activity_id"], asked["local"]) == (2, "id", False)
    assert from_payload(asked["metadata"].summary) == "what it is for"
    assert asked["priority"].key == 2


def test_a_call_is_told_as_it_is_made_and_not_as_the_last_of_that_activity() -> None:
    policy = RetryPolicy(maximum_attempts=1)

    def other_policy() -> Any:
        policy.maximum_attempts = 2
        return workflow.execute_activity("work", 2, start_to_close_timeout=MINUTE, retry_policy=policy)

    asked = asked_by(
        lambda: workflow.execute_activity("work", 1, start_to_close_timeout=MINUTE, retry_policy=policy, summary="one"),
        other_policy,
        lambda: workflow.execute_activity("work", 3, start_to_close_timeout=2 * MINUTE, activity_id="three"),
        lambda: workflow.execute_activity("work", start_to_close_timeout=2 * MINUTE),
        lambda: workflow.execute_local_activity("work", 5, start_to_close_timeout=2 * MINUTE),
        lambda: workflow.execute_activity("play", 6, start_to_close_timeout=2 * MINUTE),
    )
    assert [it["input"] for it in asked] == [[1], [2], [3], [], [5], [6]]
    assert [it["retry_policy"] and it["retry_policy"].maximum_attempts for it in asked] == [1, 2, None, None, None, None]
    assert [it["start_to_close"] for it in asked] == [60_000, 60_000, 120_000, 120_000, 120_000, 120_000]
    assert [it["activity_id"] for it in asked] == [None, None, "three", None, None, None]
    assert [it["metadata"].summary is None for it in asked] == [False, True, True, True, True, True]
    assert [it["local"] for it in asked] == [False, False, False, False, True, False]
    assert [it["activity_type"] for it in asked] == ["work"] * 5 + ["play"]


def test_more_activities_than_are_kept_in_mind_are_told_rightly() -> None:
    names = [f"work{number}" for number in range(250)] * 2
    calls = [lambda name=name: workflow.execute_activity(name, name, start_to_close_timeout=MINUTE) for name in names]
    assert [(it["activity_type"], it["input"]) for it in asked_by(*calls)] == [(name, [name]) for name in names]


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        # Temporal's SDK raises `TypeError` as well, since the functions have no such parameter.
        (lambda: untyped.start_local_activity("a", start_to_close_timeout=MINUTE, heartbeat_timeout=MINUTE),
         "TypeError: A local activity has no option heartbeat_timeout"),
        (lambda: untyped.execute_local_activity("a", start_to_close_timeout=MINUTE, task_queue="q", priority=Priority()),
         "TypeError: A local activity has no option priority, task_queue"),
        (lambda: untyped.execute_activity("a", start_to_close_timeout=MINUTE, local_retry_threshold=MINUTE),
         "TypeError: An activity has no option local_retry_threshold"),
        (lambda: untyped.start_activity("a", start_to_close_timeout=MINUTE, sumary="a"),
         "TypeError: An activity has no option sumary"),
        (lambda: untyped.start_activity("a"),
         "ValueError: Activity must have start_to_close_timeout or schedule_to_close_timeout"),
        (lambda: untyped.start_local_activity("a"),
         "ValueError: Activity must have start_to_close_timeout or schedule_to_close_timeout"),
        (lambda: untyped.start_activity("a", 1, args=[2], start_to_close_timeout=MINUTE),
         "ValueError: Cannot have arg and args"),
        (lambda: untyped.start_activity(7, start_to_close_timeout=MINUTE),
         "TypeError: Activity must be a string or callable"),
    ],
)  # fmt: skip
def test_a_wrong_call_is_a_bug_and_says_what_is_wrong(call: Callable[[], Any], complaint: str) -> None:
    with pytest.raises(Blocked) as blocked:
        Listening(call).activate()
    assert blocked.value.args[0] == complaint


def test_a_wrong_option_is_a_bug_however_often_it_is_given() -> None:
    def wrong() -> Any:
        return untyped.execute_local_activity("a", start_to_close_timeout=MINUTE, heartbeat_timeout=MINUTE)

    for _ in range(2):
        with pytest.raises(Blocked, match="has no option heartbeat_timeout"):
            Listening(wrong).activate()
