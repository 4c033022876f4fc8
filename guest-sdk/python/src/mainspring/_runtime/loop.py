"""The event loop of `asyncio` on operations of the host: its clock is the run's, its timers are durable."""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from ..exceptions import RestrictedAccessError
from . import host
from .durations import seconds_to_millis

if TYPE_CHECKING:
    from .run import Run

logger = logging.getLogger("mainspring.workflow")


class Task(asyncio.Task[Any]):
    """A task with a number, so that sets of tasks have an order that does not depend on addresses."""

    _number = 0

    def __hash__(self) -> int:
        return self._number


class Handle(asyncio.Handle):
    """A callback that is ready. There is one in every step, so it begins with less than its base class."""

    __slots__ = ()

    # What its base class sets for debugging.
    _source_traceback = None
    _repr = None

    def __init__(
        self, callback: Any, args: tuple[Any, ...], loop: WorkflowLoop, context: contextvars.Context | None
    ) -> None:
        self._callback = callback
        self._args = args
        self._loop = loop
        self._context = contextvars.copy_context() if context is None else context
        self._cancelled = False


class TimerHandle(asyncio.TimerHandle):
    """A callback that waits for a timer of the host."""

    __slots__ = ("operation",)

    operation: int

    def completed(self, _output: Any) -> None:
        """The timer has fired."""
        loop: Any = self._loop  # type: ignore[attr-defined]
        loop.ready.append(self)

    def __hash__(self) -> int:
        return self.operation


class WorkflowLoop(asyncio.AbstractEventLoop):
    """Runs what is ready, in order, until nothing is: then it is the host's turn."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self.ready: deque[asyncio.Handle] = deque()
        self.tasks: dict[int, asyncio.Task[Any]] = {}
        self._tasks_made = 0
        self._conditions: list[tuple[Callable[[], bool], asyncio.Future[None]]] = []
        self._exception_handler: Any = None

    # -- What drives it --

    def run_until_idle(self) -> None:
        """Runs all that is ready, and what becomes ready by that; looks at conditions whenever nothing is."""
        run = self._run
        ready = self.ready
        while run.outcome is None:
            if ready:
                handle: Any = ready.popleft()
                if not handle._cancelled:
                    try:
                        handle._context.run(handle._callback, *handle._args)
                    except (SystemExit, KeyboardInterrupt):
                        raise
                    except BaseException as error:
                        context = {"message": f"Exception in callback {handle!r}", "exception": error}
                        self.call_exception_handler({**context, "handle": handle})
            elif not self._look_at_conditions():
                return

    def wait_for(self, condition: Callable[[], bool]) -> asyncio.Future[None]:
        """A future that is done once the condition is true."""
        future = self.create_future()
        self._conditions.append((condition, future))
        return future

    def _look_at_conditions(self) -> bool:
        """Whether one of them has come true."""
        conditions = self._conditions
        if not conditions:
            return False
        self._conditions = []
        waiting = []
        for condition, future in conditions:
            if future.done():
                continue
            try:
                if condition():
                    future.set_result(None)
                else:
                    waiting.append((condition, future))
            except Exception as error:
                future.set_exception(error)
        self._conditions[:0] = waiting
        return bool(self.ready)

    # -- What `asyncio` asks of a loop --

    # (The base class has type variables that say nothing here.)
    def call_soon(  # type: ignore[override]
        self, callback: Any, *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.Handle:
        handle = Handle(callback, args, self, context)
        self.ready.append(handle)
        return handle

    def call_later(  # type: ignore[override]
        self, delay: float, callback: Any, *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.TimerHandle:
        run = self._run
        run.check_acting("schedule timer")
        metadata = host.types.UserMetadata(None, None)
        handle = TimerHandle(self.time() + delay, callback, args, self, context)
        handle.operation = host.timers.start(seconds_to_millis(delay), metadata)
        run.operations[handle.operation] = handle
        return handle

    def call_at(  # type: ignore[override]
        self, when: float, callback: Any, *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.TimerHandle:
        # The difference of two sums of floats: what is below a microsecond is noise.
        return self.call_later(round(when - self.time(), 6), callback, *args, context=context)

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        assert isinstance(handle, TimerHandle)
        if self._run.operations.pop(handle.operation, None) is not None:
            host.operations.cancel(handle.operation, "")

    def time(self) -> float:
        return self._run.now_ms / 1000

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self)

    def create_task(self, coro: Any, **kwargs: Any) -> asyncio.Task[Any]:
        task = Task(coro, loop=self, **kwargs)
        self._tasks_made += 1
        task._number = self._tasks_made
        # Tasks that still wait when the run ends are dropped with it, which is no news.
        task._log_destroy_pending = False  # type: ignore[attr-defined]
        # asyncio keeps only weak references.
        self.tasks[task._number] = task
        task.add_done_callback(self._forget)
        return task

    def _forget(self, task: Any) -> None:
        self.tasks.pop(task._number, None)

    def get_task_factory(self) -> None:
        return None

    # False. Every future asks; built-in code answers without a frame of Python.
    get_debug = staticmethod(bool)

    def is_running(self) -> bool:
        return True

    def is_closed(self) -> bool:
        return False

    def get_exception_handler(self) -> Any:
        return self._exception_handler

    def set_exception_handler(self, handler: Any) -> None:
        self._exception_handler = handler

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        if self._exception_handler is not None:
            self._exception_handler(self, context)
        else:
            self.default_exception_handler(context)

    def default_exception_handler(self, context: dict[str, Any]) -> None:
        exception = context.get("exception")
        details = {key: value for key, value in sorted(context.items()) if key not in ("message", "exception")}
        message = context.get("message") or "Unhandled exception in event loop"
        logger.error("%s %s", message, details or "", exc_info=exception)

    async def shutdown_asyncgens(self) -> None:
        """Nothing to do: a run that ends is dropped as a whole."""


def _outside(name: str, what: str) -> Any:
    def refuse(self: WorkflowLoop, *args: Any, **kwargs: Any) -> NoReturn:
        raise RestrictedAccessError(f"a workflow has no {what} (loop.{name}): make it an activity")

    return refuse


for _name, _what in {
    "run_in_executor": "threads",
    "call_soon_threadsafe": "threads",
    "set_default_executor": "threads",
    "getaddrinfo": "network",
    "getnameinfo": "network",
    "create_connection": "network",
    "create_server": "network",
    "create_unix_connection": "network",
    "create_unix_server": "network",
    "create_datagram_endpoint": "network",
    "sock_connect": "network",
    "sock_recv": "network",
    "sock_sendall": "network",
    "sock_accept": "network",
    "sendfile": "files",
    "add_reader": "files",
    "add_writer": "files",
    "connect_read_pipe": "files",
    "connect_write_pipe": "files",
    "subprocess_exec": "subprocesses",
    "subprocess_shell": "subprocesses",
    "add_signal_handler": "signals of the operating system",
}.items():
    setattr(WorkflowLoop, _name, _outside(_name, _what))
