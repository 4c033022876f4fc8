"""Exceptions to failures of the contract, and back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from .. import exceptions
from . import host
from .payloads import from_payload, to_payloads
from .traces import stack_trace

SOURCE = "PythonSDK"

# A chain of causes longer than this is cut.
LAYERS_MAX = 50


def to_layers(error: BaseException) -> list[Any]:
    """A failure: the exception, then what led to it."""
    layers: list[Any] = []
    seen: set[int] = set()
    next_error: BaseException | None = error
    while next_error is not None and id(next_error) not in seen and len(layers) < LAYERS_MAX:
        received = getattr(next_error, "_layers", None)
        if received is not None:
            # It came from outside, and goes on as it was.
            return layers + list(received)
        seen.add(id(next_error))
        layers.append(_layer(next_error))
        if next_error.__cause__ is not None:
            next_error = next_error.__cause__
        else:
            next_error = None if next_error.__suppress_context__ else next_error.__context__
    return layers


def _layer(error: BaseException) -> Any:
    if isinstance(error, exceptions.FailureError):
        message = error.message
    else:
        message = str(error)
    return host.types.FailureLayer(message, SOURCE, stack_trace(error.__traceback__), None, _info(error))


def _info(error: BaseException) -> Any:
    types = host.types
    if isinstance(error, exceptions.ApplicationError):
        delay = error.next_retry_delay
        return types.FailureInfo_Application(
            types.ApplicationFailure(
                error.type or "",
                error.non_retryable,
                error.category is exceptions.ApplicationErrorCategory.BENIGN,
                to_payloads(error.details),
                None if delay is None else round(delay.total_seconds() * 1000),
            )
        )
    if isinstance(error, exceptions.CancelledError):
        return types.FailureInfo_Cancelled(to_payloads(error.details))
    if isinstance(error, exceptions.TerminatedError):
        return types.FailureInfo_Terminated()
    if isinstance(error, exceptions.TimeoutError):
        kind = types.TimeoutKind[(error.type or exceptions.TimeoutType.START_TO_CLOSE).name]
        return types.FailureInfo_Timeout(types.TimeoutFailure(kind, to_payloads(error.last_heartbeat_details)))
    if isinstance(error, exceptions.ServerError):
        return types.FailureInfo_Server(error.non_retryable)
    if isinstance(error, exceptions.FailureError) and type(error) is exceptions.FailureError:
        return types.FailureInfo_Unspecified()
    kind = type(error).__name__
    return types.FailureInfo_Application(types.ApplicationFailure(kind, False, False, [], None))


def from_layers(layers: list[Any], namespace: str = "") -> BaseException:
    """The exception that a failure is, with its causes."""
    cause: BaseException | None = None
    for index in range(len(layers) - 1, -1, -1):
        error = _error(layers[index], namespace)
        error._layers = layers[index:]  # type: ignore[attr-defined]
        error._stack_trace = layers[index].stack_trace
        if cause is not None:
            error.__cause__ = cause
        cause = error
    return cause or exceptions.FailureError("Failure error")


def _error(layer: Any, namespace: str) -> exceptions.FailureError:
    message = layer.message
    if layer.encoded_attributes is not None:
        attributes = from_payload(layer.encoded_attributes)
        if isinstance(attributes, dict) and isinstance(attributes.get("message"), str):
            message = attributes["message"]
    info = layer.info
    types = host.types
    match type(info):
        case types.FailureInfo_Application:
            it = info.value
            return exceptions.ApplicationError(
                message or "Application error",
                *_values(it.details),
                type=it.kind or None,
                non_retryable=it.non_retryable,
                next_retry_delay=_milliseconds(it.next_retry_delay),
                category=exceptions.ApplicationErrorCategory(1 if it.benign else 0),
            )
        case types.FailureInfo_Activity:
            it = info.value
            return exceptions.ActivityError(
                message or "Activity error",
                identity=it.identity,
                activity_type=it.activity_type,
                activity_id=it.activity_id,
                retry_state=_retry_state(it.retry_state),
            )
        case types.FailureInfo_ChildWorkflow:
            it = info.value
            return exceptions.ChildWorkflowError(
                message or "Child workflow error",
                namespace=namespace,
                workflow_id=it.workflow_id,
                run_id=it.run_id,
                workflow_type=it.workflow_type,
                retry_state=_retry_state(it.retry_state),
            )
        case types.FailureInfo_Cancelled:
            return exceptions.CancelledError(message or "Cancelled", *_values(info.value))
        case types.FailureInfo_Terminated:
            return exceptions.TerminatedError(message or "Terminated")
        case types.FailureInfo_Timeout:
            return exceptions.TimeoutError(
                message or "Timeout",
                type=exceptions.TimeoutType[info.value.kind.name],
                last_heartbeat_details=_values(info.value.last_heartbeat_details),
            )
        case types.FailureInfo_Server:
            return exceptions.ServerError(message or "Server error", non_retryable=info.value)
        case _:
            return exceptions.FailureError(message or "Failure error")


def _values(payloads: list[Any]) -> list[Any]:
    return [from_payload(payload) for payload in payloads]


def _retry_state(state: Any) -> exceptions.RetryState | None:
    return exceptions.RetryState(state.value) if state.value else None


def _milliseconds(duration: int | None) -> timedelta | None:
    return None if duration is None else timedelta(milliseconds=duration)
