"""The official `temporal` command, unmodified, as tests run it."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client, WorkflowExecutionStatus

TEMPORAL = os.environ.get("MAINSPRING_TEST_TEMPORAL", str(Path(sys.executable).parent / "temporal"))


async def printed(client: Client, *arguments: str, exit_code: int = 0) -> str:
    """Runs the command, which must end with that code, and returns what it printed."""
    process = await asyncio.create_subprocess_exec(
        TEMPORAL,
        *arguments,
        *("--address", client.service_client.config.target_host),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == exit_code, f"temporal {' '.join(arguments)}: {err.decode()}{out.decode()}"
    # Of a flag that is out of date, it says so first.
    return "\n".join(line for line in out.decode().splitlines() if not line.startswith("Flag --"))


async def temporal(client: Client, *arguments: str, exit_code: int = 0) -> Any:
    """The same as JSON."""
    text = await printed(client, *arguments, "--output", "json", exit_code=exit_code)
    return json.loads(text) if text.strip() else None


async def refusal(client: Client, *arguments: str) -> str:
    """What the command says when it fails."""
    with pytest.raises(AssertionError) as caught:
        await temporal(client, *arguments)
    return str(caught.value)


async def start(client: Client, workflow_type: str, workflow_id: str, task_queue: str, *inputs: str) -> Any:
    given = [word for value in inputs for word in ("--input", value)]
    wanted = ["--type", workflow_type, "--workflow-id", workflow_id, "--task-queue", task_queue]
    return await temporal(client, "workflow", "start", *wanted, *given)


async def wait_until_closed(client: Client, workflow_id: str) -> WorkflowExecutionStatus | None:
    for _ in range(200):
        status = (await client.get_workflow_handle(workflow_id).describe()).status
        if status != WorkflowExecutionStatus.RUNNING:
            return status
        await asyncio.sleep(0.05)
    return WorkflowExecutionStatus.RUNNING
