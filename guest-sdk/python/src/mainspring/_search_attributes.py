"""Typed search attributes: keys, values, and changes of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

Value = TypeVar("Value")

SearchAttributes = Mapping[str, Sequence[Any]]
"""Untyped search attributes: a list of values for each name."""


class SearchAttributeIndexedValueType(IntEnum):
    """What the server does with a value."""

    TEXT = 1
    KEYWORD = 2
    INT = 3
    DOUBLE = 4
    BOOL = 5
    DATETIME = 6
    KEYWORD_LIST = 7


_METADATA_TYPES = {
    SearchAttributeIndexedValueType.TEXT: "Text",
    SearchAttributeIndexedValueType.KEYWORD: "Keyword",
    SearchAttributeIndexedValueType.INT: "Int",
    SearchAttributeIndexedValueType.DOUBLE: "Double",
    SearchAttributeIndexedValueType.BOOL: "Bool",
    SearchAttributeIndexedValueType.DATETIME: "Datetime",
    SearchAttributeIndexedValueType.KEYWORD_LIST: "KeywordList",
}


_VALUE_TYPES: dict[SearchAttributeIndexedValueType, type] = {
    SearchAttributeIndexedValueType.TEXT: str,
    SearchAttributeIndexedValueType.KEYWORD: str,
    SearchAttributeIndexedValueType.INT: int,
    SearchAttributeIndexedValueType.DOUBLE: float,
    SearchAttributeIndexedValueType.BOOL: bool,
    SearchAttributeIndexedValueType.DATETIME: datetime,
    SearchAttributeIndexedValueType.KEYWORD_LIST: Sequence,
}


@dataclass(frozen=True)
class SearchAttributeKey(Generic[Value]):
    """The name and type of a search attribute. Make one with one of the functions that begin with `for_`."""

    name: str
    indexed_value_type: SearchAttributeIndexedValueType

    @property
    def metadata_type(self) -> str:
        """The type as payloads name it."""
        return _METADATA_TYPES[self.indexed_value_type]

    @property
    def value_type(self) -> Any:
        """What its values are, as a hint."""
        return Sequence[str] if self.indexed_value_type is SearchAttributeIndexedValueType.KEYWORD_LIST else self.origin_value_type

    @property
    def origin_value_type(self) -> type:
        """The same, for `isinstance`."""
        return _VALUE_TYPES[self.indexed_value_type]

    def value_set(self, value: Value) -> SearchAttributeUpdate[Value]:
        """A change that sets the attribute."""
        return SearchAttributeUpdate(self, value)

    def value_unset(self) -> SearchAttributeUpdate[Value]:
        """A change that removes the attribute."""
        return SearchAttributeUpdate(self, None)

    def check(self, value: Any) -> None:
        """Raises `TypeError` if a value is not of the key's type."""
        kind = self.indexed_value_type
        expected: tuple[type, ...] = {
            SearchAttributeIndexedValueType.INT: (int,),
            SearchAttributeIndexedValueType.DOUBLE: (float, int),
            SearchAttributeIndexedValueType.BOOL: (bool,),
            SearchAttributeIndexedValueType.DATETIME: (datetime,),
            SearchAttributeIndexedValueType.KEYWORD_LIST: (list, tuple),
        }.get(kind, (str,))
        if not isinstance(value, expected):
            raise TypeError(f"Value of type {type(value)} not suitable for indexed value type {kind.name}")
        if isinstance(value, (list, tuple)) and not all(isinstance(it, str) for it in value):
            raise TypeError("All values of a keyword list must be strings")
        if isinstance(value, datetime) and value.tzinfo is None:
            raise ValueError("Timezone must be present on all search attribute dates")

    @staticmethod
    def for_text(name: str) -> SearchAttributeKey[str]:
        """Text, found by its words."""
        return SearchAttributeKey(name, SearchAttributeIndexedValueType.TEXT)

    @staticmethod
    def for_keyword(name: str) -> SearchAttributeKey[str]:
        """Text, found as a whole."""
        return SearchAttributeKey(name, SearchAttributeIndexedValueType.KEYWORD)

    @staticmethod
    def for_int(name: str) -> SearchAttributeKey[int]:
        """Whole numbers."""
        return SearchAttributeKey(name, SearchAttributeIndexedValueType.INT)

    @staticmethod
    def for_float(name: str) -> SearchAttributeKey[float]:
        """Numbers."""
        return SearchAttributeKey(name, SearchAttributeIndexedValueType.DOUBLE)

    @staticmethod
    def for_bool(name: str) -> SearchAttributeKey[bool]:
        """True or false."""
        return SearchAttributeKey(name, SearchAttributeIndexedValueType.BOOL)

    @staticmethod
    def for_datetime(name: str) -> SearchAttributeKey[datetime]:
        """Moments, with their time zone."""
        return SearchAttributeKey(name, SearchAttributeIndexedValueType.DATETIME)

    @staticmethod
    def for_keyword_list(name: str) -> SearchAttributeKey[Sequence[str]]:
        """Several texts, each found as a whole."""
        return SearchAttributeKey(name, SearchAttributeIndexedValueType.KEYWORD_LIST)

    @staticmethod
    def of_metadata_type(name: str, metadata_type: str) -> SearchAttributeKey[Any] | None:
        """The key that a payload names, if it is one that this version knows."""
        for kind, known in _METADATA_TYPES.items():
            if known == metadata_type:
                return SearchAttributeKey(name, kind)
        return None


class SearchAttributePair(NamedTuple, Generic[Value]):
    """A key and its value."""

    key: SearchAttributeKey[Value]
    value: Value


@dataclass(frozen=True)
class SearchAttributeUpdate(Generic[Value]):
    """A change of one search attribute."""

    key: SearchAttributeKey[Value]
    value: Value | None


@dataclass(frozen=True)
class TypedSearchAttributes(Collection["SearchAttributePair[Any]"]):
    """Search attributes with their types, each at most once."""

    search_attributes: Sequence[SearchAttributePair[Any]] = field(default_factory=list)

    empty: ClassVar[TypedSearchAttributes]

    def __post_init__(self) -> None:
        names = [pair.key.name for pair in self.search_attributes]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"Duplicate search attribute keys found for {name}")

    def __len__(self) -> int:
        return len(self.search_attributes)

    def __iter__(self) -> Iterator[SearchAttributePair[Any]]:
        return iter(self.search_attributes)

    def __contains__(self, key: object) -> bool:
        return any(pair.key == key for pair in self.search_attributes)

    def __getitem__(self, key: SearchAttributeKey[Value]) -> Value:
        for pair in self.search_attributes:
            if pair.key == key:
                return pair.value  # type: ignore[no-any-return]
        raise KeyError(key)

    def get(self, key: SearchAttributeKey[Value], default: Any = None) -> Any:
        """The value of a key, or the default."""
        return next((pair.value for pair in self.search_attributes if pair.key == key), default)

    def updated(self, *changes: SearchAttributePair[Any]) -> TypedSearchAttributes:
        """These, with some replaced or added."""
        pairs = {pair.key.name: pair for pair in self.search_attributes}
        pairs.update({pair.key.name: pair for pair in changes})
        return TypedSearchAttributes(list(pairs.values()))


TypedSearchAttributes.empty = TypedSearchAttributes()
