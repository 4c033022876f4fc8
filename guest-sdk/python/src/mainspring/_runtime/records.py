"""What crosses the boundary, made lighter than the data classes that are generated for it.

The runtime of `componentize-py` calls whatever stands under a type's name with the fields' values, in order, and asks what it
is given for its fields by name, each time with a new string of that name. Both was most of what a step costs.
"""

from __future__ import annotations

import dataclasses
from types import ModuleType
from typing import Any


def give_slots(module: ModuleType) -> None:
    """Replaces the data classes of a module by the same with slots."""
    for name, value in list(vars(module).items()):
        if isinstance(value, type) and dataclasses.is_dataclass(value) and value.__module__ == module.__name__:
            setattr(module, name, _with_slots(value))


def _with_slots(plain: Any) -> type:
    fields = tuple(plain.__dataclass_fields__)
    left = {"__dict__", "__weakref__", *fields}
    kept = {name: value for name, value in vars(plain).items() if name not in left}
    return type(plain.__name__, (), {**kept, "__slots__": fields})


def fields(*values: Any) -> tuple[Any, ...]:
    """What the host says, as the tuple of its fields: in the place of a class that is only ever taken apart."""
    return values


class Record(dict[str, Any]):
    """What the host is told, where it is told the same again and again: a dictionary that gives its items as attributes.

    The interpreter keeps each name by which a class was asked for an attribute, thousands of them. A dictionary compares
    the name and forgets it.
    """

    __slots__ = ()

    __getattribute__ = dict.__getitem__


class Case:
    """A case of an enumeration, by its number. A generated one takes a call in Python to say it."""

    __slots__ = ("value",)

    def __init__(self, value: int) -> None:
        self.value = value
