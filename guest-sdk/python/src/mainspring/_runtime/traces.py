"""Tracebacks without files: the lines of the author's sources are kept when the module is built."""

from __future__ import annotations

import linecache
import traceback
from types import TracebackType
from typing import Any

# Frames of this package say nothing to authors.
_OWN = __file__.rsplit("/", 2)[0] + "/"

_sources: set[str] = set()


def keep_source(path: str, source: str) -> None:
    """Keeps the lines of a file for tracebacks, under the path by which it is known at run time."""
    # Without a time of modification, an entry is never looked for on the disk again.
    linecache.cache[path] = (len(source), None, source.splitlines(keepends=True), path)
    _sources.add(path)


def without_files() -> None:
    """From now on, nothing looks for sources on a disk. Called once, at the end of a build."""
    known = dict(linecache.cache)
    patched: Any = linecache
    # It parses a part of a line, and the parser looks for the file where that does not parse.
    pointing: Any = traceback
    pointing._extract_caret_anchors_from_line_segment = lambda segment: None
    patched.checkcache = lambda filename=None: None
    patched.updatecache = lambda filename, module_globals=None: []
    patched.lazycache = lambda filename, module_globals: False
    linecache.cache.clear()
    linecache.cache.update({path: known[path] for path in _sources})


def stack_trace(trace: TracebackType | None) -> str:
    """The frames of a traceback, the author's and the library's, as Python prints them."""
    return stack_of([frame for frame, _ in traceback.walk_tb(trace)], [line for _, line in traceback.walk_tb(trace)])


def stack_of(frames: list[Any], lines: list[int] | None = None) -> str:
    """The places at which frames stand."""
    places = zip(frames, lines or [it.f_lineno for it in frames], strict=True)
    summaries = [traceback.FrameSummary(it.f_code.co_filename, line, it.f_code.co_name) for it, line in places]
    return "".join(traceback.format_list([it for it in summaries if not it.filename.startswith(_OWN)]))
