"""What the signature of a workflow's or an activity's function says of its arguments and its result."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, get_type_hints


def type_hints(function: Callable[..., Any]) -> tuple[list[Any] | None, Any]:
    """The hints of the positional parameters without `self`, or nothing if one has none; and that of the result."""
    if not inspect.isfunction(function) and not inspect.ismethod(function) and callable(function):
        function = type(function).__call__
    try:
        hints = get_type_hints(function)
    except Exception:
        # Names that only a type checker can see.
        return None, None
    arguments: list[Any] = []
    for index, parameter in enumerate(inspect.signature(function).parameters.values()):
        if index == 0 and parameter.name == "self" and parameter.name not in hints:
            continue
        if parameter.kind not in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            break
        if parameter.name not in hints:
            return None, hints.get("return")
        arguments.append(hints[parameter.name])
    return arguments, hints.get("return")


def positional(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """The positional parameters without `self`."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [it for it in inspect.signature(function).parameters.values() if it.kind in kinds and it.name != "self"]


def check_positional_only(function: Callable[..., Any], what: str) -> None:
    """Raises `TypeError` for parameters that only a keyword can set: payloads have no names."""
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind == inspect.Parameter.KEYWORD_ONLY:
            raise TypeError(f"{what} {function.__qualname__} cannot have the keyword-only argument `{parameter.name}`")


class Unset:
    """The type of `UNSET`."""


UNSET: Any = Unset()
"""An argument that was not given, where `None` is one."""


def arguments_of(arg: Any, args: Any) -> list[Any]:
    """The arguments of a call that takes either `arg` or `args`."""
    if arg is UNSET:
        return list(args)
    if args:
        raise ValueError("Cannot have arg and args")
    return [arg]
