"""Waiting: for a while, for a condition, for one of several."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any

from .. import _current
from .._runtime import host
from .._runtime.durations import seconds_to_millis
from .._runtime.operation import Timer
from ._activities import metadata_record


async def sleep(duration: float | timedelta, *, summary: str | None = None) -> None:
    """Waits for a while (seconds, or a `timedelta`), however long; it goes on through restarts of the host."""
    run = _current.acting("schedule timer")
    seconds = duration.total_seconds() if isinstance(duration, timedelta) else duration
    if seconds < 0:
        raise RuntimeError("Attempting to schedule timer with negative delay")
    await Timer.of(run, host.timers.start(seconds_to_millis(seconds), metadata_record(summary)))


async def wait_condition(
    fn: Callable[[], bool], *, timeout: timedelta | float | None = None, timeout_summary: str | None = None
) -> None:
    """Waits until a condition is true; it is looked at whenever something has happened.

    Raises `asyncio.TimeoutError` if that takes too long.
    """
    run = _current.acting("wait condition")
    if fn():
        return
    future = run.loop.wait_for(fn)
    if timeout is None:
        await future
        return
    seconds = timeout.total_seconds() if isinstance(timeout, timedelta) else timeout
    timer = Timer.of(run, host.timers.start(seconds_to_millis(seconds), metadata_record(timeout_summary)))

    def expire(_timer: object) -> None:
        if not future.done():
            future.set_exception(asyncio.TimeoutError())

    timer.add_done_callback(expire)
    try:
        await future
    finally:
        timer.cancel()


async def wait(
    fs: Iterable[asyncio.Future[Any]],
    *,
    timeout: float | None = None,
    return_when: str = asyncio.ALL_COMPLETED,
) -> tuple[list[Any], list[Any]]:
    """`asyncio.wait`, with lists in the order of what was given."""
    given = list(fs)
    done, pending = await asyncio.wait(given, timeout=timeout, return_when=return_when)
    return [it for it in given if it in done], [it for it in given if it in pending]


def as_completed(fs: Iterable[Awaitable[Any]], *, timeout: float | None = None) -> Iterator[Awaitable[Any]]:
    """`asyncio.as_completed`, which begins with what was given first."""
    return asyncio.as_completed([asyncio.ensure_future(it) for it in fs], timeout=timeout)
