"""Values to bytes and back, by hints."""

from __future__ import annotations

import dataclasses
import json
import uuid
from collections import deque
from datetime import UTC, datetime
from enum import Enum, IntEnum
from typing import Any, Literal, NamedTuple, NewType, Optional, TypedDict, Union

import pytest

from mainspring._conversion import decode, encode


class Colour(str, Enum):
    RED = "red"


class Level(IntEnum):
    HIGH = 3


@dataclasses.dataclass
class Item:
    name: str
    level: Level = Level.HIGH
    parts: list[Item] = dataclasses.field(default_factory=list)
    total: int = dataclasses.field(init=False, default=0)


class Place(NamedTuple):
    city: str
    since: datetime


class Options(TypedDict, total=False):
    colour: Colour


UserId = NewType("UserId", int)
MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ID = uuid.UUID("12345678-1234-4678-8234-567812345678")


@pytest.mark.parametrize(
    ("value", "encoding", "data"),
    [
        (None, b"binary/null", b""),
        (b"\x00\xff", b"binary/plain", b"\x00\xff"),
        ("ä", b"json/plain", b'"\\u00e4"'),
        ({"b": 1, "a": [True, None]}, b"json/plain", b'{"a":[true,null],"b":1}'),
        (Item("x"), b"json/plain", b'{"level":3,"name":"x","parts":[],"total":0}'),
        (MOMENT, b"json/plain", b'"2026-01-02T03:04:05+00:00"'),
        ([ID, Colour.RED], b"json/plain", b'["12345678-1234-4678-8234-567812345678","red"]'),
        (deque([1]), b"json/plain", b"[1]"),
    ],
)
def test_values_are_encoded_as_temporals_default_converter_does_it(value: Any, encoding: bytes, data: bytes) -> None:
    assert encode(value) == (encoding, data)


@pytest.mark.parametrize(
    ("hint", "value"),
    [
        (Item, Item("x", Level.HIGH, [Item("y")])),
        (Optional[Item], None),
        (Union[int, Item], Item("x")),
        (int | None, 4),
        (list[Level], [Level.HIGH]),
        (dict[int, Colour], {1: Colour.RED}),
        (dict[str, Any], {"a": {"b": 1}}),
        (tuple[int, str], (1, "a")),
        (tuple[int, ...], (1, 2, 3)),
        (set[int], {1, 2}),
        (deque[int], deque([1])),
        (datetime, MOMENT),
        (uuid.UUID, ID),
        (UserId, 7),
        (Literal["a", "b"], "a"),
        (Options, {"colour": Colour.RED}),
        (Place, Place("Bern", MOMENT)),
        (bytes, b"raw"),
        (float, 1.5),
        (Any, [1, {"a": None}]),
        (None, {"untyped": True}),
    ],
)
def test_values_come_back_as_their_hints_say(hint: Any, value: Any) -> None:
    encoding, data = encode(value)
    back = decode(encoding, data, hint)
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize(
    ("hint", "value"),
    [
        (int, "1"),
        (str, 1),
        (bool, 1),
        (Item, {"level": 3}),
        (Item, [1]),
        (list[int], ["a"]),
        (tuple[int, str], [1, "a", 2]),
        (Literal["a"], "c"),
        (datetime, "yesterday"),
        (Union[int, None], "x"),
        (dict[int, int], {"a": 1}),
        (type(None), 1),
    ],
)
def test_what_does_not_fit_is_refused(hint: Any, value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        decode(b"json/plain", json.dumps(value).encode(), hint)


def test_an_unknown_encoding_is_named() -> None:
    with pytest.raises(KeyError, match="binary/encrypted"):
        decode(b"binary/encrypted", b"")
