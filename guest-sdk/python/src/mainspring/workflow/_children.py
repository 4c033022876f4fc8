"""Child workflows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Self, TypedDict, Unpack

from .. import _current
from .._runtime import host
from .._runtime.durations import to_millis
from .._runtime.operation import Operation
from .._runtime.payloads import to_map, to_payloads
from .._signature import UNSET, arguments_of
from ..common import Priority, RetryPolicy, SearchAttributes, TypedSearchAttributes, WorkflowIDReusePolicy
from ..exceptions import WorkflowAlreadyStartedError
from ._activities import metadata_record, priority_record, retry_policy_record
from ._definition import definition_of
from ._external import send_signal
from ._visibility import search_attribute_payloads

if TYPE_CHECKING:
    from .._runtime.run import Run


class ChildWorkflowCancellationType(IntEnum):
    """What a workflow sees of a child that it cancels."""

    ABANDON = 0
    TRY_CANCEL = 1
    WAIT_CANCELLATION_COMPLETED = 2
    WAIT_CANCELLATION_REQUESTED = 3


class ParentClosePolicy(IntEnum):
    """What becomes of a child when its parent closes."""

    UNSPECIFIED = 0
    TERMINATE = 1
    ABANDON = 2
    REQUEST_CANCEL = 3


class ChildWorkflowConfig(TypedDict, total=False):
    """All that `start_child_workflow` and `execute_child_workflow` take by name, for who keeps it: `**config`."""

    id: str | None
    task_queue: str | None
    cancellation_type: ChildWorkflowCancellationType
    parent_close_policy: ParentClosePolicy
    execution_timeout: timedelta | None
    run_timeout: timedelta | None
    task_timeout: timedelta | None
    id_reuse_policy: WorkflowIDReusePolicy
    retry_policy: RetryPolicy | None
    cron_schedule: str
    memo: Mapping[str, Any] | None
    search_attributes: SearchAttributes | TypedSearchAttributes | None
    static_summary: str | None
    static_details: str | None
    priority: Priority


class ChildWorkflowHandle(Operation):
    """A child under way: await it for its result; `cancel` asks it to cancel itself."""

    _workflow_type: str
    _workflow_id: str | None
    _first_run_id: str | None
    start: _Start

    @classmethod
    def begun(cls, run: Run, operation: int, hint: Any, workflow_type: str, workflow_id: str | None) -> Self:
        """The child that the host knows by this id of an operation."""
        self = cls.of(run, operation, hint)
        self._workflow_type = workflow_type
        self._workflow_id = workflow_id
        self._first_run_id = None
        self.start = _Start(self)
        return self

    @property
    def id(self) -> str:
        """The child's workflow id."""
        return self._workflow_id or ""

    @property
    def first_execution_run_id(self) -> str | None:
        """The run id of the child's first run."""
        return self._first_run_id

    async def signal(self, signal: str | Callable[..., Any], arg: Any = UNSET, *, args: Sequence[Any] = ()) -> None:
        """Signals the child; done once it has the signal."""
        await send_signal(signal, arguments_of(arg, args), self.id, None, child_only=True)

    def started(self, resolution: Any) -> bool:
        """The host says what came of its start. False if it is over with that."""
        guest = host.guest
        if type(resolution) is guest.StartResolution_Started:
            self._workflow_id = resolution.value.workflow_id
            self._first_run_id = resolution.value.run_id
            if not self.start.done():
                self.start.set_result(None)
            return True
        if self.start.done():
            # Nobody waits any more.
            return False
        if type(resolution) is guest.StartResolution_AlreadyStarted:
            self.start.set_exception(WorkflowAlreadyStartedError(self.id, self._workflow_type))
        else:
            self.failed(resolution.value)
            error = self.exception()
            assert error is not None
            self.start.set_exception(error)
        return False


class _Start(asyncio.Future[None]):
    """Done when the child has started. Cancelling it asks the child to cancel itself."""

    def __init__(self, child: ChildWorkflowHandle) -> None:
        super().__init__(loop=child._run.loop)
        self._child = child

    def cancel(self, msg: Any = None) -> bool:
        if self.done():
            return False
        self._child.cancel(msg)
        if self._child._run.cancel_reason is not None:
            # The whole workflow is to end: it need not wait for the start.
            return super().cancel(msg)
        return True


async def start_child_workflow(
    workflow: Any,
    arg: Any = UNSET,
    *,
    args: Sequence[Any] = (),
    id: str | None = None,
    task_queue: str | None = None,
    result_type: Any = None,
    cancellation_type: ChildWorkflowCancellationType = ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    parent_close_policy: ParentClosePolicy = ParentClosePolicy.TERMINATE,
    execution_timeout: timedelta | None = None,
    run_timeout: timedelta | None = None,
    task_timeout: timedelta | None = None,
    id_reuse_policy: WorkflowIDReusePolicy = WorkflowIDReusePolicy.ALLOW_DUPLICATE,
    retry_policy: RetryPolicy | None = None,
    cron_schedule: str = "",
    memo: Mapping[str, Any] | None = None,
    search_attributes: SearchAttributes | TypedSearchAttributes | None = None,
    static_summary: str | None = None,
    static_details: str | None = None,
    priority: Priority = Priority.default,
) -> ChildWorkflowHandle:
    """Starts a child, and waits until it has started. The host finds a workflow id if none is given.

    Raises `WorkflowAlreadyStartedError` if another run holds the id. What is awaited of the handle raises
    `ChildWorkflowError`, with the cause beneath.
    """
    run = _current.acting("start child workflow")
    if isinstance(workflow, str):
        name = workflow
    elif callable(workflow):
        definition = definition_of(workflow)
        if definition.name is None:
            raise ValueError("Cannot invoke dynamic workflow explicitly")
        name = definition.name
        if result_type is None:
            result_type = definition.ret_type
    else:
        raise TypeError("Workflow must be a string or callable")
    children = host.children
    operation = children.start(
        children.Child(
            name,
            id,
            task_queue,
            to_payloads(arguments_of(arg, args)),
            [],
            timeouts_record(execution_timeout, run_timeout, task_timeout),
            None if retry_policy is None else retry_policy_record(retry_policy),
            cron_schedule,
            children.ParentClosePolicy[(parent_close_policy or ParentClosePolicy.TERMINATE).name],
            children.IdReusePolicy[id_reuse_policy.name],
            children.ChildCancellationType[cancellation_type.name],
            to_map(memo or {}),
            search_attribute_payloads(search_attributes),
            priority_record(priority),
            metadata_record(static_summary, static_details),
        )
    )
    child = ChildWorkflowHandle.begun(run, operation, result_type, name, id)
    try:
        await child.start
    except BaseException:
        # It is heard here; that nobody awaits the handle is no news.
        if child.done():
            child.exception()
        raise
    return child


async def execute_child_workflow(
    workflow: Any,
    arg: Any = UNSET,
    *,
    args: Sequence[Any] = (),
    result_type: Any = None,
    **options: Unpack[ChildWorkflowConfig],
) -> Any:
    """Starts a child, and waits for its result: see `start_child_workflow`."""
    return await (await start_child_workflow(workflow, arg, args=args, result_type=result_type, **options))


def timeouts_record(execution: timedelta | None, run: timedelta | None, task: timedelta | None) -> Any:
    """How long a workflow may take, as the contract has it."""
    return host.types.WorkflowTimeouts(to_millis(execution), to_millis(run), to_millis(task))
