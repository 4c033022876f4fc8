"""What the author's code may import, and what becomes of it."""

from __future__ import annotations

import builtins
import importlib.machinery
import importlib.util
import sys
from typing import Any

from .._runtime.traces import keep_source
from ..workflow import _unsafe
from . import phase
from .absent import AbsentModule, absent_module

# Modules that only reach outside. The standard library imports some of them for itself, which harms nobody.
_OUTSIDE = {
    "aiofiles": "files",
    "aiohttp": "the network",
    "boto3": "the network",
    "ctypes": "foreign code",
    "fileinput": "files",
    "ftplib": "the network",
    "glob": "files",
    "grpc": "the network",
    "http.client": "the network",
    "http.server": "the network",
    "httpx": "the network",
    "imaplib": "the network",
    "mmap": "files",
    "multiprocessing": "processes",
    "poplib": "the network",
    "psycopg": "the network",
    "psycopg2": "the network",
    "redis": "the network",
    "requests": "the network",
    "select": "the network",
    "selectors": "the network",
    "shutil": "files",
    "smtplib": "the network",
    "socket": "the network",
    "socketserver": "the network",
    "sqlalchemy": "the network",
    "sqlite3": "files",
    "ssl": "the network",
    "subprocess": "processes",
    "tempfile": "files",
    "urllib.request": "the network",
    "urllib3": "the network",
    "xmlrpc": "the network",
}


class ForbiddenImportError(ImportError):
    """The author's code imports something that a workflow cannot use."""


def install(roots: dict[str, str]) -> None:
    """Watches imports. `roots` are the directories of the author's files, as the build sees them and as people do."""
    _keep_sources(roots)
    original = builtins.__import__

    def watched(
        name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0
    ) -> Any:
        file = (globals or {}).get("__file__", "")
        if level or not _is_of(file, roots):
            return original(name, globals, locals, fromlist, level)
        what = _outside(name, fromlist)
        if what is not None:
            if _unsafe.is_passing_through():
                return _absent(name, fromlist)
            raise ForbiddenImportError(
                f"`{name}` is for {what}, which a workflow does not have: make it an activity. (If only activities need it, "
                "import them `with workflow.unsafe.imports_passed_through():`.)",
                name=name,
            )
        try:
            return original(name, globals, locals, fromlist, level)
        except ImportError as error:
            # Of the module itself, or of one that it needs.
            if isinstance(error, ForbiddenImportError) or not _unsafe.is_passing_through() or _is_own(name, roots):
                raise
            return _absent(name, fromlist)

    builtins.__import__ = watched


def _outside(name: str, fromlist: Any) -> str | None:
    for module, what in _OUTSIDE.items():
        if name == module or name.startswith(f"{module}."):
            return what
        package, _, submodule = module.rpartition(".")
        if package and name == package and submodule in (fromlist or ()):
            return what
    return None


def _absent(name: str, fromlist: Any) -> Any:
    # What was imported in part is not there.
    if not isinstance(sys.modules.get(name), AbsentModule):
        sys.modules.pop(name, None)
    module = absent_module(name)
    return module if fromlist else sys.modules[name.partition(".")[0]]


def _is_of(file: str, roots: dict[str, str]) -> bool:
    return file in phase.author_files or any(file.startswith(f"{root}/") for root in roots)


def _is_own(name: str, roots: dict[str, str]) -> bool:
    """Whether a module is the author's, and its failure is the author's business."""
    spec = importlib.machinery.PathFinder.find_spec(name.partition(".")[0], list(roots))
    return spec is not None


def _keep_sources(roots: dict[str, str]) -> None:
    """Has code know its files by the paths that people know, and keeps their lines for tracebacks."""
    loader: Any = importlib.machinery.SourceFileLoader
    compile_source = loader.source_to_code

    def source_to_code(self: Any, data: Any, path: str, *arguments: Any, **named: Any) -> Any:
        for root, shown in roots.items():
            if path.startswith(f"{root}/"):
                known = shown + path[len(root) + 1 :]
                keep_source(known, importlib.util.decode_source(data))
                phase.author_files.add(known)
                return compile_source(self, data, known, *arguments, **named)
        package = path.find("/mainspring/")
        if package >= 0:
            path = path[package + 1 :]
        return compile_source(self, data, path, *arguments, **named)

    loader.source_to_code = source_to_code
