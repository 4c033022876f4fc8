"""A host for one run: it counts operations, notes commands, and tells the run what the test says."""

from __future__ import annotations

from typing import Any

from mainspring import _current
from mainspring._runtime import host as contract
from mainspring._runtime.failures import from_layers
from mainspring._runtime.payloads import from_payload, to_payload
from mainspring._runtime.run import Run
from mainspring.workflow import _definition

Exported = contract.guest


class Blocked(BaseException):
    """The run is blocked."""


class Host:
    """What a run asks for, in order, as tuples."""

    def __init__(self, workflow: Any, *arguments: Any) -> None:
        self.commands: list[tuple[Any, ...]] = []
        self.outcome: tuple[Any, ...] | None = None
        self.now = 1_000_000
        self._operations = 0
        self._blocked: Blocked | None = None
        self._definition = _definition.definition_of(workflow)
        self._start = self._make_start(arguments)
        self.run: Run | None = None

    def activate(self, *jobs: Any, after: int = 0) -> list[tuple[Any, ...]]:
        """Delivers jobs, and returns what the run asks for then."""
        self.now += after
        said = len(self.commands)
        self._connect()
        if self.run is None:
            self.run = Run(self._start, self.now, self._definition)
            jobs = (Exported.Job_Start(self._start), *jobs)
            _current.replace(self.run)
        self.run.activate(Exported.Activation(self.now, 5, 100, False, list(jobs)))
        if self._blocked is not None:
            # Nobody asks the task that was blocked what became of it.
            self.run.loop.set_exception_handler(lambda loop, context: None)
            raise self._blocked
        return self.commands[said:]

    def query(self, name: str, *arguments: Any) -> Any:
        """Asks the run."""
        assert self.run is not None
        self._connect()
        return from_payload(self.run.handlers.query(name, [to_payload(it) for it in arguments]))

    def _make_start(self, arguments: Any) -> Any:
        types = contract.types
        timeouts = types.WorkflowTimeouts(None, None, None)
        info = Exported.RunInfo(
            "default", types.Execution("id", "run"), "queue", 1_000_000, 1, timeouts, None, None, "", None, None, "run", "run",
            None, None, None, [], [], None,
        )  # fmt: skip
        payloads = [to_payload(it) for it in arguments]
        return Exported.Start(self._definition.name or "Type", payloads, [], (1, 2), info)

    def _begin(self, *command: Any) -> int:
        self._operations += 1
        self.commands.append((*command[:1], self._operations, *command[1:]))
        return self._operations

    def _connect(self) -> None:
        """Makes the contract's functions this host's."""
        here: dict[Any, dict[str, Any]] = {
            contract.activities: {
                "schedule": lambda it: self._begin("activity", it.activity_type, *map(from_payload, it.input))
            },
            contract.timers: {"start": lambda after, metadata: self._begin("timer", after)},
            contract.children: {
                "start": lambda it: self._begin("child", it.workflow_type, *map(from_payload, it.input))
            },
            contract.external_workflows: {
                "signal": lambda target, name, values, headers: self._begin("signal", target.workflow_id, name),
                "request_cancel": lambda target, reason: self._begin("cancel other", target.workflow_id),
            },
            contract.operations: {"cancel": lambda operation, reason: self.commands.append(("cancel", operation))},
            contract.updates: {
                "complete": lambda id, output: self.commands.append(("updated", id, from_payload(output))),
                "fail": lambda id, layers: self.commands.append(("update failed", id, layers[0].message)),
            },
            contract.outcome: {
                "complete": lambda output: self._end("completed", from_payload(output)),
                "fail": lambda layers: self._end("failed", from_layers(layers)),
                "cancelled": lambda details: self._end("cancelled"),
                "continue_as_new": lambda it: self._end("continued", *map(from_payload, it.input)),
                "block": self._block,
            },
            contract.versions: {"patched": lambda id, deprecated: True},
            contract.log: {"write": lambda level, message, fields: None},
        }
        # They stay: a coroutine that is thrown away later may still give something up.
        for module, table in here.items():
            for name, function in table.items():
                setattr(module, name, function)

    def _end(self, *outcome: Any) -> None:
        self.outcome = outcome
        self.commands.append(outcome)

    def _block(self, layers: Any) -> None:
        # The real one never returns.
        self._blocked = self._blocked or Blocked(layers[0].message, layers[0].stack_trace)
        raise self._blocked


def fired(operation: int) -> Any:
    """A timer has fired."""
    return Exported.Job_TimerFired(operation)


def completed(operation: int, value: Any = None) -> Any:
    """An activity is done."""
    resolution = Exported.Resolution_Completed(to_payload(value))
    return Exported.Job_ActivityResolved(Exported.ActivityResolved(operation, resolution))


def cancelled_activity(operation: int) -> Any:
    """An activity is cancelled, as the host says it."""
    types = contract.types
    about = types.FailureInfo_Activity(types.ActivityFailure("work", "1", "", types.RetryState.CANCEL_REQUESTED))
    layers = [
        types.FailureLayer("activity error", "", "", None, about),
        types.FailureLayer("cancelled", "", "", None, types.FailureInfo_Cancelled([])),
    ]
    return Exported.Job_ActivityResolved(Exported.ActivityResolved(operation, Exported.Resolution_Cancelled(layers)))


def signalled(name: str, *values: Any) -> Any:
    """Somebody signals the run."""
    return Exported.Job_SignalReceived(Exported.Signal(name, [to_payload(it) for it in values], [], ""))


def updated(id: str, name: str, *values: Any) -> Any:
    """Somebody updates the run, and was accepted."""
    return Exported.Job_UpdateRequested(Exported.Update(id, name, [to_payload(it) for it in values], [], ""))


def cancel_requested(reason: str = "enough") -> Any:
    """Somebody asks the run to cancel itself."""
    return Exported.Job_CancelRequested(reason)
