"""Files, sockets, threads and processes: a module has none, and says so when one is used."""

from __future__ import annotations

import builtins
import importlib.abc
import io
import os
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, NoReturn

from ..exceptions import RestrictedAccessError

_FILES = (
    "access", "chdir", "chmod", "close", "copy_file_range", "dup", "fdopen", "fstat", "fsync", "ftruncate", "getcwd",
    "link", "listdir", "lseek", "lstat", "mkdir", "makedirs", "open", "pipe", "pread", "pwrite", "read", "readlink",
    "remove", "rename", "replace", "rmdir", "scandir", "sendfile", "stat", "statvfs", "symlink", "truncate", "unlink",
    "utime", "walk", "write",
)  # fmt: skip

_PROCESSES = (
    "_exit", "abort", "execv", "execve", "execvp", "execvpe", "fork", "forkpty", "kill", "popen", "posix_spawn",
    "posix_spawnp", "spawnl", "spawnv", "system", "wait", "waitpid",
)  # fmt: skip


def install_for_imports() -> None:
    """Replaces what not even an import may do. Called once, before the author's code is imported."""
    for name in _PROCESSES:
        _forbid(os, name, "processes")
    _forbid(threading.Thread, "start", "threads")


def install() -> None:
    """Replaces the rest of what would reach outside. Called once, when the author's code has been imported."""
    _forbid(builtins, "open", "files")
    _forbid(io, "open", "files")
    _forbid(io, "open_code", "files")
    for name in _FILES:
        _forbid(os, name, "files")
    for name in ("socket", "create_connection", "create_server", "getaddrinfo", "gethostbyname", "socketpair"):
        _forbid(socket, name, "network")
    subprocess = sys.modules.get("subprocess")
    if subprocess is not None:
        _forbid(subprocess, "Popen", "processes")
    sys.meta_path.insert(0, NoMoreImports())


def refusal(name: str, what: str) -> RestrictedAccessError:
    """What is said when something is used that a module has not."""
    return RestrictedAccessError(f"a workflow has no {what} ({name}): make it an activity")


def _forbid(owner: Any, name: str, what: str) -> None:
    # Also where the platform has none, so that it is said why.
    setattr(owner, name, _refusing(name if owner is builtins else f"{owner.__name__}.{name}", what))


def _refusing(name: str, what: str) -> Callable[..., Any]:
    def refuse(*arguments: Any, **named: Any) -> NoReturn:
        raise refusal(name, what)

    return refuse


class NoMoreImports(importlib.abc.MetaPathFinder):
    """A module contains what was imported when it was built."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Called for what has not been imported before."""
        raise ImportError(
            f"`{fullname}` was not imported when the module was built: import it at the top of the file", name=fullname
        )
