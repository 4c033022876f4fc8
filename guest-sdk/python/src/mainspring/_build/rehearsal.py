"""A run that never was: what every run does is done some times before the module is finished.

The interpreter rewrites code where it has run a few times, and a run would have these pages of memory for itself. After a
rehearsal they are as they will stay, shared by all runs, and the first steps of each are as quick as the later ones.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from types import ModuleType
from typing import Any, NoReturn

from .. import _current, workflow
from .._runtime import host
from .._runtime.payloads import to_payload
from .._runtime.run import Run
from ..common import RetryPolicy
from ..exceptions import ActivityError, ApplicationError
from ..workflow import _activities, _definition

# The interpreter looks at a place again after some dozens of times.
_ROUNDS = 60


@dataclass
class Part:
    """An argument and a result."""

    name: str
    amount: int


class Rehearsed:
    """What workflows usually do."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    @workflow.run
    async def run(self, rounds: int) -> int:
        """Each round is some activations."""
        total = 0
        for number in range(rounds):
            total += await workflow.execute_activity(
                "number", number, start_to_close_timeout=timedelta(seconds=30), result_type=int
            )
            part = await workflow.execute_activity(
                "part",
                args=[Part("a", number), "b", True, None],
                start_to_close_timeout=timedelta(seconds=30),
                retry_policy=RetryPolicy(maximum_attempts=3),
                result_type=Part,
            )
            total += part.amount
            try:
                await workflow.execute_activity("fails", start_to_close_timeout=timedelta(seconds=30))
            except ActivityError as error:
                assert isinstance(error.cause, ApplicationError)
            await workflow.sleep(1)
            await asyncio.gather(asyncio.sleep(1), asyncio.sleep(2))
            await workflow.wait_condition(lambda: len(self.heard) > number, timeout=60)
        return total

    @workflow.signal
    def hear(self, text: str) -> None:
        """A signal."""
        self.heard.append(text)

    @workflow.query
    def said(self) -> list[str]:
        """A query."""
        return self.heard

    @workflow.update
    async def change(self, text: str) -> str:
        """An update."""
        self.heard.append(text)
        return text

    @change.validator
    def check(self, text: str) -> None:
        """Its validator."""


def rehearse() -> None:
    """Runs it from its beginning to its end, against a host that only counts."""
    stage = _Stage()
    try:
        stage.play()
    finally:
        stage.clear()


class _Stage:
    def __init__(self) -> None:
        self._begun: list[int] = []
        self._operations = 0
        self._replaced: list[tuple[ModuleType, str, Any]] = []
        self._run: Run | None = None
        self._is_over = False
        for module, name, stand_in in (
            (host.activities, "schedule", self._begin),
            (host.timers, "start", self._begin),
            (host.operations, "cancel", _nothing),
            (host.updates, "complete", _nothing),
            (host.outcome, "complete", self._end),
            (host.outcome, "block", _broken_off),
        ):
            self._replaced.append((module, name, getattr(module, name)))
            setattr(module, name, stand_in)

    def clear(self) -> None:
        """Puts everything back."""
        _current.replace(None)
        _activities.forget()
        for module, name, original in self._replaced:
            setattr(module, name, original)

    def play(self) -> None:
        """The run's activations."""
        guest, types = host.guest, host.types
        definition = _definition._examine(Rehearsed, "rehearsal", ())
        timeouts = types.WorkflowTimeouts(None, None, None)
        info = guest.RunInfo(
            "default", types.Execution("id", "run"), "queue", 0, 1, timeouts, None, None, "", None, None, "run", "run",
            None, None, None, [], [], None,
        )  # fmt: skip
        start = guest.Start("rehearsal", [to_payload(_ROUNDS)], [], (1, 2), info)
        self._run = Run(start, 0, definition)
        _current.replace(self._run)
        self._activate(guest.Job_Start(start))
        about = types.FailureInfo_Activity(types.ActivityFailure("fails", "3", "", types.RetryState.NON_RETRYABLE_FAILURE))
        cause = types.FailureInfo_Application(types.ApplicationFailure("Wrong", True, False, [], None))
        failure = [types.FailureLayer("failed", "", "", None, about), types.FailureLayer("wrong", "", "", None, cause)]
        for number in range(_ROUNDS):
            self._resolve(guest.Resolution_Completed(to_payload(number)))
            self._resolve(guest.Resolution_Completed(to_payload(Part("a", number))))
            self._resolve(guest.Resolution_Failed(failure))
            self._fire()
            self._fire()
            self._fire()
            if number % 2:
                self._activate(guest.Job_SignalReceived(guest.Signal("hear", [to_payload("a")], [], "")))
            else:
                update = guest.Update(f"{number}", "change", [to_payload("a")], [], "")
                self._run.handlers.validate(update)
                self._activate(guest.Job_UpdateRequested(update))
            self._run.handlers.query("said", [])
        assert self._is_over

    def _resolve(self, resolution: Any) -> None:
        resolved = host.guest.ActivityResolved(self._next(), resolution)
        self._activate(host.guest.Job_ActivityResolved(resolved))

    def _fire(self) -> None:
        self._activate(host.guest.Job_TimerFired(self._next()))

    def _activate(self, job: Any) -> None:
        assert self._run is not None
        self._run.activate(host.guest.Activation(0, 1, 1, False, [job]))

    def _next(self) -> int:
        assert self._run is not None
        # What was waited for with a timeout gave its timer up.
        self._begun = [it for it in self._begun if it in self._run.operations]
        return self._begun.pop(0)

    def _begin(self, *_: Any) -> int:
        self._operations += 1
        self._begun.append(self._operations)
        return self._operations

    def _end(self, *_: Any) -> None:
        self._is_over = True


def _nothing(*_: Any) -> None:
    pass


def _broken_off(layers: list[Any]) -> NoReturn:
    raise AssertionError(f"the rehearsal is broken off: {layers[0].message}\n{layers[0].stack_trace}")
