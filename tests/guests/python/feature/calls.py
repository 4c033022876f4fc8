"""Activities, children, other workflows, chains."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from mainspring import workflow
from mainspring.common import Priority, RetryPolicy
from mainspring.exceptions import (
    ActivityError,
    ApplicationError,
    ChildWorkflowError,
    FailureError,
    TimeoutError,
    WorkflowAlreadyStartedError,
)

with workflow.unsafe.imports_passed_through():
    from .activities import Ledger, charge, greet

LIMIT: dict[str, Any] = {"start_to_close_timeout": timedelta(seconds=30)}


@workflow.defn(name="PyActivities")
class Activities:
    """Calls activities in every way."""

    @workflow.run
    async def run(self) -> dict[str, Any]:
        receipt = await workflow.execute_activity(charge, args=["ann", 5], **LIMIT)
        handle = workflow.start_activity(
            greet, "bob", activity_id="greeting", summary="a greeting", priority=Priority(priority_key=1), **LIMIT
        )
        method = await workflow.execute_activity_method(Ledger.total, "ann", **LIMIT)
        said: dict[str, Any] = {
            "receipt": [type(receipt).__name__, receipt.amount],
            "greeting": await handle,
            "method": method,
            "done": handle.done(),
        }
        try:
            await workflow.execute_activity(
                "fails", retry_policy=RetryPolicy(maximum_attempts=1, non_retryable_error_types=["Never"]), **LIMIT
            )
        except ActivityError as error:
            assert isinstance(error.cause, ApplicationError) and error.retry_state is not None, error
            said["failure"] = [error.activity_type, error.retry_state.name, error.cause.type, list(error.cause.details)]
        try:
            await workflow.execute_activity(
                "nobody has it", schedule_to_close_timeout=timedelta(milliseconds=20), task_queue="a queue of nobody"
            )
        except ActivityError as error:
            assert isinstance(error.cause, TimeoutError) and error.cause.type is not None, error
            said["timeout"] = error.cause.type.name
        try:
            await workflow.execute_activity("noop", 1)
        except ValueError as error:
            said["without a limit"] = str(error)
        cancelled = workflow.start_activity(
            "noop", 1, task_queue="a queue of nobody", schedule_to_close_timeout=timedelta(hours=1)
        )
        await asyncio.sleep(0.001)
        cancelled.cancel()
        try:
            await cancelled
        except ActivityError as error:
            said["cancelled"] = type(error.cause).__name__
        return said


@workflow.defn(name="PyHandsOver")
class HandsOver:
    """Hands so much text over, so many times."""

    @workflow.run
    async def run(self, times: int, length: int) -> None:
        for number in range(times):
            await workflow.execute_activity("noop", args=[number, "x" * length], **LIMIT)


@workflow.defn(name="PyLocals")
class Locals:
    """Calls local activities; where nobody has them in the host's process, workers do them."""

    @workflow.run
    async def run(self) -> list[str]:
        handle = workflow.start_local_activity(greet, "ann", **LIMIT)
        return [await handle, await workflow.execute_local_activity_method(Ledger.total, "bob", **LIMIT)]


@dataclass
class LeafInput:
    way: str = "completes"


@workflow.defn(name="PyLeaf")
class Leaf:
    """A child that ends in the way that it is told."""

    @workflow.init
    def __init__(self, input: LeafInput) -> None:
        self.way = input.way
        self.told: list[str] = []

    @workflow.run
    async def run(self, input: LeafInput) -> str:
        if input.way == "fails":
            raise ApplicationError("asked to fail", type="Leaf")
        if input.way == "waits":
            await workflow.wait_condition(lambda: bool(self.told))
        return f"{self.way}: {' '.join(self.told)}"

    @workflow.signal
    def tell(self, word: str) -> None:
        self.told.append(word)


@workflow.defn(name="PyChildren")
class Children:
    """Children, told and awaited."""

    @workflow.run
    async def run(self, prefix: str) -> dict[str, Any]:
        said: dict[str, Any] = {}
        said["completed"] = await workflow.execute_child_workflow(Leaf.run, LeafInput(), id=f"{prefix}-one")
        waiting = await workflow.start_child_workflow(
            Leaf.run, LeafInput("waits"), id=f"{prefix}-two", memo={"a": 1}, static_summary="a child"
        )
        await waiting.signal(Leaf.tell, "hello")
        said["told"] = await waiting
        said["id"] = [waiting.id == f"{prefix}-two", len(waiting.first_execution_run_id or "")]
        try:
            await workflow.execute_child_workflow("PyLeaf", LeafInput("fails"), id=f"{prefix}-three")
        except ChildWorkflowError as error:
            assert isinstance(error.cause, ApplicationError), error
            said["failed"] = [error.workflow_type, error.cause.type]
        stubborn = await workflow.start_child_workflow(Leaf.run, LeafInput("waits"), id=f"{prefix}-four")
        try:
            await workflow.start_child_workflow(Leaf.run, LeafInput(), id=f"{prefix}-four")
        except WorkflowAlreadyStartedError as error:
            said["in use"] = error.workflow_id.removeprefix(prefix)
        stubborn.cancel()
        try:
            await stubborn
        except ChildWorkflowError as error:
            said["cancelled"] = type(error.cause).__name__
        abandoned = await workflow.start_child_workflow(
            "PyLeaf", LeafInput("waits"), id=f"{prefix}-five", parent_close_policy=workflow.ParentClosePolicy.ABANDON
        )
        said["no id given"] = bool((await workflow.start_child_workflow("PyLeaf", LeafInput())).id)
        said["abandoned"] = abandoned.id.removeprefix(prefix)
        return said


@workflow.defn(name="PyNeighbours")
class Neighbours:
    """Tells another workflow something, and asks a third to cancel itself."""

    @workflow.run
    async def run(self, told: str, cancelled: str) -> list[str]:
        said = []
        neighbour = workflow.get_external_workflow_handle_for(Leaf.run, told)
        await neighbour.signal(Leaf.tell, "from next door")
        said.append("told")
        await workflow.get_external_workflow_handle(cancelled).cancel(reason="enough")
        said.append("asked")
        try:
            await workflow.get_external_workflow_handle("nobody").signal("tell", "anybody?")
        except FailureError as error:
            said.append(error.message)
        return said


@workflow.defn(name="PyChain")
class Chains:
    """Continues as new until nothing is left, and takes patches on its way."""

    @workflow.run
    async def run(self, left: int, seen: list[bool]) -> list[bool]:
        seen.append(workflow.patched("a new path"))
        workflow.deprecate_patch("an old path")
        assert workflow.info().is_continue_as_new_suggested() is False
        if left:
            workflow.continue_as_new(args=[left - 1, seen], memo={"left": left - 1})
        return [*seen, workflow.memo_value("left") == 0, workflow.info().continued_run_id is not None]
