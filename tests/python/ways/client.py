"""The official client for Python."""

from typing import Any

from google.protobuf.json_format import MessageToDict
from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
)
from temporalio.service import RPCError

from ways import Events, Refused


class ByClient:
    def __init__(self, client: Client) -> None:
        self.client = client

    async def start(
        self, workflow_type: str, *arguments: Any, workflow_id: str, task_queue: str, **options: Any
    ) -> str:
        handle = await self._asked(
            self.client.start_workflow(
                workflow_type, args=list(arguments), id=workflow_id, task_queue=task_queue, **options
            )
        )
        return handle.first_execution_run_id or handle.result_run_id or ""

    async def signal_with_start(
        self, name: str, item: Any, workflow_type: str, *arguments: Any, workflow_id: str, task_queue: str
    ) -> str:
        given = {"workflow_id": workflow_id, "task_queue": task_queue, "start_signal": name}
        return await self.start(workflow_type, *arguments, start_signal_args=[item], **given)

    async def signal(self, workflow_id: str, name: str, *arguments: Any) -> None:
        await self._asked(self._handle(workflow_id).signal(name, args=list(arguments)))

    async def query(self, workflow_id: str, name: str, *arguments: Any) -> Any:
        return await self._asked(self._handle(workflow_id).query(name, args=list(arguments)))

    async def update(self, workflow_id: str, name: str, *arguments: Any) -> Any:
        return await self._asked(self._handle(workflow_id).execute_update(name, args=list(arguments)))

    async def cancel(self, workflow_id: str) -> None:
        await self._asked(self._handle(workflow_id).cancel())

    async def terminate(self, workflow_id: str) -> None:
        await self._asked(self._handle(workflow_id).terminate())

    async def outcome(self, workflow_id: str) -> tuple[str, Any]:
        handle = self._handle(workflow_id)
        try:
            return "COMPLETED", await handle.result()
        except WorkflowFailureError:
            status = (await handle.describe()).status
            return (status or WorkflowExecutionStatus.RUNNING).name, None

    async def events(self, workflow_id: str, run_id: str = "") -> Events:
        handle = self._handle(workflow_id, run_id)
        return [MessageToDict(event) async for event in handle.fetch_history_events()]

    async def describe(self, workflow_id: str, run_id: str = "") -> dict[str, Any]:
        return MessageToDict((await self._asked(self._handle(workflow_id, run_id).describe())).raw_description)

    async def find(self, query: str) -> list[dict[str, Any]]:
        async def find() -> list[dict[str, Any]]:
            return [MessageToDict(run.raw_info) async for run in self.client.list_workflows(query)]

        return await self._asked(find())

    async def count(self, query: str) -> dict[str, Any]:
        counted = await self._asked(self.client.count_workflows(query))
        groups = {str(group.group_values[0]): group.count for group in counted.groups}
        return groups or {"": counted.count}

    def _handle(self, workflow_id: str, run_id: str = "") -> Any:
        return self.client.get_workflow_handle(workflow_id, run_id=run_id or None)

    @staticmethod
    async def _asked(asked: Any) -> Any:
        try:
            return await asked
        except (RPCError, WorkflowQueryFailedError, WorkflowUpdateFailedError) as refused:
            raise Refused(f"{refused}: {refused.__cause__ or ''}") from refused
