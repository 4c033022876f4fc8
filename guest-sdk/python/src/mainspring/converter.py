"""Payload converters as workflow code may use them: the default one, which is what the engine itself uses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ._conversion import decode, encode
from .common import Payload, RawValue

__all__ = ["DefaultPayloadConverter", "PayloadConverter", "default"]


class PayloadConverter:
    """Values to payloads and back."""

    default: PayloadConverter

    def to_payload(self, value: Any) -> Payload:
        """A value's payload."""
        if isinstance(value, RawValue):
            return value.payload  # type: ignore[no-any-return]
        encoding, data = encode(value)
        return Payload({"encoding": encoding}, data)

    def to_payloads(self, values: Sequence[Any]) -> list[Payload]:
        """The payloads of some values."""
        return [self.to_payload(value) for value in values]

    def from_payload(self, payload: Payload, type_hint: Any = None) -> Any:
        """The value of a payload, of the type that the hint says."""
        if type_hint is RawValue:
            return RawValue(payload)
        return decode(payload.metadata.get("encoding", b"<unknown>"), payload.data, type_hint)

    def from_payloads(self, payloads: Sequence[Payload], type_hints: Sequence[Any] | None = None) -> list[Any]:
        """The values of some payloads."""
        hints = type_hints or [None] * len(payloads)
        return [self.from_payload(payload, hint) for payload, hint in zip(payloads, hints, strict=True)]


class DefaultPayloadConverter(PayloadConverter):
    """The one that there is."""


PayloadConverter.default = DefaultPayloadConverter()


class DataConverter:
    """Where Temporal's SDK keeps its converters."""

    default: DataConverter
    payload_converter: PayloadConverter = PayloadConverter.default


DataConverter.default = DataConverter()


def default() -> DataConverter:
    """The default data converter."""
    return DataConverter.default
