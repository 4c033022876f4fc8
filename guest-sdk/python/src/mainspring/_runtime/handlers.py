"""Signals, queries and updates of a run, and what it answers to them."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .. import exceptions
from .._current import ReadOnlyContextError
from ..common import RawValue
from ..workflow._continue import ContinueAsNewError
from ..workflow._handlers import (
    HandlerUnfinishedPolicy,
    QueryDefinition,
    SignalDefinition,
    UpdateDefinition,
    UpdateInfo,
    current_update,
)
from . import host
from .failures import to_layers
from .payloads import from_payloads, to_payload
from .traces import stack_of

if TYPE_CHECKING:
    from .run import Run

logger = logging.getLogger("mainspring.workflow")

# The query by which tools ask where a workflow stands.
STACK_TRACE = "__stack_trace"


class Handlers:
    """What a run answers to: what its class says, and what is set while it runs."""

    def __init__(self, run: Run) -> None:
        definition = run.definition
        self._run = run
        self.signals: dict[str | None, SignalDefinition] = dict(definition.signals)
        self.queries: dict[str | None, QueryDefinition] = dict(definition.queries)
        self.updates: dict[str | None, UpdateDefinition] = dict(definition.updates)
        # Signals that came before their handler, by name.
        self._early: dict[str, list[Any]] = {}
        # What handlers are at: a key of its own for each, and what it is.
        self._in_progress: dict[object, tuple[str, str, HandlerUnfinishedPolicy]] = {}

    def all_finished(self) -> bool:
        """Whether no signal or update is being handled."""
        return not self._in_progress

    # -- Signals --

    def signal(self, signal: Any) -> None:
        """Begins to handle a signal, or keeps it until there is a handler."""
        definition = self.signals.get(signal.name) or self.signals.get(None)
        if definition is None:
            self._early.setdefault(signal.name, []).append(signal)
            return
        try:
            arguments = self._arguments(definition, signal.name, signal.input)
        except Exception:
            logger.exception("Failed deserializing signal input for %s, dropping the signal", signal.name)
            return
        function = self._bound(definition)
        key = object()
        self._in_progress[key] = ("signal", signal.name, definition.unfinished_policy)

        async def handle() -> None:
            try:
                answer = function(*arguments)
                if inspect.isawaitable(answer):
                    await answer
            finally:
                self._in_progress.pop(key, None)

        self._run.loop.create_task(self._run.guarded(handle()), name=f"signal: {signal.name}")

    def set_signal(self, name: str | None, definition: SignalDefinition | None) -> None:
        """Sets or removes a handler; it gets what came before it."""
        if definition is None:
            self.signals.pop(name, None)
            return
        self.signals[name] = definition
        early = list(self._early) if name is None else [name]
        for it in early:
            for signal in self._early.pop(it, []):
                self.signal(signal)

    # -- Queries --

    def query(self, name: str, payloads: list[Any]) -> Any:
        """Answers a query with a payload."""
        if name == STACK_TRACE and name not in self.queries:
            return to_payload(self._stack_trace())
        definition = self.queries.get(name) or self.queries.get(None)
        if definition is None:
            known = " ".join(sorted(it for it in self.queries if it))
            raise RuntimeError(f"Query handler for '{name}' expected but not found, known queries: [{known}]")
        answer = self._bound(definition)(*self._arguments(definition, name, payloads))
        if inspect.iscoroutine(answer):
            answer = _without_waiting(answer)
        return to_payload(answer)

    def _stack_trace(self) -> str:
        tasks = self._run.loop.tasks.values()
        return "\n".join(f"{task.get_name()}:\n{stack_of(_frames(task.get_coro()))}" for task in tasks)

    # -- Updates --

    def validate(self, update: Any) -> None:
        """Raises what speaks against an update."""
        definition = self._update_definition(update.name)
        arguments = self._arguments(definition, update.name, update.input)
        # A named update without a validator does not get that of the dynamic one.
        if definition.validator is not None:
            validator = definition.validator
            if definition.is_method:
                validator(self._run.instance, *arguments)
            else:
                validator(*arguments)

    def update(self, update: Any) -> None:
        """Begins to handle an update that was accepted."""
        # Everything in the task: its handler may be one that the workflow sets at its beginning.
        self._run.loop.create_task(self._handle_update(update), name=f"update: {update.name}")

    async def _handle_update(self, update: Any) -> None:
        current_update.set(UpdateInfo(id=update.id, name=update.name))
        try:
            definition = self._update_definition(update.name)
            self._in_progress[update.id] = ("update", update.name, definition.unfinished_policy)
            answer = self._bound(definition)(*self._arguments(definition, update.name, update.input))
            if inspect.isawaitable(answer):
                answer = await answer
            output = to_payload(answer)
        except (Exception, asyncio.CancelledError) as error:
            failure: BaseException = error
            if isinstance(error, asyncio.CancelledError):
                failure = exceptions.CancelledError(f"Cancellation raised within update {error}")
            if not self._run.is_failure(failure) and not isinstance(failure, UnknownUpdateError):
                self._run.block(failure)
            host.updates.fail(update.id, to_layers(failure))
        except ContinueAsNewError:
            self._run.block(RuntimeError("Cannot continue as new from an update handler"))
        else:
            host.updates.complete(update.id, output)
        finally:
            self._in_progress.pop(update.id, None)

    def _update_definition(self, name: str) -> UpdateDefinition:
        definition = self.updates.get(name) or self.updates.get(None)
        if definition is None:
            known = " ".join(sorted(it for it in self.updates if it))
            raise UnknownUpdateError(
                f"Update handler for '{name}' expected but not found, and there is no dynamic handler. "
                f"known updates: [{known}]"
            )
        return definition

    # -- All of them --

    def _bound(self, definition: SignalDefinition | QueryDefinition | UpdateDefinition) -> Callable[..., Any]:
        if not definition.is_method:
            return definition.fn
        function: Callable[..., Any] = definition.fn.__get__(self._run.instance)
        return function

    def _arguments(self, definition: Any, name: str, payloads: list[Any]) -> list[Any]:
        if definition.name is None:
            return [name, from_payloads(payloads, [RawValue] * len(payloads))]
        return self._run.arguments(payloads, definition.arg_types)

    def warn_of_unfinished(self) -> None:
        """Says in the log which handlers the end of the run cuts off."""
        names = [
            f"{kind} {name}"
            for kind, name, policy in self._in_progress.values()
            if policy is HandlerUnfinishedPolicy.WARN_AND_ABANDON
        ]
        if names:
            logger.warning(
                "The workflow ended while these handlers had not: %s. "
                "Wait for `workflow.wait_condition(workflow.all_handlers_finished)` before it ends, "
                "or give the handlers `unfinished_policy=workflow.HandlerUnfinishedPolicy.ABANDON`.",
                ", ".join(names),
            )


class UnknownUpdateError(RuntimeError):
    """There is no handler for an update."""


def _without_waiting(coroutine: Any) -> Any:
    """What a coroutine returns that awaits nothing."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    coroutine.close()
    raise ReadOnlyContextError("a query cannot wait for anything")


def _frames(coroutine: Any) -> list[Any]:
    """The frames of a suspended coroutine, from the outermost to where it waits."""
    frames = []
    while coroutine is not None and getattr(coroutine, "cr_frame", None) is not None:
        frames.append(coroutine.cr_frame)
        coroutine = coroutine.cr_await
    return frames
