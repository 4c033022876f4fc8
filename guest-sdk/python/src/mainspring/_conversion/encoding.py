"""What a value's bytes are, and how they are called.

`None` is `binary/null`, `bytes` are `binary/plain`, everything else is `json/plain`.
"""

from __future__ import annotations

import collections.abc
import dataclasses
import json
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from .hints import converter

NULL = b"binary/null"
BINARY = b"binary/plain"
JSON = b"json/plain"


class _Encoder(json.JSONEncoder):
    """JSON with dataclasses, dates, UUIDs and all iterables."""

    def default(self, o: Any) -> Any:
        if isinstance(o, datetime):
            return o.isoformat()
        if dataclasses.is_dataclass(o) and not isinstance(o, type):
            # One level: what is in it comes here by itself.
            return {field.name: getattr(o, field.name) for field in dataclasses.fields(o)}
        as_dict = getattr(o, "dict", None)
        if callable(as_dict):
            return as_dict()
        if isinstance(o, collections.abc.Iterable):
            return list(o)
        if isinstance(o, uuid.UUID):
            return str(o)
        return super().default(o)


_to_json = _Encoder(separators=(",", ":"), sort_keys=True).encode
_decoder = json.JSONDecoder()
_scan: Callable[[str, int], tuple[Any, int]] = vars(_decoder)["scan_once"]

# What most payloads are, without the machinery for all others.
_SCALARS: dict[type, Callable[[Any], str]] = {
    int: repr,
    str: json.encoder.encode_basestring_ascii,
    bool: {True: "true", False: "false"}.__getitem__,
}


def encode(value: Any) -> tuple[bytes, bytes]:
    """A value's encoding, and its bytes. Raises `TypeError` for what has no JSON form."""
    scalar_to_json = _SCALARS.get(type(value))
    if scalar_to_json is not None:
        return JSON, scalar_to_json(value).encode()
    if value is None:
        return NULL, b""
    if isinstance(value, bytes):
        return BINARY, value
    return JSON, _to_json(value).encode()


def decode(encoding: bytes, data: bytes, hint: Any = None) -> Any:
    """The value that bytes stand for, of the type that the hint says, if there is one.

    Raises `TypeError` if it does not fit, `ValueError` for what is no JSON, `KeyError` for an encoding that is not known.
    """
    if encoding == JSON:
        text = data.decode()
        # The scanner alone first: `decode` looks for white space around the value with regular expressions.
        try:
            value, end = _scan(text, 0)
        except StopIteration:
            end = -1
        if end != len(text):
            value = _decoder.decode(text)
        convert = None if hint is None else converter(hint)
        return value if convert is None else convert(value)
    if encoding == NULL:
        return None
    if encoding == BINARY:
        return data
    raise KeyError(f"Unknown payload encoding {encoding.decode()}")
