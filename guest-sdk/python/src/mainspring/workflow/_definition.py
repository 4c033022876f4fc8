"""Workflows: the decorators, and what they say of a class."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, overload

from .. import _signature
from ..common import RawValue, VersioningBehavior
from ._handlers import QueryDefinition, SignalDefinition, UpdateDefinition

Class = TypeVar("Class", bound=type)
Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass
class Definition:
    """What `defn` says of a class."""

    # None: it takes every type that no other does.
    name: str | None
    cls: type
    run_fn: Callable[..., Any]
    has_init: bool
    signals: dict[str | None, SignalDefinition]
    queries: dict[str | None, QueryDefinition]
    updates: dict[str | None, UpdateDefinition]
    failure_exception_types: Sequence[type[BaseException]]
    arg_types: list[Any] | None = field(init=False)
    ret_type: Any = field(init=False)

    def __post_init__(self) -> None:
        _signature.check_positional_only(self.run_fn, "Workflow")
        self.arg_types, self.ret_type = _signature.type_hints(self.run_fn)
        if self.name is None and self.arg_types != [Sequence[RawValue]]:
            raise TypeError("Dynamic workflow must accept a single Sequence[RawValue]")


_defined: list[Definition] = []


def defined() -> list[Definition]:
    """All workflows that were defined, in the order in which that happened."""
    return _defined


@overload
def defn(cls: Class) -> Class: ...


@overload
def defn(
    *,
    name: str | None = None,
    dynamic: bool = False,
    sandboxed: bool = True,
    failure_exception_types: Sequence[type[BaseException]] = (),
    versioning_behavior: VersioningBehavior = VersioningBehavior.UNSPECIFIED,
) -> Callable[[Class], Class]: ...


def defn(
    cls: Any = None,
    *,
    name: str | None = None,
    dynamic: bool = False,
    sandboxed: bool = True,
    failure_exception_types: Sequence[type[BaseException]] = (),
    versioning_behavior: VersioningBehavior = VersioningBehavior.UNSPECIFIED,
) -> Any:
    """Makes a class a workflow, of its own name, of another, or (`dynamic`) of every type that is left.

    Exceptions of `failure_exception_types` fail the workflow instead of blocking its run. `sandboxed` makes no difference:
    a module has no other way to be. Raises `ValueError` for a class that makes no workflow, and for
    `VersioningBehavior.PINNED`: runs always follow the newest version of their module.
    """
    if name is not None and dynamic:
        raise ValueError("Cannot provide name and dynamic boolean")
    if versioning_behavior is VersioningBehavior.PINNED:
        raise ValueError("Runs follow the newest version of their module, and cannot be pinned to one")

    def decorate(workflow: Any) -> Any:
        definition = _examine(workflow, None if dynamic else name or workflow.__name__, failure_exception_types)
        # The official client looks under these names.
        setattr(workflow, "__temporal_workflow_definition", definition)  # noqa: B010
        setattr(definition.run_fn, "__temporal_workflow_definition", definition)  # noqa: B010
        _defined.append(definition)
        return workflow

    return decorate if cls is None else decorate(cls)


def run(fn: Function) -> Function:
    """Makes an async method the one that a workflow runs."""
    if not inspect.iscoroutinefunction(fn):
        raise ValueError("Workflow run method must be an async function")
    if "<locals>" in fn.__qualname__:
        raise ValueError("Local classes unsupported, @workflow.run cannot be on a local class")
    fn.__temporal_workflow_run = True  # type: ignore[attr-defined]
    return fn


def init(init_fn: Function) -> Function:
    """Has `__init__` take the same arguments as the run method."""
    if init_fn.__name__ != "__init__":
        raise ValueError("@workflow.init may only be used on the __init__ method")
    init_fn.__temporal_workflow_init = True  # type: ignore[attr-defined]
    return init_fn


def definition_of(workflow: Callable[..., Any]) -> Definition:
    """What `defn` has said, from a class or its run method. Raises `ValueError` if nothing."""
    definition = getattr(workflow, "__temporal_workflow_definition", None)
    if definition is None:
        name = getattr(workflow, "__qualname__", repr(workflow))
        raise ValueError(
            f"Function {name} missing attributes, was it decorated with @workflow.run and was its class decorated with "
            "@workflow.defn?"
        )
    return definition  # type: ignore[no-any-return]


def _examine(cls: type, name: str | None, failures: Sequence[type[BaseException]]) -> Definition:
    issues: list[str] = []
    run_fn: Callable[..., Any] | None = None
    signals: dict[str | None, SignalDefinition] = {}
    queries: dict[str | None, QueryDefinition] = {}
    updates: dict[str | None, UpdateDefinition] = {}

    def add(table: Any, definition: Any, kind: str) -> None:
        if definition.name in table:
            issues.append(f"Multiple {kind} methods found for {definition.name or '<dynamic>'}")
        table[definition.name] = definition

    for attribute, member in inspect.getmembers(cls):
        if hasattr(member, "__temporal_workflow_run"):
            if member.__qualname__.rsplit(".", 1)[0] != cls.__qualname__:
                issues.append(f"@workflow.run method {attribute} must be defined on {cls.__qualname__}")
            elif run_fn is not None:
                issues.append(f"Multiple @workflow.run methods found (at least on {attribute} and {run_fn.__name__})")
            else:
                run_fn = member
        elif (definition := getattr(member, "__temporal_signal_definition", None)) is not None:
            add(signals, definition, "signal")
        elif (definition := getattr(member, "__temporal_query_definition", None)) is not None:
            add(queries, definition, "query")
        elif isinstance(definition := getattr(member, "_defn", None), UpdateDefinition):
            add(updates, definition, "update")
            if definition.validator is not None and not _takes_the_same(definition.fn, definition.validator):
                issues.append(
                    f"Update validator method {definition.validator.__name__} parameters do not match update method "
                    f"{definition.fn.__name__} parameters"
                )
    issues += _undecorated_overrides(cls)
    init_fn = cls.__dict__.get("__init__")
    has_init = hasattr(init_fn, "__temporal_workflow_init")
    if run_fn is None:
        if not issues:
            issues.append("Missing @workflow.run method")
    elif has_init and init_fn is not None and not _takes_the_same(init_fn, run_fn):
        issues.append("@workflow.init and @workflow.run method parameters do not match")
    if issues or run_fn is None:
        raise ValueError(f"Invalid workflow class: {', '.join(issues)}")
    return Definition(name, cls, run_fn, has_init, signals, queries, updates, failures)


_MARKS = {
    "__temporal_workflow_run": "run",
    "__temporal_signal_definition": "signal",
    "__temporal_query_definition": "query",
    "_defn": "update",
}


def _undecorated_overrides(cls: type) -> list[str]:
    """A method that overrides a decorated one must say again what it is."""
    issues = []
    for base in inspect.getmro(cls)[1:]:
        for attribute, member in vars(base).items():
            for mark, kind in _MARKS.items():
                if hasattr(member, mark) and not hasattr(getattr(cls, attribute), mark):
                    issues.append(f"@workflow.{kind} defined on {member.__qualname__} but not on the override")
    return issues


def _takes_the_same(one: Callable[..., Any], other: Callable[..., Any]) -> bool:
    """Whether two functions have the same parameters, but for their names."""

    def shape(function: Callable[..., Any]) -> list[Any]:
        parameters = inspect.signature(function).parameters.values()
        return [(it.kind, it.annotation, it.default) for it in parameters]

    return shape(one) == shape(other)
