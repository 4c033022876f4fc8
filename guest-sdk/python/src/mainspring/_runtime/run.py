"""The one run that this instance of the module carries."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn

from .. import exceptions
from .._current import ReadOnlyContextError
from ..common import RawValue
from ..workflow._continue import ContinueAsNewError
from ..workflow._definition import Definition
from ..workflow._info import Info
from . import host
from .entropy import Generator
from .failures import from_layers, to_layers
from .handlers import Handlers
from .info import info_of
from .loop import WorkflowLoop
from .payloads import from_payloads, to_payload


class Run:
    """A run: its workflow object, its loop, and what it waits for."""

    def __init__(self, start: Any, now_ms: int, definition: Definition) -> None:
        self._start = start
        self._info: Info | None = None
        self._main: asyncio.Task[None] | None = None
        # What is said to the host once nothing is left to do: the workflow has ended.
        self.outcome: Callable[[], None] | None = None
        self.definition = definition
        self.namespace: str = start.info.namespace
        self.memo: dict[str, Any] = dict(start.info.memo)
        self.now_ms = now_ms
        self.history_length = 0
        self.history_bytes = 0
        self.continue_as_new_suggested = False
        self.cancel_reason: str | None = None
        self.is_read_only = False
        self.details = ""
        self.random = Generator()
        self.seed = 0
        self.seed_callbacks: list[Callable[[int], None]] = []
        self.reseed(start.random_seed)
        # What the host will tell us about, by its id.
        self.operations: dict[int, Any] = {}
        self.loop = WorkflowLoop(self)  # type: ignore[abstract]
        self.handlers = Handlers(self)
        self.instance: Any = None

    @property
    def info(self) -> Info:
        """What is known of the run."""
        if self._info is None:
            self._info = info_of(self._start, self)
        return self._info

    def reseed(self, seed: tuple[int, int]) -> None:
        """New random numbers, for `workflow.random()`, for the module `random`, and for who asked to hear of it."""
        self.random.reseed(seed)
        self.seed = (seed[0] << 64) | seed[1]
        random.seed(self.seed)
        for callback in self.seed_callbacks:
            callback(self.seed)

    def check_acting(self, action: str) -> None:
        """Raises `ReadOnlyContextError` in queries and validators."""
        if self.is_read_only:
            raise ReadOnlyContextError(f"While in read-only function, action attempted: {action}")

    def arguments(self, payloads: list[Any], hints: list[Any] | None) -> list[Any]:
        """Arguments from payloads; those that do not fit are an error of the workflow's code."""
        try:
            return from_payloads(payloads, hints)
        except Exception as error:
            if self.is_failure(error):
                raise
            raise RuntimeError("Failed decoding arguments") from error

    # -- An activation --

    def activate(self, activation: Any) -> None:
        """Takes what happened, and goes on as far as it leads."""
        self.now_ms, self.history_length, self.history_bytes, self.continue_as_new_suggested, jobs = activation
        if self._main is None:
            jobs.append((Run._go, None))
        if len(jobs) > 1:
            jobs.sort(key=_turn)
        for hear, value in jobs:
            hear(self, value)
        self.loop.run_until_idle()
        if self.outcome is not None:
            self.handlers.warn_of_unfinished()
            self.outcome()

    def _signal_received(self, signal: Any) -> None:
        self.handlers.signal(signal)

    def _update_requested(self, update: Any) -> None:
        self.handlers.update(update)

    def _resolved(self, it: Any) -> None:
        id, (is_completed, value) = it
        operation = self.operations.pop(id, None)
        if operation is not None:
            if is_completed:
                operation.completed(value)
            else:
                operation.failed(value)

    def _timer_fired(self, id: int) -> None:
        # It is absent if it was cancelled.
        timer = self.operations.pop(id, None)
        if timer is not None:
            timer.completed(None)

    def _child_started(self, it: Any) -> None:
        child = self.operations.get(it.operation)
        if child is not None and not child.started(it.started):
            del self.operations[it.operation]

    def _external_resolved(self, it: Any) -> None:
        operation = self.operations.pop(it.operation, None)
        if operation is not None:
            if isinstance(it.delivered, host.Err):
                operation.failed(it.delivered.value)
            else:
                operation.completed(None)

    def _cancel_requested(self, reason: str) -> None:
        self.cancel_reason = reason
        if self._main is not None:
            # The task may not have begun, and is to see it: not before its first step.
            self.loop.call_soon(self._main.cancel)

    def _begin(self, _start: Any) -> None:
        """Makes the workflow object."""
        definition = self.definition
        try:
            hints = [RawValue] * len(self._start.input) if definition.name is None else definition.arg_types
            arguments = self.arguments(self._start.input, hints)
            self._arguments = [arguments] if definition.name is None else arguments
            self.instance = definition.cls(*(self._arguments if definition.has_init else ()))
        except Exception as error:
            if not self.is_failure(error):
                self.block(error)
            self._finish_failed(error)

    def _go(self, _: None) -> None:
        """Begins the workflow itself."""
        if self.outcome is None:
            self._main = self.loop.create_task(self.guarded(self._run_main()), name="run")

    async def _run_main(self) -> None:
        output = to_payload(await self.definition.run_fn(self.instance, *self._arguments))
        self.outcome = lambda: host.outcome.complete(output)

    async def guarded(self, work: Awaitable[None]) -> None:
        """Does the workflow's work, or that of a signal's handler: what it raises is the run's outcome."""
        try:
            await work
        except ContinueAsNewError as request:
            continuation = request.continuation
            self.outcome = lambda: host.outcome.continue_as_new(continuation)
        except (Exception, asyncio.CancelledError) as error:
            self._finish_failed(error)
        except GeneratorExit:
            # The run is dropped as a whole.
            raise
        except BaseException as error:
            self.block(error)

    # -- The end --

    def _finish_failed(self, error: BaseException) -> None:
        if isinstance(error, asyncio.CancelledError):
            failure = exceptions.CancelledError(str(error))
            failure.__traceback__ = error.__traceback__
            error = failure
        if self.cancel_reason is not None and exceptions.is_cancelled_exception(error):
            self.outcome = lambda: host.outcome.cancelled([])
        elif self.is_failure(error):
            layers = to_layers(error)
            self.outcome = lambda: host.outcome.fail(layers)
        else:
            self.block(error)

    def is_failure(self, error: BaseException) -> bool:
        """Whether an exception fails the workflow. All others are bugs, and block it."""
        kinds = (exceptions.FailureError, TimeoutError, *self.definition.failure_exception_types)
        return isinstance(error, kinds)

    def block(self, error: BaseException) -> NoReturn:
        """Says that the workflow has a bug. Does not return."""
        layers = to_layers(error)
        layers[0].message = f"{type(error).__name__}: {layers[0].message}"
        host.outcome.block(layers)
        raise AssertionError("the host ends a guest that blocks")

    # -- Of the run before --

    def last_completion(self) -> Any:
        """The payload that the last run of the cron schedule gave."""
        return self._start.info.last_completion

    def last_failure(self) -> BaseException | None:
        """How the last run of the chain failed."""
        layers = self._start.info.last_failure
        return None if not layers else from_layers(layers, self.namespace)


# Who hears of which job. Natively, where there is no contract, nobody does.
_HEARD_BY: dict[str, Callable[[Run, Any], None]] = {
    "RandomReseeded": Run.reseed,
    "Start": Run._begin,
    "SignalReceived": Run._signal_received,
    "UpdateRequested": Run._update_requested,
    "ActivityResolved": Run._resolved,
    "ChildResolved": Run._resolved,
    "TimerFired": Run._timer_fired,
    "ChildStarted": Run._child_started,
    "ExternalResolved": Run._external_resolved,
    "CancelRequested": Run._cancel_requested,
}

# What others say comes first: a handler has run before the workflow itself begins or goes on. The rest is in its order.
_FIRST: dict[Callable[[Run, Any], None], int] = {
    Run.reseed: 0,
    Run._begin: 1,
    Run._signal_received: 2,
    Run._update_requested: 2,
    Run._go: 3,
}


def _turn(job: tuple[Callable[[Run, Any], None], Any]) -> int:
    return _FIRST.get(job[0], 4)


def _heard_by(hear: Callable[[Run, Any], None]) -> Callable[[Any], tuple[Callable[[Run, Any], None], Any]]:
    return lambda value: (hear, value)


if host.guest is not None:
    # A job is who hears of it, and what.
    for _name, _hear in _HEARD_BY.items():
        setattr(host.guest, f"Job_{_name}", _heard_by(_hear))
