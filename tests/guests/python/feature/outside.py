"""Time and chance, what a workflow has not, and bugs."""

from __future__ import annotations

import asyncio
import concurrent.futures
import datetime
import os
import pathlib
import random
import secrets
import threading
import time
import uuid
from typing import Any

from mainspring import workflow
from mainspring.exceptions import RestrictedAccessError


def ambient() -> list[Any]:
    return [
        time.time(),
        time.monotonic(),
        time.time_ns(),
        time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime()),
        datetime.datetime.now().isoformat(),
        datetime.datetime.now(datetime.timezone.utc).isoformat(),
        datetime.datetime.today().isoformat(),
        datetime.date.today().isoformat(),
        workflow.now().isoformat(),
        asyncio.get_running_loop().time(),
        random.random(),
        random.Random().random(),
        random.choice(range(1_000_000)),
        str(uuid.uuid4()),
        str(workflow.uuid4()),
        str(uuid.uuid1()),
        os.urandom(8).hex(),
        secrets.token_hex(8),
        workflow.random().randint(1, 1_000_000),
    ]


@workflow.defn(name="PyAmbient")
class Ambient:
    """Looks at clocks and draws random numbers, twice, with a timer between."""

    def __init__(self) -> None:
        self.seen: list[list[Any]] = []

    @workflow.run
    async def run(self) -> list[list[Any]]:
        self.seen.append(ambient())
        await asyncio.sleep(1.5)
        self.seen.append(ambient())
        random.seed(42)
        self.seen.append([random.random(), random.Random(42).random()])
        await workflow.wait_condition(lambda: False)
        return self.seen

    @workflow.query
    def what(self) -> list[list[Any]]:
        return self.seen


@workflow.defn(name="PyOutside")
class Outside:
    """Tries to reach outside, in many ways; gives what is said of each."""

    @workflow.run
    async def run(self) -> dict[str, str]:
        said = {}
        for name, attempt in {
            "open": lambda: open("/etc/passwd"),
            "path": lambda: pathlib.Path("/etc/passwd").read_text(),
            "exists": lambda: os.path.exists("/etc/passwd"),
            "listdir": lambda: os.listdir("/"),
            "thread": lambda: threading.Thread(target=print).start(),
            "pool": lambda: concurrent.futures.ThreadPoolExecutor().submit(print),
            "system": lambda: os.system("true"),
            "sleep": lambda: time.sleep(1),
            "import": lambda: __import__("wave"),
        }.items():
            try:
                said[name] = f"no error: {attempt()!r}"
            except (RestrictedAccessError, ImportError) as error:
                said[name] = f"{type(error).__name__}: {error}"
        for name, work in {
            "to_thread": lambda: asyncio.to_thread(print),
            "connection": lambda: asyncio.open_connection("localhost", 80),
            "process": lambda: asyncio.create_subprocess_exec("true"),
        }.items():
            try:
                said[name] = f"no error: {await work()!r}"
            except RestrictedAccessError as error:
                said[name] = f"{type(error).__name__}: {error}"
        print("outside: a line for the log")
        workflow.logger.warning("outside: a warning", extra={"colour": "red"})
        return said


@workflow.defn(name="PyBug")
class Bug:
    """Has the bug that it is told."""

    @workflow.run
    async def run(self, way: str) -> None:
        await asyncio.sleep(0.001)
        if way == "deep":
            self.recurse(0)
        if way == "result":
            return object()  # type: ignore[return-value]
        self.look_up({}, way)

    def look_up(self, table: dict[str, int], key: str) -> int:
        return table[key]

    def recurse(self, depth: int) -> None:
        self.recurse(depth + 1)
