"""Modules that a workflow module cannot have, for code that names them and does not use them.

A file of activities imports `httpx`; the workflow imports the file, for the names of the activities. A tutorial has workflow,
worker and client in one file. Such a module is there, everything can be taken from it, and whoever uses it is told so.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from . import phase
from .outside import refusal


class Absent:
    """Something of a module that is not there."""

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Absent(f"{self.__name__}.{name}")

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        if phase.is_running():
            raise refusal(self.__name__, "modules that reach outside")
        if len(arguments) == 1 and callable(arguments[0]) and not named:
            # It decorates something.
            return arguments[0]
        return Absent(f"{self.__name__}()")

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return ()

    def __getitem__(self, key: Any) -> Any:
        return self

    def __or__(self, other: Any) -> Any:
        return self

    __ror__ = __or__

    def __repr__(self) -> str:
        return f"<{self.__name__}, which a workflow module does not have>"


class AbsentModule(ModuleType):
    """A module that is not there, with everything in it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        # A package, so that submodules can be asked for.
        self.__path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Absent(f"{self.__name__}.{name}")


def absent_module(name: str) -> ModuleType:
    """Makes a module with all its parents, as far as they are not there."""
    parts = name.split(".")
    for length in range(1, len(parts) + 1):
        path = ".".join(parts[:length])
        if path not in sys.modules:
            sys.modules[path] = AbsentModule(path)
            if length > 1:
                setattr(sys.modules[".".join(parts[: length - 1])], parts[length - 1], sys.modules[path])
    return sys.modules[name]
