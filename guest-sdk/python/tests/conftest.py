"""Tests of the package in the Python that is there, without a module: the contract's types are generated, its functions are
a host that notes what is asked of it.
"""

from __future__ import annotations

import gc
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1]
BINDINGS = pytest.StashKey["tempfile.TemporaryDirectory[str]"]()


def pytest_configure(config: pytest.Config) -> None:
    """Generates the contract's types before the package looks for them."""
    directory = tempfile.TemporaryDirectory()
    config.stash[BINDINGS] = directory
    tool = Path(sys.executable).with_name("componentize-py")
    contract = PACKAGE.parents[1] / "wit"
    subprocess.run([tool, "-q", "-d", contract, "-w", "workflow", "bindings", directory.name], check=True)
    sys.path[:0] = [directory.name, str(PACKAGE / "src")]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Removes them."""
    config.stash[BINDINGS].cleanup()


@pytest.fixture(autouse=True)
def leave_no_run_behind() -> Iterator[None]:
    """What a run still waits for is given up when its test is over, and not as if the next test's run had asked for it."""
    from mainspring import _current

    yield
    _current.replace(None)
    gc.collect()
