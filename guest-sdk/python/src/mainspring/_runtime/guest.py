"""The module as the host calls it: what a module's entry exports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import __version__, _current
from .._current import ReadOnlyContextError
from ..workflow import _definition
from ..workflow._definition import Definition
from . import garbage, host
from .failures import to_layers
from .handlers import STACK_TRACE
from .run import Run


class Guest:
    """The exports of a module, for the workflows that its code has defined."""

    def describe(self) -> Any:
        """What is in this module."""
        workflows = [_described(it) for it in _definition.defined()]
        return host.guest.Manifest(f"mainspring-python/{__version__}", workflows)

    def activate(self, activation: Any) -> None:
        """Delivers what happened."""
        run = _current.maybe()
        if run is None:
            now_ms, *_, jobs = activation
            _, start = jobs[0]
            run = Run(start, now_ms, _find(start.workflow_type))
            _current.replace(run)
        try:
            run.activate(activation)
            garbage.look()
        except BaseException as error:
            # What comes here is not the workflow's work, such as a `KeyboardInterrupt` in a task of its own.
            run.block(error)

    def query(self, name: str, input: list[Any], headers: Any) -> Any:
        """Answers a question about the state."""
        return _asked(lambda run: run.handlers.query(name, input))

    def validate_update(self, update: Any) -> None:
        """May this update be accepted?"""
        _asked(lambda run: run.handlers.validate(update))


def _asked(question: Callable[[Run], Any]) -> Any:
    run = _current.run()
    run.is_read_only = True
    try:
        return question(run)
    except ReadOnlyContextError as error:
        # It would change the state, which is a bug and no answer.
        run.block(error)
    except Exception as error:
        raise host.Err(to_layers(error)) from None
    except BaseException as error:
        run.block(error)
    finally:
        run.is_read_only = False


def _find(workflow_type: str) -> Definition:
    dynamic = None
    for definition in _definition.defined():
        if definition.name == workflow_type:
            return definition
        if definition.name is None:
            dynamic = definition
    if dynamic is None:
        error = RuntimeError(f"this module has no workflow `{workflow_type}`")
        host.outcome.block(to_layers(error))
        raise error
    return dynamic


def _described(definition: Definition) -> Any:
    guest = host.guest

    def handlers(table: Any) -> list[Any]:
        by_name = sorted(table.values(), key=lambda it: it.name or "")
        return [guest.HandlerDefinition(it.name, it.description or _first_line(it.fn)) for it in by_name]

    queries = handlers(definition.queries)
    if STACK_TRACE not in definition.queries:
        # Listed, it is asked of the workflow; the host knows only what a run waits for, and not where.
        queries.append(guest.HandlerDefinition(STACK_TRACE, "Where the workflow's tasks stand"))

    return guest.WorkflowDefinition(
        definition.name,
        _first_line(definition.cls),
        handlers(definition.signals),
        queries,
        handlers(definition.updates),
    )


def _first_line(documented: Any) -> str:
    # Of its own: a base class may have one that is about something else.
    lines = (documented.__doc__ or "").strip().splitlines()
    return lines[0] if lines else ""
