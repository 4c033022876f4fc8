"""Payloads as the contract has them, from values and to values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._conversion import BINARY, JSON, NULL, decode, encode
from ..common import Payload, RawValue
from . import host

# The metadata of what is encoded here: one list for all payloads of an encoding.
_METADATA: dict[bytes, list[tuple[str, bytes]]] = {it: [("encoding", it)] for it in (NULL, BINARY, JSON)}

_Payload: Any = None if host.types is None else host.types.Payload


def to_payload(value: Any) -> Any:
    """The payload of a value."""
    if type(value) is RawValue:
        return from_public(value.payload)
    encoding, data = encode(value)
    return _Payload(_METADATA[encoding], data)


def to_payloads(values: Sequence[Any]) -> list[Any]:
    """The payloads of some values."""
    return [to_payload(value) for value in values]


def from_payload(payload: Any, hint: Any = None) -> Any:
    """The value of a payload, of the type that the hint says."""
    if hint is RawValue:
        return RawValue(to_public(payload))
    for name, value in payload.metadata:
        if name == "encoding":
            return decode(value, payload.data, hint)
    raise ValueError("the payload does not say how it is encoded")


def from_payloads(payloads: Sequence[Any], hints: Sequence[Any] | None) -> list[Any]:
    """The values of some payloads. Hints count only if there is one for each."""
    if hints is None or len(hints) != len(payloads):
        return [from_payload(payload) for payload in payloads]
    return [from_payload(payload, hint) for payload, hint in zip(payloads, hints, strict=True)]


def to_public(payload: Any) -> Payload:
    """A payload of the contract, as workflow code sees it."""
    return Payload(dict(payload.metadata), payload.data)


def from_public(payload: Payload) -> Any:
    """A payload that workflow code has, for the contract."""
    return _Payload(sorted(payload.metadata.items()), payload.data)


def to_map(values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Named payloads, sorted by name."""
    return [(name, to_payload(value)) for name, value in sorted(values.items())]
