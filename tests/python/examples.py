"""The examples: their workers, and what their histories have in common whatever language they are in."""

import asyncio
import base64
import importlib.util
import json
import os
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from google.protobuf.json_format import MessageToDict
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

ADDRESS = os.environ.get("MAINSPRING_ADDRESS", "127.0.0.1:7233")
EXAMPLES = Path(__file__).parents[2] / "examples"

# The namespace that has the examples' workflows in that language; their types are the same.
NAMESPACES = {"rust": "default", "typescript": "typescript", "python": "python", "go": "go"}

# What differs from one run to the next, says which module it is, or is a label for people.
PASSING = {
    "eventTime", "taskId", "identity", "runId", "firstExecutionRunId", "originalExecutionRunId", "newExecutionRunId",
    "requestId", "workflowId", "namespace", "parentWorkflowNamespace", "workerVersion", "sdkMetadata",
    "meteringMetadata", "historySizeBytes", "binaryChecksum", "userMetadata",
}  # fmt: skip


async def connect(language: str) -> Client:
    return await Client.connect(ADDRESS, namespace=NAMESPACES[language])


def load(path: str) -> ModuleType:
    """A file of an example in Python; several have the same name."""
    spec = importlib.util.spec_from_file_location(path.replace("/", "_"), EXAMPLES / f"{path}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@asynccontextmanager
async def running(*command: str | Path, directory: Path, **variables: str) -> AsyncIterator[None]:
    """A program of an example, until the test has done with it."""
    nowhere = asyncio.subprocess.DEVNULL
    program = await asyncio.create_subprocess_exec(
        *command, cwd=directory, env={**os.environ, **variables}, stdout=nowhere, stderr=nowhere
    )
    try:
        yield
    finally:
        if program.returncode is None:
            program.terminate()
        await program.wait()


@asynccontextmanager
async def python_worker(client: Client, example: str, **options: Any) -> AsyncIterator[str]:
    """The activities of an example in Python, on a task queue that nobody else has."""
    activities = load("order/python/activities" if example == "order" else f"{example}/python/worker")
    task_queue = f"{example}-{uuid.uuid4()}"
    async with Worker(client, task_queue=task_queue, activities=activities.ALL, **options):
        yield task_queue


@asynccontextmanager
async def typescript_worker(client: Client, example: str) -> AsyncIterator[str]:
    """The example's program in TypeScript. Its task queue has one name; namespaces keep them apart."""
    task_queue = {"saga": "journeys", "subscription": "subscriptions", "fan-out": "measurements"}[example]
    node = os.environ.get("MAINSPRING_TEST_NODE", "node")
    place = {"TEMPORAL_ADDRESS": ADDRESS, "TEMPORAL_NAMESPACE": client.namespace}
    async with running(node, "dist/worker.js", directory=EXAMPLES / example / "typescript", **place):
        yield task_queue


WORKERS = {"python": python_worker, "typescript": typescript_worker}


async def until(look: Callable[[], Awaitable[bool]]) -> None:
    """Looks again and again, but not for ever."""
    for _ in range(1_200):
        if await look():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("this did not happen in a minute")


async def history(handle: WorkflowHandle[Any, Any]) -> list[Any]:
    """What happened, without what each run has of its own."""
    return [lasting(MessageToDict(event)) async for event in handle.fetch_history_events()]


def lasting(value: Any) -> Any:
    """An event without what each run has of its own, and payloads by what they mean."""
    if isinstance(value, dict):
        return {
            name: json.loads(base64.b64decode(it)) if name == "data" else lasting(it)
            for name, it in value.items()
            if name not in PASSING
        }
    return [lasting(it) for it in value] if isinstance(value, list) else value
