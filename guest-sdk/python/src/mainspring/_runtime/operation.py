"""Operations: what a workflow began and waits for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Self

from . import host
from .failures import from_layers
from .payloads import from_payload

if TYPE_CHECKING:
    from .run import Run


class Operation(asyncio.Future[Any]):
    """Something that the host does, by its id: a future, done when the host says so.

    Cancelling it, or a task that awaits it, is a request to the host: the future stays as it is until the host says what
    came of it, as the operation's cancellation type has it.
    """

    __slots__ = ("_cancel_requested", "_hint", "_id", "_run")

    # Sets of futures are iterated in the order of this number and not of addresses, which differ from build to build.
    _id: int
    _hint: Any

    _cancel_requested: bool
    _run: Run

    @classmethod
    def of(cls, run: Run, operation: int, hint: Any = None) -> Self:
        """The operation that the host knows by this id."""
        # Not an `__init__`: one in Python, with another beneath, takes twice as long.
        self = cls(loop=run.loop)
        self._cancel_requested = False
        self._run = run
        self._id = operation
        self._hint = hint
        run.operations[operation] = self
        return self

    def __hash__(self) -> int:
        return self._id

    def cancel(self, msg: Any = None) -> bool:
        """Asks the host to cancel it; false if it is done already."""
        if self.done():
            return False
        if not self._cancel_requested:
            self._cancel_requested = True
            host.operations.cancel(self._id, msg if isinstance(msg, str) else "")
        return True

    def completed(self, output: Any) -> None:
        """The host says that it is done, with this payload or none."""
        try:
            value = None if output is None else from_payload(output, self._hint)
        except Exception as error:
            wrapped = RuntimeError("Failed decoding arguments")
            wrapped.__cause__ = error
            self.set_exception(wrapped)
            return
        self.set_result(value)

    def failed(self, layers: list[Any]) -> None:
        """The host says that it failed, or was cancelled."""
        self.set_exception(from_layers(layers, self._run.namespace))


class Timer(Operation):
    """A timer of the host. Once it is cancelled, nothing is heard of it any more."""

    def cancel(self, msg: Any = None) -> bool:
        """Gives the timer up."""
        if self._run.operations.pop(self._id, None) is not None:
            host.operations.cancel(self._id, "")
        return asyncio.Future.cancel(self, msg)


class Uncancellable(Operation):
    """What cannot be taken back: who waits for it can only stop waiting."""

    def cancel(self, msg: Any = None) -> bool:
        """Stops waiting."""
        return asyncio.Future.cancel(self, msg)

    def completed(self, output: Any) -> None:
        """The host says that it is done."""
        if not self.done():
            super().completed(output)

    def failed(self, layers: list[Any]) -> None:
        """The host says that it failed."""
        if not self.done():
            super().failed(layers)
