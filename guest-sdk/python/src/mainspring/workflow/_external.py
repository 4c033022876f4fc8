"""Workflows that run on their own: signalling them, and asking them to cancel themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from .. import _current
from .._runtime import host
from .._runtime.operation import Operation, Uncancellable
from .._runtime.payloads import to_payloads
from .._signature import UNSET, arguments_of
from ._handlers import signal_name

Workflow = TypeVar("Workflow")


class ExternalWorkflowHandle(Generic[Workflow]):
    """A workflow by its id."""

    def __init__(self, workflow_id: str, run_id: str | None) -> None:
        self._id = workflow_id
        self._run_id = run_id

    @property
    def id(self) -> str:
        """The workflow id."""
        return self._id

    @property
    def run_id(self) -> str | None:
        """The run id, if it is this run and no other."""
        return self._run_id

    async def signal(self, signal: str | Callable[..., Any], arg: Any = UNSET, *, args: Sequence[Any] = ()) -> None:
        """Signals it; done once it has the signal. Raises `ApplicationError` if there is no such workflow."""
        await send_signal(signal, arguments_of(arg, args), self._id, self._run_id, child_only=False)

    async def cancel(self, *, reason: str = "") -> None:
        """Asks it to cancel itself; done once it has the request."""
        run = _current.acting("cancel external handle")
        target = host.external_workflows.Target(self._id, self._run_id, False)
        await Uncancellable.of(run, host.external_workflows.request_cancel(target, reason))


def get_external_workflow_handle(workflow_id: str, *, run_id: str | None = None) -> ExternalWorkflowHandle[Any]:
    """A workflow by its id; nothing is asked of it yet."""
    _current.run()
    return ExternalWorkflowHandle(workflow_id, run_id)


def get_external_workflow_handle_for(
    workflow: Callable[..., Any], workflow_id: str, *, run_id: str | None = None
) -> ExternalWorkflowHandle[Any]:
    """The same, of a type that the run method says; nobody checks that it is of this type."""
    return get_external_workflow_handle(workflow_id, run_id=run_id)


async def send_signal(
    signal: str | Callable[..., Any], arguments: list[Any], workflow_id: str, run_id: str | None, *, child_only: bool
) -> None:
    """Signals another workflow."""
    run = _current.acting("signal external handle")
    target = host.external_workflows.Target(workflow_id, run_id, child_only)
    await Operation.of(run, host.external_workflows.signal(target, signal_name(signal), to_payloads(arguments), []))
