"""Slots for data classes that somebody else has written."""

from __future__ import annotations

import dataclasses
from types import ModuleType
from typing import Any


def give(module: ModuleType) -> None:
    """Replaces the data classes of a module by the same with slots."""
    for name, value in list(vars(module).items()):
        if isinstance(value, type) and dataclasses.is_dataclass(value) and value.__module__ == module.__name__:
            setattr(module, name, _with_slots(value))


def _with_slots(plain: Any) -> type:
    fields = tuple(plain.__dataclass_fields__)
    left = {"__dict__", "__weakref__", *fields}
    kept = {name: value for name, value in vars(plain).items() if name not in left}
    return type(plain.__name__, (), {**kept, "__slots__": fields})
