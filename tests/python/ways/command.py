"""The official `temporal` command."""

import asyncio
import json
from datetime import timedelta
from typing import Any

from temporalio.client import Client
from temporalio.common import Priority

from temporal_command import TEMPORAL
from ways import Events, Refused


class ByCommand:
    FLAGS = {
        "execution_timeout": "--execution-timeout",
        "run_timeout": "--run-timeout",
        "task_timeout": "--task-timeout",
        "start_delay": "--start-delay",
        "cron_schedule": "--cron",
        "static_summary": "--static-summary",
        "static_details": "--static-details",
    }

    def __init__(self, client: Client) -> None:
        self.address = client.service_client.config.target_host

    async def start(
        self, workflow_type: str, *arguments: Any, workflow_id: str, task_queue: str, **options: Any
    ) -> str:
        named = self._named(workflow_type, arguments, workflow_id, task_queue)
        return (await self.run("workflow", "start", *named, *self._flags(options)))["runId"]

    async def signal_with_start(
        self, name: str, item: Any, workflow_type: str, *arguments: Any, workflow_id: str, task_queue: str
    ) -> str:
        named = self._named(workflow_type, arguments, workflow_id, task_queue)
        signal = ("--signal-name", name, "--signal-input", json.dumps(item))
        return (await self.run("workflow", "signal-with-start", *named, *signal))["runId"]

    async def signal(self, workflow_id: str, name: str, *arguments: Any) -> None:
        await self.run("workflow", "signal", "-w", workflow_id, "--name", name, *self._inputs(arguments))

    async def query(self, workflow_id: str, name: str, *arguments: Any) -> Any:
        asked = await self.run("workflow", "query", "-w", workflow_id, "--name", name, *self._inputs(arguments))
        return asked["queryResult"][0]

    async def update(self, workflow_id: str, name: str, *arguments: Any) -> Any:
        of_it = ("-w", workflow_id, "--name", name, *self._inputs(arguments))
        return (await self.run("workflow", "update", "execute", *of_it))["result"]

    async def cancel(self, workflow_id: str) -> None:
        await self.run("workflow", "cancel", "-w", workflow_id)

    async def terminate(self, workflow_id: str) -> None:
        await self.run("workflow", "terminate", "-w", workflow_id)

    async def outcome(self, workflow_id: str) -> tuple[str, Any]:
        # Of a workflow that fails, it fails.
        code, out, err = await self._process("workflow", "result", "-w", workflow_id)
        assert code in (0, 1) and out.strip(), err
        ended = json.loads(out)
        # Of some ends it says `COMPLETED` and the like, and of others that it knows no word.
        kind = ended["closeEvent"]["eventType"] if code else "COMPLETED"
        return kind.removeprefix("EVENT_TYPE_WORKFLOW_EXECUTION_"), ended.get("result")

    async def events(self, workflow_id: str, run_id: str = "") -> Events:
        return (await self.run("workflow", "show", "-w", workflow_id, *self._run(run_id)))["events"]

    async def describe(self, workflow_id: str, run_id: str = "") -> dict[str, Any]:
        return await self.run("workflow", "describe", "-w", workflow_id, *self._run(run_id))

    async def find(self, query: str) -> list[dict[str, Any]]:
        return await self.run("workflow", "list", "--query", query) or []

    async def count(self, query: str) -> dict[str, Any]:
        counted = await self.run("workflow", "count", "--query", query)
        groups = {group["groupValues"][0]: int(group["count"]) for group in counted.get("groups", [])}
        return groups or {"": int(counted.get("count", 0))}

    async def run(self, *arguments: str) -> Any:
        """What the command prints, which must succeed."""
        code, out, err = await self._process(*arguments)
        if code != 0:
            raise Refused(err)
        # Of a flag that is out of date, it says so first.
        text = "\n".join(line for line in out.splitlines() if not line.startswith("Flag --"))
        return json.loads(text) if text.strip() else None

    async def _process(self, *arguments: str) -> tuple[int | None, str, str]:
        process = await asyncio.create_subprocess_exec(
            TEMPORAL,
            *arguments,
            *("--address", self.address, "--output", "json"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await asyncio.wait_for(process.communicate(), 60)
        return process.returncode, out.decode(), err.decode()

    def _named(self, workflow_type: str, arguments: tuple[Any, ...], workflow_id: str, task_queue: str) -> list[str]:
        return ["--type", workflow_type, "-w", workflow_id, "-t", task_queue, *self._inputs(arguments)]

    @staticmethod
    def _inputs(arguments: tuple[Any, ...]) -> list[str]:
        return [word for argument in arguments for word in ("--input", json.dumps(argument))]

    @staticmethod
    def _run(run_id: str) -> list[str]:
        return ["--run-id", run_id] if run_id else []

    def _flags(self, options: dict[str, Any]) -> list[str]:
        words: list[str] = []
        for name, value in options.items():
            match name, value:
                case "memo", dict():
                    words += [word for key, it in value.items() for word in ("--memo", f"{key}={json.dumps(it)}")]
                case "priority", Priority():
                    words += ["--priority-key", str(value.priority_key)] if value.priority_key else []
                    words += ["--fairness-key", value.fairness_key] if value.fairness_key else []
                    words += ["--fairness-weight", str(value.fairness_weight)] if value.fairness_weight else []
                case _, timedelta():
                    words += [self.FLAGS[name], f"{value.total_seconds()}s"]
                case _:
                    words += [self.FLAGS[name], str(value)]
        return words
