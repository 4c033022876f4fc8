"""Tests of workflows: the module itself, on a server that skips time, with activities of the test's own.

The environment is that of Temporal's Python SDK, so tests are written as for Temporal: a worker with mocked activities, the
environment's client, and a week that is over at once::

    async with await testing.start_time_skipping("workflows.py") as env:
        async with Worker(env.client, task_queue="orders", activities=[charge_card_mock]):
            assert await env.client.execute_workflow(ProcessOrder.run, "o-1", id="o-1", task_queue="orders") == 42

This is for the test's own process. It is not there in a module.
"""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import stat
import sys
import tempfile
import weakref
from pathlib import Path
from typing import Any

from temporalio.testing import WorkflowEnvironment

__all__ = ["BuildError", "start_time_skipping"]

#: Names the program, if it is not on the path.
_PROGRAM = "MAINSPRING_PROGRAM"

#: What the server's health says of the modules that it was started with.
_FIRST_MODULES = "mainspring.modules"


class BuildError(Exception):
    """A module could not be built; the message is what ``mainspring build`` said."""


async def start_time_skipping(
    *workflows: str | os.PathLike[str], program: str | None = None, **options: Any
) -> WorkflowEnvironment:
    """Start a server with these workflows that skips time while a workflow's result is awaited.

    Args:
        workflows: Modules (``.wasm``), or sources, which are built first: a Python file or package, a TypeScript file,
            the directory of a Rust crate.
        program: The ``mainspring`` program; ``$MAINSPRING_PROGRAM``, or the one on the path, if it is left out.
        options: As for :py:meth:`temporalio.testing.WorkflowEnvironment.start_time_skipping`.
    """
    program = _find(program)
    directory = tempfile.mkdtemp(prefix="mainspring-testing-")
    try:
        modules = [await _module(program, Path(path), Path(directory)) for path in workflows]
        server = _server(program, modules, Path(directory))
        env = await WorkflowEnvironment.start_time_skipping(test_server_existing_path=str(server), **options)
        try:
            # It answers at once, and has the modules once they are compiled: one in Python is large.
            while not await env.client.service_client.check_health(service=_FIRST_MODULES):
                await asyncio.sleep(0.02)
        except BaseException:
            await env.shutdown()
            raise
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        raise
    # The server has read all of it by then.
    weakref.finalize(env, shutil.rmtree, directory, ignore_errors=True)
    return env


def _find(program: str | None) -> str:
    found = program or os.environ.get(_PROGRAM) or shutil.which("mainspring")
    if not found:
        raise FileNotFoundError(f"there is no `mainspring` on the path; put it there, or name it in ${_PROGRAM}")
    return str(Path(found).absolute())


async def _module(program: str, path: Path, directory: Path) -> Path:
    if path.suffix == ".wasm":
        return path.absolute()
    module = directory / f"{path.absolute().stem}.wasm"
    building = await asyncio.create_subprocess_exec(
        program,
        "build",
        str(path),
        "--out",
        str(module),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=_environment(),
    )
    said, _ = await building.communicate()
    if building.returncode != 0:
        raise BuildError(said.decode(errors="replace"))
    return module


def _environment() -> dict[str, str]:
    """With the tools of the Python that runs the tests, whether its environment is active or not."""
    tools = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": os.pathsep.join([tools, os.environ.get("PATH", os.defpath)])}
    if sys.prefix != sys.base_prefix:
        environment.setdefault("VIRTUAL_ENV", sys.prefix)
    return environment


def _server(program: str, modules: list[Path], directory: Path) -> Path:
    """A program that is called as Temporal's test server is: with a port."""
    command = [program, "dev", "--ephemeral", "--skip-time", "--http-address", "127.0.0.1:0"]
    files = [str(module) for module in modules]
    server = directory / "server"
    # Errors go to standard error; what else is said is for a person who looks on.
    server.write_text(
        f'#!/bin/sh\nexec {shlex.join(command)} --grpc-address "127.0.0.1:$1" -- {shlex.join(files)} >/dev/null\n'
    )
    server.chmod(server.stat().st_mode | stat.S_IXUSR)
    return server
