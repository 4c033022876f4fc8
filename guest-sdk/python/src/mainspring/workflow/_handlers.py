"""Signals, queries and updates: the decorators, and what they say of a method."""

from __future__ import annotations

import contextvars
import inspect
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, ParamSpec, Protocol, TypeVar, overload

from .. import _current, _signature
from ..common import RawValue

Function = TypeVar("Function", bound=Callable[..., Any])
Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
ProtocolResult = TypeVar("ProtocolResult", covariant=True)


class HandlerUnfinishedPolicy(IntEnum):
    """What is said of handlers that have not finished when the workflow ends."""

    WARN_AND_ABANDON = 1
    ABANDON = 2


class UnfinishedUpdateHandlersWarning(RuntimeWarning):
    """A workflow ended while it handled updates."""


class UnfinishedSignalHandlersWarning(RuntimeWarning):
    """A workflow ended while it handled signals."""


@dataclass
class _Handler:
    # None: it takes what no other does.
    name: str | None
    fn: Callable[..., Any]
    is_method: bool
    unfinished_policy: HandlerUnfinishedPolicy = HandlerUnfinishedPolicy.WARN_AND_ABANDON
    description: str | None = None
    arg_types: list[Any] | None = field(init=False)
    ret_type: Any = field(init=False)
    # The official client asks for it.
    dynamic_vararg: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        _signature.check_positional_only(self.fn, "Handler")
        self.arg_types, self.ret_type = _signature.type_hints(self.fn)
        if self.name is None and len(_signature.positional(self.fn)) != 2:
            raise RuntimeError(
                f"Dynamic handler {self.fn.__qualname__} must have 2 arguments: the name, and a Sequence[RawValue]"
            )


@dataclass
class SignalDefinition(_Handler):
    """What `signal` says of a method."""


@dataclass
class QueryDefinition(_Handler):
    """What `query` says of a method."""


@dataclass
class UpdateDefinition(_Handler):
    """What `update` says of a method."""

    validator: Callable[..., None] | None = None

    def set_validator(self, validator: Callable[..., None]) -> None:
        """Sets what decides whether an update is accepted."""
        if self.validator is not None:
            raise RuntimeError(f"Validator already set for update {self.name}")
        if inspect.iscoroutinefunction(validator):
            raise ValueError(f"Validator {validator.__qualname__} must not be async")
        self.validator = validator


def _named(fn: Callable[..., Any], name: str | None, dynamic: bool) -> str | None:
    if name is not None and dynamic:
        raise RuntimeError("Cannot provide name and dynamic boolean")
    return None if dynamic else name or fn.__name__


@overload
def signal(fn: Function) -> Function: ...


@overload
def signal(
    *,
    name: str | None = None,
    dynamic: bool = False,
    unfinished_policy: HandlerUnfinishedPolicy = HandlerUnfinishedPolicy.WARN_AND_ABANDON,
    description: str | None = None,
) -> Callable[[Function], Function]: ...


def signal(
    fn: Any = None,
    *,
    name: str | None = None,
    dynamic: bool = False,
    unfinished_policy: HandlerUnfinishedPolicy = HandlerUnfinishedPolicy.WARN_AND_ABANDON,
    description: str | None = None,
) -> Any:
    """Makes a method, async or not, a handler of signals of its name, of another, or (`dynamic`) of all that are left."""

    def decorate(function: Any) -> Any:
        definition = SignalDefinition(_named(function, name, dynamic), function, True, unfinished_policy, description)
        # The official client looks under this name.
        setattr(function, "__temporal_signal_definition", definition)  # noqa: B010
        return function

    return decorate if fn is None else decorate(fn)


@overload
def query(fn: Function) -> Function: ...


@overload
def query(
    *, name: str | None = None, dynamic: bool = False, description: str | None = None
) -> Callable[[Function], Function]: ...


def query(fn: Any = None, *, name: str | None = None, dynamic: bool = False, description: str | None = None) -> Any:
    """Makes a method the answer to queries. It must not change anything, and cannot wait."""

    def decorate(function: Any) -> Any:
        definition = QueryDefinition(_named(function, name, dynamic), function, True, description=description)
        setattr(function, "__temporal_query_definition", definition)  # noqa: B010
        return function

    return decorate if fn is None else decorate(fn)


class UpdateMethodMultiParam(Protocol[Parameters, ProtocolResult]):
    """A method that `update` decorated."""

    _defn: UpdateDefinition

    def __call__(
        self, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> ProtocolResult | Awaitable[ProtocolResult]: ...

    def validator(self, vfunc: Callable[Parameters, None]) -> Callable[Parameters, None]:
        """Decorates the method that decides whether an update is accepted: it raises if not."""
        ...


@overload
def update(
    fn: Callable[Parameters, Awaitable[Result]],
) -> UpdateMethodMultiParam[Parameters, Result]: ...


@overload
def update(fn: Callable[Parameters, Result]) -> UpdateMethodMultiParam[Parameters, Result]: ...


@overload
def update(
    *,
    name: str | None = None,
    dynamic: bool = False,
    unfinished_policy: HandlerUnfinishedPolicy = HandlerUnfinishedPolicy.WARN_AND_ABANDON,
    description: str | None = None,
) -> Callable[[Callable[Parameters, Result]], UpdateMethodMultiParam[Parameters, Result]]: ...


def update(
    fn: Any = None,
    *,
    name: str | None = None,
    dynamic: bool = False,
    unfinished_policy: HandlerUnfinishedPolicy = HandlerUnfinishedPolicy.WARN_AND_ABANDON,
    description: str | None = None,
) -> Any:
    """Makes a method, async or not, a handler of updates. Its `validator` decorates the one that may refuse them."""

    def decorate(function: Any) -> Any:
        definition = UpdateDefinition(_named(function, name, dynamic), function, True, unfinished_policy, description)

        def validator(vfunc: Any) -> Any:
            definition.set_validator(vfunc)
            return vfunc

        function._defn = definition
        function.validator = validator
        return function

    return decorate if fn is None else decorate(fn)


@dataclass(frozen=True)
class UpdateInfo:
    """The update that is being handled."""

    id: str
    name: str


current_update: contextvars.ContextVar[UpdateInfo] = contextvars.ContextVar("current_update")


def current_update_info() -> UpdateInfo | None:
    """The update whose handler this is, if it is one, or was called by one."""
    return current_update.get(None)


def all_handlers_finished() -> bool:
    """Whether no signal and no update is being handled: what a workflow may wait for before it ends."""
    return _current.run().handlers.all_finished()


def set_signal_handler(name: str, handler: Callable[..., Any] | None) -> None:
    """Sets or removes the handler of a signal. It gets those that came before it."""
    definition = None if handler is None else SignalDefinition(name, handler, False)
    _current.acting("set signal handler").handlers.set_signal(name, definition)


def set_dynamic_signal_handler(handler: Callable[[str, Sequence[RawValue]], Any] | None) -> None:
    """Sets or removes the handler of all signals that have none."""
    definition = None if handler is None else SignalDefinition(None, handler, False)
    _current.acting("set signal handler").handlers.set_signal(None, definition)


def set_query_handler(name: str, handler: Callable[..., Any] | None) -> None:
    """Sets or removes the answer to a query."""
    _set(_current.acting("set query handler").handlers.queries, name, handler, QueryDefinition)


def set_dynamic_query_handler(handler: Callable[[str, Sequence[RawValue]], Any] | None) -> None:
    """Sets or removes the answer to all queries that have none."""
    _set(_current.acting("set query handler").handlers.queries, None, handler, QueryDefinition)


def set_update_handler(
    name: str, handler: Callable[..., Any] | None, *, validator: Callable[..., None] | None = None
) -> None:
    """Sets or removes the handler of an update, with its validator."""
    updates = _current.acting("set update handler").handlers.updates
    _set(updates, name, handler, UpdateDefinition)
    if handler is not None and validator is not None:
        updates[name].set_validator(validator)


def set_dynamic_update_handler(
    handler: Callable[[str, Sequence[RawValue]], Any] | None, *, validator: Callable[..., None] | None = None
) -> None:
    """Sets or removes the handler of all updates that have none."""
    updates = _current.acting("set update handler").handlers.updates
    _set(updates, None, handler, UpdateDefinition)
    if handler is not None and validator is not None:
        updates[None].set_validator(validator)


def _set(table: Any, name: str | None, handler: Callable[..., Any] | None, kind: Any) -> None:
    if handler is None:
        table.pop(name, None)
    else:
        table[name] = kind(name, handler, False)


def get_signal_handler(name: str) -> Callable[..., Any] | None:
    """The handler of a signal, if there is one."""
    return _get(_current.run().handlers.signals, name)


def get_dynamic_signal_handler() -> Callable[..., Any] | None:
    """The handler of all signals that have none, if there is one."""
    return _get(_current.run().handlers.signals, None)


def get_query_handler(name: str) -> Callable[..., Any] | None:
    """The answer to a query, if there is one."""
    return _get(_current.run().handlers.queries, name)


def get_dynamic_query_handler() -> Callable[..., Any] | None:
    """The answer to all queries that have none, if there is one."""
    return _get(_current.run().handlers.queries, None)


def get_update_handler(name: str) -> Callable[..., Any] | None:
    """The handler of an update, if there is one."""
    return _get(_current.run().handlers.updates, name)


def get_dynamic_update_handler() -> Callable[..., Any] | None:
    """The handler of all updates that have none, if there is one."""
    return _get(_current.run().handlers.updates, None)


def _get(table: Any, name: str | None) -> Callable[..., Any] | None:
    definition = table.get(name)
    if definition is None:
        return None
    function: Callable[..., Any] = definition.fn
    return function.__get__(_current.run().instance) if definition.is_method else function


def signal_name(signal: str | Callable[..., Any]) -> str:
    """The name of a signal, from itself or from its handler."""
    if isinstance(signal, str):
        return signal
    definition = getattr(signal, "__temporal_signal_definition", None)
    if definition is None:
        raise RuntimeError(
            f"Signal definition not found on {signal.__qualname__}, is it decorated with @workflow.signal?"
        )
    if definition.name is None:
        raise RuntimeError("Cannot invoke dynamic signal definition explicitly")
    return definition.name  # type: ignore[no-any-return]
