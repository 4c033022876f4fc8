"""Values of the types that hints say, from what JSON gives.

A hint is looked at once: what comes of it is a function, kept for the next value.
"""

from __future__ import annotations

import collections
import collections.abc
import dataclasses
import inspect
import types
import typing
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Literal, TypeVar, get_type_hints

Converter = Callable[[Any], Any]

_converters: dict[Any, Converter | None] = {}


def converter(hint: Any) -> Converter | None:
    """What makes a value of the hinted type; nothing if any value will do."""
    try:
        return _converters[hint]
    except KeyError:
        pass
    except TypeError:  # A hint that cannot be hashed, such as a literal with a list in it.
        return _make(hint)
    # A type may contain itself: while its own is being made, others refer to it by name.
    _converters[hint] = lambda value: _convert(hint, value)
    made = _make(hint)
    _converters[hint] = made
    return made


def _convert(hint: Any, value: Any) -> Any:
    convert = converter(hint)
    return value if convert is None else convert(value)


def _make(hint: Any) -> Converter | None:
    if hint is Any or isinstance(hint, TypeVar):
        return None
    if hint in _PLAIN:
        return _PLAIN[hint]
    supertype = getattr(hint, "__supertype__", None)  # NewType
    if supertype is not None:
        return converter(supertype)
    origin = typing.get_origin(hint) or hint
    arguments = typing.get_args(hint)
    if origin is Literal:
        return _literal(arguments)
    if origin is typing.Union or origin is types.UnionType:
        return _union(hint, arguments)
    if not inspect.isclass(origin):
        raise TypeError(f"Unserializable type during conversion: {hint}")
    if issubclass(origin, Mapping):
        return _mapping(hint, origin, arguments)
    if dataclasses.is_dataclass(origin):
        return _dataclass(hint, origin)
    if inspect.isroutine(getattr(origin, "parse_obj", None)):
        return _parsed(hint, origin)
    if issubclass(origin, Enum) and issubclass(origin, (int, str)):
        return _enum(origin)
    if issubclass(origin, uuid.UUID):
        return origin
    if issubclass(origin, collections.abc.Iterable):
        return _iterable(hint, origin, arguments)
    raise TypeError(f"Unserializable type during conversion: {hint}")


def _datetime(value: Any) -> datetime:
    if not isinstance(value, str):
        raise TypeError(f"Expected datetime or ISO8601 string, got {type(value)}")
    try:
        return datetime.fromisoformat(value)
    except ValueError as error:
        raise TypeError(f"Failed parsing datetime string: {value}") from error


def _number(kind: type) -> Converter:
    def convert(value: Any) -> Any:
        if type(value) is kind:
            return value
        if not isinstance(value, (int, float)):
            raise TypeError(f"Expected value to be int|float, was {type(value)}")
        return kind(value)

    return convert


def _exactly(kind: type) -> Converter:
    def convert(value: Any) -> Any:
        if not isinstance(value, kind):
            raise TypeError(f"Expected value to be {kind.__name__}, was {type(value)}")
        return value

    return convert


def _bytes(value: Any) -> bytes:
    # In JSON, bytes are a list of numbers.
    if not isinstance(value, list):
        raise TypeError(f"Expected value to be bytes, was {type(value)}")
    return bytes(value)


def _none(value: Any) -> None:
    if value is not None:
        raise TypeError(f"Expected None, got value of type {type(value)}")


_PLAIN: dict[Any, Converter] = {
    datetime: _datetime,
    int: _number(int),
    float: _number(float),
    bool: _exactly(bool),
    str: _exactly(str),
    bytes: _bytes,
    type(None): _none,
    None: _none,
}


def _literal(choices: tuple[Any, ...]) -> Converter:
    def convert(value: Any) -> Any:
        if value not in choices:
            raise TypeError(f"Value {value} not in literal values {choices}")
        return value

    return convert


def _union(hint: Any, members: tuple[Any, ...]) -> Converter:
    def convert(value: Any) -> Any:
        # The first that takes it.
        for member in members:
            try:
                return _convert(member, value)
            except Exception:
                continue
        raise TypeError(f"Failed converting to {hint} from {value}")

    return convert


def _key(kind: Any) -> Converter:
    """JSON knows only strings as keys; what they were before is in the hint."""

    def convert(key: Any) -> Any:
        if not isinstance(key, str):
            return _convert(kind, key)
        if kind is int or kind is float:
            return kind(key)
        if kind is bool:
            return {"true": True, "false": False}[key]
        if kind is type(None):
            return {"null": None}[key]
        if inspect.isclass(kind) and issubclass(kind, Enum) and issubclass(kind, int):
            return kind(int(key))
        return _convert(kind, key)

    return convert


def _mapping(hint: Any, origin: Any, arguments: tuple[Any, ...]) -> Converter:
    if typing.is_typeddict(origin):
        return _typed_dict(hint, origin)
    key_of = _key(arguments[0]) if arguments and not _is_open(arguments[0]) else None
    value_of = converter(arguments[1]) if len(arguments) > 1 else None

    def convert(value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise TypeError(f"Expected {hint}, value was {type(value)}")
        converted = {}
        for key, item in value.items():
            try:
                key = key if key_of is None else key_of(key)
            except Exception as error:
                raise TypeError(f"Failed converting key {key!r} in mapping {hint}") from error
            try:
                converted[key] = item if value_of is None else value_of(item)
            except Exception as error:
                raise TypeError(f"Failed converting value for key {key!r} in mapping {hint}") from error
        return converted

    return convert


def _typed_dict(hint: Any, origin: Any) -> Converter:
    hints = get_type_hints(origin)

    def convert(value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise TypeError(f"Expected {hint}, value was {type(value)}")
        missing = [key for key in sorted(origin.__required_keys__) if key not in value]
        if missing:
            raise TypeError(f"Missing {missing} in {hint}")
        converted = {}
        for key, item in value.items():
            try:
                converted[key] = _convert(hints[key], item) if key in hints else item
            except Exception as error:
                raise TypeError(f"Failed converting value for key {key!r} in mapping {hint}") from error
        return converted

    return convert


def _dataclass(hint: Any, origin: Any) -> Converter:
    hints = get_type_hints(origin)
    fields = dataclasses.fields(origin)

    def convert(value: Any) -> Any:
        if not isinstance(value, dict):
            raise TypeError(f"Cannot convert to dataclass {hint}, value is {type(value)} not dict")
        given: dict[str, Any] = {}
        afterwards: dict[str, Any] = {}
        # Fields that are not known are passed over; those that are missing are for the constructor to miss.
        for field in fields:
            if field.name in value:
                try:
                    converted = _convert(hints[field.name], value[field.name])
                except Exception as error:
                    raise TypeError(f"Failed converting field {field.name} on dataclass {hint}") from error
                (given if field.init else afterwards)[field.name] = converted
        made = origin(**given)
        for name, item in afterwards.items():
            object.__setattr__(made, name, item)
        return made

    return convert


def _parsed(hint: Any, origin: Any) -> Converter:
    def convert(value: Any) -> Any:
        if not isinstance(value, dict):
            raise TypeError(f"Cannot convert to {hint}, value is {type(value)} not dict")
        return origin.parse_obj(value)

    return convert


def _enum(origin: Any) -> Converter:
    kind = int if issubclass(origin, int) else str

    def convert(value: Any) -> Any:
        if not isinstance(value, kind):
            raise TypeError(f"Cannot convert to enum {origin}, value is {type(value)}, not {kind.__name__}")
        return origin(value)

    return convert


_COLLECTIONS: dict[Any, Callable[[list[Any]], Any]] = {
    tuple: tuple,
    set: set,
    frozenset: frozenset,
    collections.deque: collections.deque,
}


def _iterable(hint: Any, origin: Any, arguments: tuple[Any, ...]) -> Converter:
    finish = _COLLECTIONS.get(origin, list)
    if issubclass(origin, tuple) and hasattr(origin, "_fields"):
        return _named_tuple(hint, origin)
    is_untyped = not arguments or (len(arguments) == 1 and _is_open(arguments[0]))
    ends_open = bool(arguments) and arguments[-1] is Ellipsis

    def item_hint(index: int) -> Any:
        if origin is not tuple:
            return arguments[0]
        if index < len(arguments) and arguments[index] is not Ellipsis:
            return arguments[index]
        if ends_open:
            return arguments[-2]
        raise TypeError(f"Type {hint} only expecting {len(arguments)} values, got at least {index + 1}")

    def convert(value: Any) -> Any:
        if not isinstance(value, collections.abc.Iterable):
            raise TypeError(f"Expected {hint}, value was {type(value)}")
        if is_untyped:
            return finish(list(value))
        converted = []
        for index, item in enumerate(value):
            kind = item_hint(index)
            try:
                converted.append(_convert(kind, item))
            except Exception as error:
                raise TypeError(f"Failed converting {hint} index {index}") from error
        return finish(converted)

    return convert


def _named_tuple(hint: Any, origin: Any) -> Converter:
    hints = get_type_hints(origin)
    kinds = [hints.get(name, Any) for name in origin._fields]

    def convert(value: Any) -> Any:
        if not isinstance(value, (list, tuple)) or len(value) > len(kinds):
            raise TypeError(f"Expected {hint}, value was {type(value)}")
        return origin(*(_convert(kind, item) for kind, item in zip(kinds, value, strict=False)))

    return convert


def _is_open(hint: Any) -> bool:
    """Whether a type argument says nothing."""
    return hint is Any or hint is Ellipsis or isinstance(hint, TypeVar)
