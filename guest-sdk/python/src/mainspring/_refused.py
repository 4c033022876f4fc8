"""What Temporal's SDK has and this one has not, and why. A test compares the two, name by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

_NEXUS = "there is no Nexus: make it an activity or a child"
_METRICS = "a workflow has no metrics: the host counts what it does, and activities may count the rest"
_VERSIONS = "runs follow the versions of their module, which `mainspring module` decides, and not their workers'"
_GROUPS = "tools do not show groups of events"
_TYPES = "it stands in signatures of Temporal's SDK; this one's are written without it"
_CLIENTS = "it is for clients, which use Temporal's SDK"
_TASK = "an operation of the host is a future, and not a task with a coroutine"
_MESSAGES = "Temporal's messages are compiled code, which a module cannot have"
_EVENTS = "activities and children do not tell which events they are"
_SANDBOX = "there is no sandbox around a module: it has no way out"

NAMES: dict[str, dict[str, str]] = {
    "workflow": {
        "ContinueAsNewVersioningBehavior": _VERSIONS,
        "DynamicWorkflowConfig": "dynamic workflows are configured by `workflow.defn`",
        "EventGroup": _GROUPS,
        "NexusClient": _NEXUS,
        "NexusOperationCancellationType": _NEXUS,
        "NexusOperationHandle": _NEXUS,
        "NondeterminismError": "a run that diverges from its history is blocked by the host, and no code of it sees that",
        "SandboxImportNotificationPolicy": _SANDBOX,
        "VersioningIntent": _VERSIONS,
        "create_event_group": _GROUPS,
        "create_nexus_client": _NEXUS,
        "dynamic_config": "dynamic workflows are configured by `workflow.defn`",
        "extern_functions": "a workflow can call nothing of its worker: make it an activity",
        "metric_meter": _METRICS,
        "signal_with_start_workflow": "it goes through Nexus: start a child, and signal it, or make it an activity",
        **dict.fromkeys(
            (
                "AnyType", "CallableAsyncNoParam", "CallableAsyncSingleParam", "CallableAsyncType", "CallableSyncNoParam",
                "CallableSyncOrAsyncReturnNoneType", "CallableSyncOrAsyncType", "CallableSyncSingleParam", "CallableType",
                "ClassType", "MethodAsyncNoParam", "MethodAsyncSingleParam", "MethodSyncNoParam",
                "MethodSyncOrAsyncNoParam", "MethodSyncOrAsyncSingleParam", "MethodSyncSingleParam", "MultiParamSpec",
                "ParamType", "ProtocolReturnType", "ReturnType", "SelfType",
            ),
            _TYPES,
        ),
    },
    "common": {
        **dict.fromkeys(
            (
                "ActivityIDConflictPolicy", "ActivityIDReusePolicy", "HeaderCodecBehavior", "QueryRejectCondition",
                "WorkflowIDConflictPolicy",
            ),
            _CLIENTS,
        ),
        **dict.fromkeys(
            (
                "MetricCommon", "MetricCounter", "MetricGauge", "MetricGaugeFloat", "MetricHistogram",
                "MetricHistogramFloat", "MetricHistogramTimedelta", "MetricMeter",
            ),
            _METRICS,
        ),
        **dict.fromkeys(
            (
                "NexusOperationCancellationState", "NexusOperationExecutionStatus", "NexusOperationIDConflictPolicy",
                "NexusOperationIDReusePolicy", "PendingNexusOperationExecutionState",
            ),
            _NEXUS,
        ),
        **dict.fromkeys(
            (
                "AutoUpgradeVersioningOverride", "OneTimeVersioningOverride", "PinnedVersioningOverride",
                "VersioningOverride", "WorkerDeploymentVersion",
            ),
            _VERSIONS,
        ),
        "SearchAttributeValueType": _TYPES,
    },
    "exceptions": {
        "ActivityAlreadyStartedError": _CLIENTS,
        "InvalidVersioningOverrideError": _VERSIONS,
        "NexusOperationAlreadyStartedError": _NEXUS,
        "NexusOperationError": _NEXUS,
    },
}  # fmt: skip
"""Names of modules."""

MEMBERS: dict[str, str] = {
    **{
        f"{kind}.{name}": _TASK
        for kind in ("ActivityHandle", "ChildWorkflowHandle")
        for name in (
            "cancelling", "context", "coro", "get_coro", "get_name", "get_stack", "name", "print_stack", "set_name",
            "uncancel",
        )
    },
    "ActivityError.scheduled_event_id": _EVENTS,
    "ActivityError.started_event_id": _EVENTS,
    "ChildWorkflowError.initiated_event_id": _EVENTS,
    "ChildWorkflowError.started_event_id": _EVENTS,
    "FailureError.failure": _MESSAGES,
    "Info.get_current_deployment_version": _VERSIONS,
    "Info.is_target_worker_deployment_version_changed": _VERSIONS,
    "LoggerAdapter.unsafe_disable_sandbox": _SANDBOX,
    "RetryPolicy.apply_to_proto": _MESSAGES,
    "RetryPolicy.from_proto": _MESSAGES,
    "unsafe.current_import_notification_policy_override": _SANDBOX,
    "unsafe.sandbox_import_notification_policy": _SANDBOX,
}  # fmt: skip
"""Attributes of classes, which a class that inherits them lacks, too. They are no arguments of its constructor, either."""

PARAMETERS: dict[str, str] = {
    "event_groups": _GROUPS,
    "initial_versioning_behavior": _VERSIONS,
    "versioning_intent": _VERSIONS,
    "versioning_override": _VERSIONS,
}
"""Parameters, of whichever function has them."""


def reason(module: str, name: str) -> str | None:
    """Why a module has no such name; nothing if Temporal's has none, either."""
    return NAMES.get(module.rpartition(".")[2], {}).get(name)


def telling(module: str) -> Callable[[str], Any]:
    """A module's `__getattr__`, which says why something is not there."""

    def refuse(name: str) -> NoReturn:
        told = reason(module, name)
        raise AttributeError(f"module {module!r} has no attribute {name!r}" + (f": {told}" if told else ""))

    return refuse
