"""The one run that an instance of a module carries: nothing natively, and while a module is built."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from .exceptions import TemporalError

if TYPE_CHECKING:
    from ._runtime.run import Run

_run: Run | None = None


class NotInWorkflowError(RuntimeError):
    """Something works only inside of a workflow, and was used elsewhere."""


class ReadOnlyContextError(TemporalError):
    """A query or a validator asked for something that would change the run."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def replace(run: Run | None) -> None:
    """Puts a run in the place of the current one. All code from now on runs in its event loop."""
    global _run
    _run = run
    asyncio._set_running_loop(None if run is None else run.loop)


def maybe() -> Run | None:
    """The run, if there is one."""
    return _run


def run() -> Run:
    """The run. Raises `NotInWorkflowError` if there is none."""
    if _run is None:
        raise NotInWorkflowError("Not in workflow event loop")
    return _run


def acting(action: str) -> Run:
    """The run, for something that changes it. Raises `ReadOnlyContextError` in queries and validators."""
    if _run is None:
        raise NotInWorkflowError("Not in workflow event loop")
    if _run.is_read_only:
        raise ReadOnlyContextError(f"While in read-only function, action attempted: {action}")
    return _run
