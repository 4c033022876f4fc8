"""A project that was written for Temporal: its workflows run in Temporal's own worker on Temporal's own server, and here,
built as they are, and with nothing changed but the import lines. The outcome is the same each time, and so is the history.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client, WorkflowFailureError

from examples import ADDRESS, EXAMPLES, history, running, until

REPOSITORY = EXAMPLES.parent
PROGRAM = os.environ.get("MAINSPRING_TEST_SERVER", str(REPOSITORY / "target/debug/mainspring"))
TEMPORAL = os.environ.get("MAINSPRING_TEST_TEMPORAL", "temporal")
NODE = os.environ.get("MAINSPRING_TEST_NODE", "node")
TASK_QUEUE = "shop"


@dataclass
class Project:
    """The same in each language, but for names."""

    directory: Path
    workflows: str
    # What the import lines say, and what they say with Mainspring.
    package: tuple[str, str]
    order: str
    approval: str
    status: str
    order_fields: list[str]
    request_fields: list[str]
    worker: list[str]
    activity_worker: list[str]


PROJECTS = {
    "typescript": Project(
        directory=EXAMPLES / "from-temporal/typescript",
        workflows="src/workflows.ts",
        package=("'@temporalio/workflow'", "'@mainspring/workflow'"),
        order="orderWorkflow",
        approval="approvalWorkflow",
        status="getStatus",
        order_fields=["orderId", "customer", "sku", "amountCents"],
        request_fields=["orderId", "approver"],
        worker=[NODE, "dist/worker.js"],
        activity_worker=[NODE, "dist/activity-worker.js"],
    ),
    "python": Project(
        directory=EXAMPLES / "from-temporal/python",
        workflows="workflows.py",
        package=("from temporalio", "from mainspring"),
        order="OrderWorkflow",
        approval="ApprovalWorkflow",
        status="get_status",
        order_fields=["order_id", "customer", "sku", "amount_cents"],
        request_fields=["order_id", "approver"],
        worker=[sys.executable, "-B", "worker.py"],
        activity_worker=[sys.executable, "-B", "activity_worker.py"],
    ),
}


@pytest.fixture(scope="module")
def temporal_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of Temporal's own server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("temporal") / "log"
    command = [TEMPORAL, "server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port", str(port)]
    with log.open("w") as file:
        server = subprocess.Popen([*command, "--log-level", "error"], stdout=file, stderr=file)
    address = f"127.0.0.1:{port}"
    health = [TEMPORAL, "operator", "cluster", "health", "--address", address]
    deadline = time.monotonic() + 60
    while subprocess.run(health, capture_output=True).returncode != 0:
        assert server.poll() is None and time.monotonic() < deadline, log.read_text()
        time.sleep(0.2)
    yield address
    server.terminate()
    server.wait()


@pytest.mark.parametrize("language", PROJECTS)
async def test_a_project_for_temporal_needs_another_import_line_or_none(
    language: str, temporal_server: str, tmp_path: Path
) -> None:
    project = PROJECTS[language]
    there = await Client.connect(temporal_server)
    async with working(project, project.worker, there, temporal_server):
        expected = await play(project, there)

    as_it_is = project.directory / project.workflows
    text = as_it_is.read_text()
    theirs, ours = project.package
    assert theirs in text and "mainspring" not in text
    changed = copied(project, tmp_path) / project.workflows
    changed.write_text(text.replace(theirs, ours))
    differing = [line for line, other in zip(text.splitlines(), changed.read_text().splitlines()) if line != other]
    assert differing and all("import" in line for line in differing)

    told = []
    for number, source in enumerate((as_it_is, changed)):
        namespace = f"from-temporal-{language}-{number}-{uuid.uuid4()}"
        mainspring("namespace", "create", namespace, "--address", ADDRESS)
        module = tmp_path / "workflows.wasm"
        mainspring("build", source, "--out", module)
        mainspring("module", "push", module, "--name", "shop", "--namespace", namespace, "--address", ADDRESS)
        here = await Client.connect(ADDRESS, namespace=namespace)
        async with working(project, project.activity_worker, here, ADDRESS):
            told.append(await play(project, here))
    for outcomes, histories in told:
        assert outcomes == expected[0]
        for ours, theirs in zip(histories, expected[1], strict=True):
            for event, other in zip(ours, theirs, strict=True):
                assert of_any_server(event) == of_any_server(other)
    assert told[0] == told[1]


@asynccontextmanager
async def working(project: Project, worker: list[str], client: Client, address: str) -> AsyncIterator[None]:
    place = {"TEMPORAL_ADDRESS": address, "TEMPORAL_NAMESPACE": client.namespace}
    async with running(*worker, directory=project.directory, **place):
        yield


async def play(project: Project, client: Client) -> tuple[list[Any], list[Any]]:
    """Outcomes and histories of some orders and approvals."""
    outcomes, runs = [], []

    def start(workflow_type: str, argument: Any, id: str) -> Any:
        return client.start_workflow(workflow_type, argument, id=id, task_queue=TASK_QUEUE)

    for order in (
        ["o-1", "ada", "compass", 4200],
        ["o-2", "ada", "unobtainium", 4200],
        ["o-3", "nobody", "compass", 4200],
    ):
        runs.append(await start(project.order, dict(zip(project.order_fields, order)), f"order-{order[0]}"))
        try:
            outcomes.append(await runs[-1].result())
        except WorkflowFailureError as failure:
            outcomes.append(causes(failure))

    for order_id, signal, *arguments in (["o-4", "approve"], ["o-5", "reject", "too dear"]):
        request = dict(zip(project.request_fields, [order_id, "grace"]))
        run = await start(project.approval, request, f"approval-{order_id}")
        runs.append(run)

        async def waits() -> bool:
            return any(it["eventType"] == "EVENT_TYPE_TIMER_STARTED" for it in await history(run))

        await until(waits)
        outcomes.append(await run.query(project.status))
        await run.signal(signal, *arguments)
        outcomes.append(await run.result())
    return outcomes, [await history(run) for run in runs]


def causes(error: BaseException) -> list[str]:
    """Of what kind they are, and what the last one says."""
    return [type(error).__name__, *(causes(error.__cause__) if error.__cause__ else [str(error)])]


# What each server names or leaves out as it likes.
OF_THE_SERVER = {
    "taskQueue", "activityId", "timerId", "useWorkflowBuildId", "workflowExecutionTimeout", "workflowRunTimeout",
    "maximumInterval",
}  # fmt: skip
# How an activity's failure is wrapped for the workflow.
OF_THE_WRAPPING = {"message", "source", "scheduledEventId", "startedEventId"}


def of_any_server(value: Any) -> Any:
    """What is the same in a history of Temporal's: every event in its place, with its data."""
    if isinstance(value, dict):
        is_wrapping = "activityFailureInfo" in value or {"activityType", "retryState"} <= value.keys()
        passing = OF_THE_SERVER | (OF_THE_WRAPPING if is_wrapping else set())
        kept = {name: of_any_server(it) for name, it in value.items() if name not in passing}
        return {name: it for name, it in kept.items() if it != {}}
    return [of_any_server(it) for it in value] if isinstance(value, list) else value


def copied(project: Project, place: Path) -> Path:
    """A project of its own, installed as the one that it is copied from."""
    skipped = shutil.ignore_patterns("dist", "node_modules", "__pycache__", ".venv")
    copy = shutil.copytree(project.directory, place / "project", ignore=skipped)
    if (copy / "package.json").exists():
        (copy / "node_modules").symlink_to(REPOSITORY / "node_modules")
    return copy


def mainspring(*arguments: str | Path) -> None:
    tools = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, env={**os.environ, "PATH": tools})
    assert done.returncode == 0, done.stdout + done.stderr
