"""Activities, as far as workflow code needs to name them.

The activities themselves run in worker processes with an official SDK; there, `mainspring.activity.defn` is understood, too.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar, overload

from . import _signature
from .exceptions import RestrictedAccessError

__all__ = ["defn", "heartbeat", "in_activity", "info", "logger"]

Function = TypeVar("Function", bound=Callable[..., Any])

logger = logging.getLogger("mainspring.activity")
"""Where activities write to."""


@dataclass(frozen=True)
class Definition:
    """What an activity is called, and what it takes and gives."""

    name: str | None
    fn: Callable[..., Any]
    is_async: bool
    arg_types: list[Any] | None
    ret_type: Any
    no_thread_cancel_exception: bool = False


@overload
def defn(fn: Function) -> Function: ...


@overload
def defn(
    *, name: str | None = None, no_thread_cancel_exception: bool = False, dynamic: bool = False
) -> Callable[[Function], Function]: ...


def defn(
    fn: Any = None,
    *,
    name: str | None = None,
    no_thread_cancel_exception: bool = False,
    dynamic: bool = False,
) -> Any:
    """Makes a function an activity, under its own name or another."""

    def decorate(function: Any) -> Any:
        if "__temporal_activity_definition" in vars(function):
            raise ValueError("Function already contains activity definition")
        _signature.check_positional_only(function, "Activity")
        call = function if inspect.isroutine(function) else type(function).__call__
        arguments, result = _signature.type_hints(function)
        definition = Definition(
            name=None if dynamic else name or getattr(function, "__name__", None),
            fn=function,
            is_async=inspect.iscoroutinefunction(call),
            arg_types=arguments,
            ret_type=result,
            no_thread_cancel_exception=no_thread_cancel_exception,
        )
        # The name is the one under which the official SDK's workers look.
        setattr(function, "__temporal_activity_definition", definition)  # noqa: B010
        return function

    return decorate if fn is None else decorate(fn)


def definition_of(activity: Callable[..., Any]) -> Definition:
    """What `defn` has said of a function. Raises `ValueError` if nothing."""
    definition = getattr(activity, "__temporal_activity_definition", None)
    if definition is None:
        name = getattr(activity, "__qualname__", repr(activity))
        raise ValueError(f"Activity {name} missing attributes, was it decorated with @activity.defn?")
    return definition  # type: ignore[no-any-return]


def in_activity() -> bool:
    """Whether this is an activity. In a workflow module, it never is."""
    return False


def _only_in_activities(name: str) -> NoReturn:
    raise RestrictedAccessError(f"activity.{name} works only in an activity, which runs in a worker process")


def info() -> Any:
    """What the attempt under way is; only in activities."""
    _only_in_activities("info")


def heartbeat(*details: Any) -> None:
    """A sign of life; only in activities."""
    _only_in_activities("heartbeat")


def is_cancelled() -> bool:
    """Whether the activity shall end; only in activities."""
    _only_in_activities("is_cancelled")


def raise_complete_async() -> NoReturn:
    """Says that somebody else completes the activity; only in activities."""
    _only_in_activities("raise_complete_async")
