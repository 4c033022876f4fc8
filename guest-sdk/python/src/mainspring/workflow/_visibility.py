"""What people and tools see of a run: memo, search attributes, details."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from .. import _current
from .._runtime import host
from .._runtime.payloads import from_payload, to_map, to_payload, to_public
from .._signature import UNSET
from ..common import SearchAttributePair, SearchAttributes, SearchAttributeUpdate, TypedSearchAttributes


def memo() -> Mapping[str, Any]:
    """The run's memo."""
    return {name: from_payload(payload) for name, payload in _current.run().memo.items()}


def memo_value(key: str, default: Any = UNSET, *, type_hint: Any = None) -> Any:
    """One value of the memo, of the type that the hint says. Raises `KeyError` if it is missing and has no default."""
    payload = _current.run().memo.get(key)
    if payload is not None:
        return from_payload(payload, type_hint)
    if default is UNSET:
        raise KeyError(f"Memo does not have a value for key {key}")
    return default


def upsert_memo(updates: Mapping[str, Any]) -> None:
    """Changes the memo; `None` removes a value."""
    run = _current.acting("upsert memo")
    if not updates:
        return
    payloads = to_map(updates)
    host.visibility.upsert_memo(payloads)
    for name, payload in payloads:
        if updates[name] is None:
            run.memo.pop(name, None)
        else:
            run.memo[name] = payload
    run.info.raw_memo = {name: to_public(payload) for name, payload in run.memo.items()}


def upsert_search_attributes(attributes: SearchAttributes | Sequence[SearchAttributeUpdate[Any]]) -> None:
    """Changes the attributes by which the run is found: a list of updates of typed keys (or a dictionary of lists)."""
    run = _current.acting("upsert search attributes")
    if not attributes:
        return
    info = run.info
    values = dict(info.search_attributes)
    typed = {pair.key.name: pair for pair in info.typed_search_attributes}
    if isinstance(attributes, Mapping):
        payloads = search_attribute_payloads(attributes)
        values.update(attributes)
    else:
        payloads = []
        for update in attributes:
            name = update.key.name
            payloads.append((name, _typed_payload(update.key, update.value)))
            typed.pop(name, None)
            values.pop(name, None)
            if update.value is not None:
                typed[name] = SearchAttributePair(update.key, update.value)
                is_list = update.key.metadata_type == "KeywordList"
                values[name] = list(update.value) if is_list else [update.value]
        payloads.sort(key=lambda it: it[0])
    host.visibility.upsert_search_attributes(payloads)
    info.search_attributes = values
    info.typed_search_attributes = TypedSearchAttributes(list(typed.values()))


def search_attribute_payloads(attributes: SearchAttributes | TypedSearchAttributes | None) -> list[tuple[str, Any]]:
    """Search attributes as the contract has them, sorted by name."""
    if attributes is None:
        return []
    if isinstance(attributes, TypedSearchAttributes):
        payloads = [(pair.key.name, _typed_payload(pair.key, pair.value)) for pair in attributes]
    else:
        payloads = []
        for name, values in attributes.items():
            if not isinstance(values, (list, tuple)):
                raise TypeError("Search attribute values must be lists")
            payloads.append((name, to_payload([_plain(value) for value in values])))
    return sorted(payloads, key=lambda it: it[0])


def _typed_payload(key: Any, value: Any) -> Any:
    if value is None:
        return to_payload(None)
    key.check(value)
    payload = to_payload(_plain(value))
    metadata = [*payload.metadata, ("type", key.metadata_type.encode())]
    return host.types.Payload(metadata, payload.data)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("Timezone must be present on all search attribute dates")
        return value.isoformat()
    return value


def set_current_details(description: str) -> None:
    """Says, in Markdown, how things stand. Not durable: a replay says it again."""
    run = _current.acting("set current details")
    run.details = description
    host.visibility.set_current_details(description)


def get_current_details() -> str:
    """What `set_current_details` said last."""
    return _current.run().details
