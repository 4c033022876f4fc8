"""Imports the author's workflows and makes them a module. `mainspring build` writes a file that calls `load`."""

from __future__ import annotations

import importlib
import sys
import traceback
from typing import Any

from .. import _refused
from .._runtime import garbage, log, traces
from .._runtime.guest import Guest
from ..workflow import _definition
from . import aliases, ambient, imports, memory, outside, phase, rehearsal

# What the standard library imports only when it is used: a module has no files to import from.
_LATER = (
    "_strptime", "annotationlib", "ast", "calendar", "concurrent.futures.thread", "copy", "encodings.ascii",
    "encodings.idna", "encodings.latin_1", "encodings.utf_16", "encodings.utf_8_sig", "locale", "math", "numbers",
    "opcode", "pprint", "string", "textwrap", "tokenize", "unicodedata",
)  # fmt: skip

# Around what is said of a failed build: the tool that builds looks for these lines.
BEGIN, END = "--- mainspring: begin ---", "--- mainspring: end ---"


class BuildError(Exception):
    """What was imported makes no module."""


def load(module: str, roots: dict[str, str]) -> type[Guest]:
    """Imports a module of workflows, and returns what the component exports.

    `roots` are the directories of the author's files: where they are now, and what people call them.
    """
    for name in _LATER:
        importlib.import_module(name)
    # The author's caches of compiled code have other paths in them, and get none from here.
    sys.dont_write_bytecode = True
    sys.pycache_prefix = "/none"
    aliases.install()
    ambient.install()
    outside.install_for_imports()
    imports.install(roots)
    try:
        importlib.import_module(module)
        _check(module)
    except BaseException as error:
        print(BEGIN, _told(error), END, sep="\n", file=sys.stderr)
        raise SystemExit(1) from None
    _finish()
    return Guest


def _check(module: str) -> None:
    definitions = _definition.defined()
    if not definitions:
        raise BuildError(f"`{module}` defines no workflow: decorate a class with @workflow.defn, or import one that is")
    names = [it.name or "<dynamic>" for it in definitions]
    for name in names:
        if names.count(name) > 1:
            classes = [f"{it.cls.__module__}.{it.cls.__qualname__}" for it in definitions if (it.name or "<dynamic>") == name]
            raise BuildError(f"workflow `{name}` is defined more than once: {', '.join(classes)}")


def _told(error: BaseException) -> str:
    """An error with its place in the author's files."""
    frames = [it for it in traceback.extract_tb(error.__traceback__) if it.filename in phase.author_files]
    kind = "" if isinstance(error, (BuildError, imports.ForbiddenImportError)) else f"{type(error).__name__}: "
    if isinstance(error, SyntaxError):
        return "".join(traceback.format_exception_only(error)).rstrip()
    told = f"{kind}{error}"
    if isinstance(error, ImportError) and error.name is not None:
        # `from … import` asks a module for a name, and keeps to itself why there is none.
        reason = _refused.reason(error.name, getattr(error, "name_from", None) or "")
        told += f": {reason}" if reason else ""
    if frames:
        last = frames[-1]
        return f"{last.filename}:{last.lineno}: {told}\n{''.join(traceback.format_list(frames))}".rstrip()
    return told


def _finish() -> None:
    """Leaves behind what builds; what stands in memory now is the module."""
    rehearsal.rehearse()
    log.configure()
    traces.without_files()
    outside.install()
    streams: Any = sys
    streams.stdout = log.LogStream("INFO")
    streams.stderr = log.LogStream("WARN")
    phase.finish()
    garbage.configure()
    memory.settle()
