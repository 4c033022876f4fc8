"""The workflows of the golden histories (`tests/golden-histories`) in Python: they ask for the same, event by event, as those in
Rust (`tests/guests/src/golden`), whose histories are replayed to them.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from mainspring import workflow
from mainspring.common import Priority, RetryPolicy
from mainspring.exceptions import ApplicationError, FailureError

MINUTE: dict[str, Any] = {"start_to_close_timeout": timedelta(seconds=60)}


async def work(*arguments: Any) -> Any:
    return await workflow.execute_activity("work", args=arguments, **MINUTE)


def millis(value: int | None) -> timedelta | None:
    return None if value is None else timedelta(milliseconds=value)


@dataclass
class ActivityCase:
    scheduleToStart: int | None = None
    scheduleToClose: int | None = None
    startToClose: int | None = 60_000
    heartbeat: int | None = None
    attempts: int = 1
    cancellation: str = "try"
    cancelAfter: int | None = None


@workflow.defn(name="golden_activity")
class GoldenActivity:
    """Calls `work` once, and gives what it gives."""

    @workflow.run
    async def run(self, case: ActivityCase) -> Any:
        kinds = workflow.ActivityCancellationType
        activity = workflow.start_activity(
            "work",
            "input",
            schedule_to_start_timeout=millis(case.scheduleToStart),
            schedule_to_close_timeout=millis(case.scheduleToClose),
            start_to_close_timeout=millis(case.startToClose),
            heartbeat_timeout=millis(case.heartbeat),
            retry_policy=RetryPolicy(maximum_attempts=case.attempts),
            cancellation_type={"wait": kinds.WAIT_CANCELLATION_COMPLETED, "abandon": kinds.ABANDON}.get(
                case.cancellation, kinds.TRY_CANCEL
            ),
        )
        if case.cancelAfter is not None:
            await asyncio.sleep(case.cancelAfter / 1000)
            activity.cancel()
        return await activity


@workflow.defn(name="golden_activities")
class GoldenActivities:
    """Calls `work` so many times at once."""

    @workflow.run
    async def run(self, n: int) -> list[int]:
        return list(await asyncio.gather(*(work(number) for number in range(n))))


@workflow.defn(name="golden_steps")
class GoldenSteps:
    """Calls `work` with 0, 1 … n - 1, one after the other, and gives n."""

    @workflow.run
    async def run(self, n: int) -> int:
        for number in range(n):
            await work(number)
        return n


@workflow.defn(name="golden_timers")
class GoldenTimers:
    """Starts a timer of a second, one of two, and one of an hour; calls `work` with the name of each of the two that fire."""

    @workflow.run
    async def run(self) -> None:
        async def fired(name: str, seconds: int) -> None:
            await asyncio.sleep(seconds)
            await work(name)

        hour = asyncio.create_task(workflow.sleep(3600, summary="given up"))
        both = asyncio.gather(fired("first", 1), fired("second", 2))
        waiting: list[asyncio.Future[Any]] = [hour, both]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        hour.cancel()


@workflow.defn(name="golden_race")
class GoldenRace:
    """`work` against a timer of a second; gives who was first."""

    @workflow.run
    async def run(self) -> str:
        activity = workflow.start_activity("work", "race", **MINUTE)
        timer = asyncio.create_task(workflow.sleep(1))
        racing: list[asyncio.Future[Any]] = [activity, timer]
        await asyncio.wait(racing, return_when=asyncio.FIRST_COMPLETED)
        first = f"activity {activity.result()}" if activity.done() else "timer"
        await work(first)
        timer.cancel()
        activity.cancel()
        return first


@workflow.defn(name="golden_signals")
class GoldenSignals:
    """Calls `work`, and then receives two signals `item`, which may have come before."""

    def __init__(self) -> None:
        self.items: list[str] = []

    @workflow.run
    async def run(self) -> list[str]:
        await work("before")
        await workflow.wait_condition(lambda: len(self.items) >= 2)
        return self.items[:2]

    @workflow.signal
    def item(self, item: str) -> None:
        self.items.append(item)


@workflow.defn(name="golden_counter")
class GoldenCounter:
    """Counts what updates add, until the signal `close`."""

    def __init__(self) -> None:
        self.count = 0
        self.closed = False

    @workflow.run
    async def run(self) -> int:
        await workflow.wait_condition(lambda: self.closed)
        return self.count

    @workflow.signal
    def close(self, _nothing: Any = None) -> None:
        # Some histories have it with an argument.
        self.closed = True

    @workflow.update
    def add(self, amount: int) -> int:
        self.count += amount
        return self.count

    @add.validator
    def may_add(self, amount: int) -> None:
        if amount == 0:
            raise ApplicationError("the amount is 0", type="NothingToAdd")

    @workflow.update
    async def work(self, amount: int) -> int:
        policy = RetryPolicy(maximum_attempts=1)
        self.count += await workflow.execute_activity("work", amount, retry_policy=policy, **MINUTE)
        return self.count


@workflow.defn(name="golden_leaf")
class GoldenLeaf:
    """A workflow that ends in the way it is told."""

    @workflow.run
    async def run(self, way: str) -> str:
        if way == "fails":
            raise ApplicationError("asked to fail", 7, type="Leaf")
        if way in ("waits", "stubborn"):
            try:
                await workflow.wait_condition(lambda: False)
            except asyncio.CancelledError:
                if way == "waits":
                    raise
                return workflow.cancellation_reason() or ""
        if way == "continues":
            workflow.continue_as_new("completes")
        if way == "tries" and workflow.info().attempt < 2:
            raise ApplicationError("not yet", type="Leaf")
        return "done"


@dataclass
class ChildCase:
    way: str = "completes"
    cancellation: str = "wait-completed"
    cancelAfter: int | None = None
    retries: bool = False
    policy: str = "terminate"
    leaves: bool = False


@workflow.defn(name="golden_parent")
class GoldenParent:
    """Has a `golden_leaf` as its child, with the workflow id `child`, and gives what it gives."""

    @workflow.run
    async def run(self, case: ChildCase) -> str | None:
        kinds, policies = workflow.ChildWorkflowCancellationType, workflow.ParentClosePolicy
        child = await workflow.start_child_workflow(
            GoldenLeaf.run,
            case.way,
            id="child",
            parent_close_policy={"abandon": policies.ABANDON, "request-cancel": policies.REQUEST_CANCEL}.get(
                case.policy, policies.TERMINATE
            ),
            cancellation_type={
                "abandon": kinds.ABANDON,
                "try": kinds.TRY_CANCEL,
                "wait-requested": kinds.WAIT_CANCELLATION_REQUESTED,
            }.get(case.cancellation, kinds.WAIT_CANCELLATION_COMPLETED),
            retry_policy=RetryPolicy() if case.retries else None,
        )
        if case.leaves:
            return None
        if case.cancelAfter is not None:
            await asyncio.sleep(case.cancelAfter / 1000)
            child.cancel("enough")
        result: str = await child
        return result


@workflow.defn(name="golden_sender")
class GoldenSender:
    """Signals the workflow `other`, and then asks it to cancel; gives what came of both."""

    @workflow.run
    async def run(self) -> list[str]:
        other = workflow.get_external_workflow_handle("other")
        said = []
        for told in (other.signal("item", "item"), other.cancel(reason="enough")):
            try:
                await told
                said.append("arrived")
            except FailureError as failure:
                said.append(failure.message)
        return said


@workflow.defn(name="golden_chain")
class GoldenChain:
    """Continues as new until `left` is 0, with a memo that says so."""

    @workflow.run
    async def run(self, left: int) -> str:
        workflow.upsert_memo({"left": left})
        await work(left)
        if left == 0:
            return "done"
        workflow.continue_as_new(left - 1)


@workflow.defn(name="golden_cleanup")
class GoldenCleanup:
    """Waits for an hour. Asked to cancel, it calls `work` to clean up."""

    @workflow.run
    async def run(self) -> None:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            await asyncio.sleep(1)
            await work("cleanup")
            raise


@workflow.defn(name="golden_versions")
class GoldenVersions:
    """Takes a path that is new, one that no run takes otherwise any more, and says what it took."""

    @workflow.run
    async def run(self) -> bool:
        is_new = workflow.patched("new")
        workflow.deprecate_patch("old")
        await work(is_new)
        return is_new and workflow.patched("new")


@workflow.defn(name="golden_notes")
class GoldenNotes:
    """Describes itself, and takes some of it back."""

    @workflow.run
    async def run(self) -> None:
        workflow.upsert_memo({"note": "first", "other": 1})
        workflow.upsert_search_attributes({"Customer": ["ann"], "Items": [3]})
        workflow.set_current_details("working")
        await asyncio.sleep(1)
        workflow.upsert_memo({"note": "second", "other": None})
        workflow.upsert_search_attributes({"Items": []})


@workflow.defn(name="golden_chance")
class GoldenChance:
    """Calls `work` with what differs between runs, and is the same at a replay."""

    @workflow.run
    async def run(self) -> None:
        moment = int(workflow.now().timestamp())
        await work(moment, workflow.random().getrandbits(32), workflow.uuid4())


@workflow.defn(name="golden_scopes")
class GoldenScopes:
    """Sleeps in a task within a task. The first signal `item` cancels the inner one, the second the outer one."""

    def __init__(self) -> None:
        self.items = 0

    @workflow.run
    async def run(self) -> list[str]:
        sleeping: list[asyncio.Task[None]] = []

        async def inner() -> None:
            await asyncio.sleep(3600)

        async def outer() -> list[str]:
            sleeping.append(asyncio.create_task(inner()))
            first = await self.cleanup("inner", sleeping[0])
            return [first, await self.cleanup("outer", asyncio.create_task(asyncio.sleep(7200)))]

        whole = asyncio.create_task(outer())
        await workflow.wait_condition(lambda: self.items >= 1)
        sleeping[0].cancel()
        await workflow.wait_condition(lambda: self.items >= 2)
        whole.cancel()
        return await whole

    async def cleanup(self, name: str, sleeping: "asyncio.Task[None]") -> str:
        was_cancelled = False
        try:
            await sleeping
        except asyncio.CancelledError:
            was_cancelled = True
        await work(name)
        return f"{name} {str(was_cancelled).lower()}"

    @workflow.signal
    def item(self, _item: str) -> None:
        self.items += 1


@workflow.defn(name="golden_carrier")
class GoldenCarrier:
    """Receives signals `item`, and continues as new with all that have come, until there are three."""

    def __init__(self) -> None:
        self.items: list[str] = []

    @workflow.run
    async def run(self, items: list[str]) -> list[str]:
        await workflow.wait_condition(lambda: bool(self.items))
        carried = items + self.items
        if len(carried) < 3:
            workflow.continue_as_new(carried)
        return carried

    @workflow.signal
    def item(self, item: str) -> None:
        self.items.append(item)


@workflow.defn(name="golden_priorities")
class GoldenPriorities:
    """Calls `work` with n, n - 1 … 1, all at once, each with its number as its priority and as that of a tenant."""

    @workflow.run
    async def run(self, n: int) -> None:
        def call(number: int) -> Any:
            priority = Priority(priority_key=number, fairness_key=f"tenant-{number}", fairness_weight=1.5)
            return workflow.execute_activity("work", number, priority=priority, **MINUTE)

        await asyncio.gather(*(call(number) for number in range(n, 0, -1)))


@workflow.defn(name="golden_local")
class GoldenLocal:
    """Calls `work` where it may be done in the host's process."""

    @workflow.run
    async def run(self) -> Any:
        return await workflow.execute_local_activity("work", "local", **MINUTE)


@workflow.defn(name="golden_brood")
class GoldenBrood:
    """Has so many children at once, with the workflow ids `child-0`, `child-1` …"""

    @workflow.run
    async def run(self, n: int) -> list[str]:
        children = (workflow.execute_child_workflow(GoldenLeaf.run, "completes", id=f"child-{it}") for it in range(n))
        return list(await asyncio.gather(*children))
