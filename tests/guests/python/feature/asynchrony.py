"""Unmodified `asyncio`."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from mainspring import workflow
from mainspring.exceptions import ActivityError, is_cancelled_exception


@workflow.defn(name="PyAsyncio")
class Asyncio:
    """What `asyncio` has, one after the other; gives what came of each."""

    @workflow.run
    async def run(self) -> dict[str, Any]:
        async def after(ms: int, value: Any) -> Any:
            await asyncio.sleep(ms / 1000)
            return value

        said: dict[str, Any] = {}
        said["gather"] = await asyncio.gather(after(20, "a"), after(10, "b"), self.raises(), return_exceptions=True)
        said["gather"][2] = repr(said["gather"][2])
        try:
            await asyncio.wait_for(after(60_000, "never"), timeout=0.01)
        except asyncio.TimeoutError:
            said["wait_for"] = "late"
        try:
            async with asyncio.timeout(0.01):
                await asyncio.Event().wait()
        except TimeoutError:
            said["timeout"] = "late"

        queue: asyncio.Queue[int] = asyncio.Queue(maxsize=1)
        lock, event, order = asyncio.Lock(), asyncio.Event(), []

        async def produce() -> None:
            for number in range(3):
                async with lock:
                    await queue.put(number)
            event.set()

        async with asyncio.TaskGroup() as group:
            group.create_task(produce())
            for _ in range(3):
                order.append(await queue.get())
            await event.wait()
        said["queue"] = order

        tasks = [asyncio.create_task(after(ms, ms)) for ms in (60_000, 10, 70_000)]
        done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        said["wait"] = [sorted(task.result() for task in done), len(pending)]
        said["pending"] = len([task for task in asyncio.all_tasks() if task is not asyncio.current_task()])
        for task in pending:
            task.cancel()
        said["as_completed"] = [await it for it in asyncio.as_completed([after(15, 2), after(5, 1)])]
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(after(60_000, None))
                group.create_task(self.raises())
        except* ValueError as errors:
            said["group"] = [str(error) for error in errors.exceptions]
        return said

    async def raises(self) -> None:
        await asyncio.sleep(0.001)
        raise ValueError("raised")


@workflow.defn(name="PyCancelled")
class Cancelled:
    """Waits in the way that it is told; asked to cancel, it cleans up."""

    @workflow.run
    async def run(self, way: str) -> str:
        try:
            match way:
                case "timer":
                    await asyncio.sleep(3600)
                case "activity":
                    await workflow.execute_activity(
                        "forever",
                        start_to_close_timeout=timedelta(hours=1),
                        heartbeat_timeout=timedelta(seconds=60),
                        cancellation_type=workflow.ActivityCancellationType.TRY_CANCEL,
                    )
                case _:
                    await workflow.wait_condition(lambda: False)
        except (asyncio.CancelledError, ActivityError) as error:
            assert is_cancelled_exception(error), error
            await workflow.execute_activity("noop", 1, start_to_close_timeout=timedelta(seconds=30))
            if way == "stubborn":
                return f"not now: {workflow.cancellation_reason()}"
            raise
        return "done"


@workflow.defn(name="PyShielded")
class Shielded:
    """Waits for something that nobody cancels, though the run is asked to."""

    @workflow.run
    async def run(self) -> str:
        payment = asyncio.create_task(self.pay())
        try:
            await asyncio.shield(payment)
        except asyncio.CancelledError:
            return f"cancelled, and {await payment}"
        return await payment

    async def pay(self) -> str:
        await workflow.wait_condition(lambda: self.paid)
        return "paid"

    def __init__(self) -> None:
        self.paid = False

    @workflow.signal
    def pay_now(self) -> None:
        self.paid = True
