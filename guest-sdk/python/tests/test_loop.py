"""Unmodified `asyncio` on operations of the host."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from host import Blocked, Host, cancel_requested, cancelled_activity, completed, fired, signalled, updated

from mainspring import workflow
from mainspring.common import RawValue
from mainspring.exceptions import ActivityError, ApplicationError, is_cancelled_exception

LIMIT: dict[str, Any] = {"start_to_close_timeout": timedelta(seconds=60)}


async def work(*arguments: Any) -> Any:
    return await workflow.execute_activity("work", args=arguments, **LIMIT)


@workflow.defn
class Gathers:
    @workflow.run
    async def run(self) -> list[int]:
        return list(await asyncio.gather(*(work(number) for number in range(3))))


def test_gather_begins_all_at_once_and_keeps_their_order() -> None:
    host = Host(Gathers)
    assert host.activate() == [("activity", 1, "work", 0), ("activity", 2, "work", 1), ("activity", 3, "work", 2)]
    assert host.activate(completed(3, "c")) == []
    assert host.activate(completed(1, "a"), completed(2, "b")) == [("completed", ["a", "b", "c"])]


@workflow.defn
class Races:
    @workflow.run
    async def run(self) -> str:
        try:
            async with asyncio.timeout(5):
                await asyncio.sleep(60)
        except TimeoutError:
            pass
        try:
            await asyncio.wait_for(asyncio.Event().wait(), 1.5)
        except TimeoutError:
            return "late"
        return "never"


def test_timeouts_are_timers_and_cancel_what_they_interrupt() -> None:
    host = Host(Races)
    assert host.activate() == [("timer", 1, 5000), ("timer", 2, 60000)]
    assert host.activate(fired(1), after=5000) == [("cancel", 2), ("timer", 3, 1500)]
    assert host.activate(fired(3), after=1500) == [("completed", "late")]


@workflow.defn
class Groups:
    @workflow.run
    async def run(self) -> list[str]:
        queue: asyncio.Queue[str] = asyncio.Queue()
        lock = asyncio.Lock()

        async def produce(name: str) -> None:
            async with lock:
                await asyncio.sleep(1)
                await queue.put(name)

        async with asyncio.TaskGroup() as group:
            group.create_task(produce("a"))
            group.create_task(produce("b"))
        return [queue.get_nowait(), queue.get_nowait()]


def test_task_groups_queues_and_locks_work() -> None:
    host = Host(Groups)
    assert host.activate() == [("timer", 1, 1000)]
    assert host.activate(fired(1), after=1000) == [("timer", 2, 1000)]
    assert host.activate(fired(2), after=1000) == [("completed", ["a", "b"])]


@workflow.defn
class Breaks:
    @workflow.run
    async def run(self) -> None:
        async def breaks() -> None:
            await asyncio.sleep(1)
            raise ApplicationError("broken")

        async with asyncio.TaskGroup() as group:
            for _ in range(5):
                group.create_task(work())
            group.create_task(breaks())


def test_a_task_group_cancels_the_others_in_the_order_of_their_creation() -> None:
    host = Host(Breaks)
    host.activate()
    assert host.activate(fired(6), after=1000) == [("cancel", number) for number in range(1, 6)]


@workflow.defn
class CleansUp:
    @workflow.run
    async def run(self) -> None:
        try:
            await work("long")
        except ActivityError as error:
            assert is_cancelled_exception(error)
            await work("cleanup")
            raise


def test_a_cancelled_run_asks_its_activity_and_may_clean_up() -> None:
    host = Host(CleansUp)
    host.activate()
    assert host.activate(cancel_requested()) == [("cancel", 1)]
    assert host.activate(cancelled_activity(1)) == [("activity", 2, "work", "cleanup")]
    assert host.activate(completed(2)) == [("cancelled",)]


@workflow.defn
class Shields:
    @workflow.run
    async def run(self) -> str:
        payment = asyncio.ensure_future(work("pay"))
        try:
            await asyncio.shield(payment)
        except asyncio.CancelledError:
            return f"paid anyway: {await payment}"
        return "paid"


def test_what_is_shielded_goes_on() -> None:
    host = Host(Shields)
    host.activate()
    assert host.activate(cancel_requested()) == []
    assert host.activate(completed(1, "yes")) == [("completed", "paid anyway: yes")]


@workflow.defn
class Listens:
    def __init__(self) -> None:
        self.heard: list[str] = []

    @workflow.run
    async def run(self) -> list[str]:
        await workflow.wait_condition(lambda: len(self.heard) >= 3, timeout=60)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self.heard

    @workflow.signal
    async def say(self, word: str) -> None:
        await asyncio.sleep(1)
        self.heard.append(word)

    @workflow.update
    async def ask(self, word: str) -> int:
        self.heard.append(word)
        return len(self.heard)

    @workflow.query
    def words(self) -> list[str]:
        return self.heard


def test_handlers_run_beside_the_workflow() -> None:
    host = Host(Listens)
    assert host.activate(signalled("say", "one")) == [("timer", 1, 1000), ("timer", 2, 60000)]
    assert host.activate(updated("u", "ask", "two")) == [("updated", "u", 1)]
    assert host.query("words") == ["two"]
    assert host.activate(fired(1), signalled("say", "three"), after=1000) == [("timer", 3, 1000)]
    assert host.activate(fired(3), after=1000) == [("cancel", 2), ("completed", ["two", "one", "three"])]


def test_a_query_cannot_change_anything() -> None:
    host = Host(Listens)
    host.activate()
    with pytest.raises(RuntimeError, match="known queries: \\[words\\]"):
        host.query("nothing")


def test_a_signal_that_does_not_fit_is_passed_over() -> None:
    host = Host(Listens)
    host.activate()
    assert host.activate(signalled("say", 5)) == []


@workflow.defn
class Wrong:
    @workflow.run
    async def run(self, number: int) -> None:
        await asyncio.sleep(1)
        raise KeyError(number)


def test_a_bug_blocks_the_run_and_says_where_it_is() -> None:
    host = Host(Wrong, 7)
    host.activate()
    with pytest.raises(Blocked) as blocked:
        host.activate(fired(1), after=1000)
    message, trace = blocked.value.args
    assert message == "KeyError: 7"
    assert "in run" in trace
    assert "raise KeyError(number)" in trace


def test_an_argument_that_does_not_fit_blocks_the_run() -> None:
    with pytest.raises(Blocked, match="Failed decoding arguments"):
        Host(Wrong, "seven").activate()


@workflow.defn
class Waits:
    @workflow.run
    async def run(self) -> list[str]:
        handles = {workflow.start_activity("work", name, **LIMIT) for name in "edcba"}
        order = []
        while handles:
            done, handles = await asyncio.wait(handles, return_when=asyncio.FIRST_COMPLETED)
            order += [handle.result() for handle in done]
        return order


def test_sets_of_operations_have_the_order_of_their_beginning() -> None:
    host = Host(Waits)
    assert [command[3] for command in host.activate()] == list("edcba")
    jobs = [completed(number, str(number)) for number in (4, 2, 5, 1, 3)]
    assert host.activate(*jobs) == [("completed", ["1", "2", "3", "4", "5"])]


@workflow.defn
class Again:
    @workflow.run
    async def run(self, left: int) -> None:
        workflow.continue_as_new(left - 1)


def test_continuing_as_new_ends_the_run() -> None:
    assert Host(Again, 3).activate() == [("continued", 2)]


@workflow.defn(dynamic=True)
class AnyType:
    @workflow.run
    async def run(self, args: Sequence[RawValue]) -> list[Any]:
        converter = workflow.payload_converter()
        return [workflow.info().workflow_type, *(converter.from_payload(it.payload) for it in args)]


def test_a_dynamic_workflow_takes_any_type_and_any_arguments() -> None:
    assert Host(AnyType, 1, "a").activate() == [("completed", ["Type", 1, "a"])]
