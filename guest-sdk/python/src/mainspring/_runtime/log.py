"""The run's log: what `logging` and `print` write."""

from __future__ import annotations

import io
import logging
from typing import Any

from . import host
from .traces import stack_trace

# What a record has by itself; the rest was given as `extra`.
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


class HostHandler(logging.Handler):
    """Hands records to the host, which keeps silent while it replays."""

    def emit(self, record: logging.LogRecord) -> None:
        """Writes one line."""
        message = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            message += f"\n{stack_trace(error.__traceback__)}{type(error).__name__}: {error}"
        fields = [("logger", record.name)]
        fields += [(key, str(value)) for key, value in vars(record).items() if key not in _OWN]
        host.log.write(_level(record.levelno), message, fields)


def _level(number: int) -> Any:
    level = host.log.Level
    if number >= logging.ERROR:
        return level.ERROR
    if number >= logging.WARNING:
        return level.WARN
    if number >= logging.INFO:
        return level.INFO
    return level.DEBUG if number >= logging.DEBUG else level.TRACE


class LogStream(io.TextIOBase):
    """Where `print` writes to: whole lines, to the run's log."""

    def __init__(self, level: str) -> None:
        super().__init__()
        self._level = level
        self._begun = ""

    def writable(self) -> bool:
        """It is for writing only."""
        return True

    def write(self, text: str, /) -> int:
        """Keeps what is not a whole line yet."""
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            host.log.write(host.log.Level[self._level], line, [])
        return len(text)


def configure() -> None:
    """Makes the host the place to which `logging` writes."""
    # None of these is the same at a replay, or means anything here.
    switches: Any = logging
    switches.logThreads = switches.logMultiprocessing = switches.logProcesses = switches.logAsyncioTasks = False
    root = logging.getLogger()
    root.addHandler(HostHandler())
    root.setLevel(logging.INFO)
