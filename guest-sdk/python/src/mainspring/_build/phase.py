"""Which phase this is: the author's code is being imported, or the module is finished and runs."""

from __future__ import annotations

import sys

# Paths of the author's own files, as code knows them; what is installed is not among them.
author_files: set[str] = set()

_is_running = False


def is_running() -> bool:
    """Whether the module is finished."""
    return _is_running


def finish() -> None:
    """From now on, the module runs."""
    global _is_running
    _is_running = True


def is_called_by_author() -> bool:
    """Whether this comes from the author's own code, as far as its current import goes."""
    frame = sys._getframe(1)
    while frame is not None:
        path = frame.f_code.co_filename
        if path in author_files:
            return True
        if path.startswith("<frozen importlib"):
            # What is above imports this, and did not write it.
            return False
        frame = frame.f_back  # type: ignore[assignment]
    return False
