"""What workflows, activities and clients have in common: policies, priorities, search attributes, raw values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Any, ClassVar

from . import _refused
from ._search_attributes import (
    SearchAttributeIndexedValueType,
    SearchAttributeKey,
    SearchAttributePair,
    SearchAttributes,
    SearchAttributeUpdate,
    TypedSearchAttributes,
)

__all__ = [
    "Payload",
    "Priority",
    "RawValue",
    "RetryPolicy",
    "SearchAttributeIndexedValueType",
    "SearchAttributeKey",
    "SearchAttributePair",
    "SearchAttributeUpdate",
    "SearchAttributes",
    "TypedSearchAttributes",
    "VersioningBehavior",
    "WorkflowIDReusePolicy",
]


@dataclass
class RetryPolicy:
    """How often, and after which delays, something that failed is tried again."""

    initial_interval: timedelta = timedelta(seconds=1)
    """The delay before the second attempt."""
    backoff_coefficient: float = 2.0
    """What each delay is multiplied with for the next."""
    maximum_interval: timedelta | None = None
    """No delay is longer. By default, 100 times the first."""
    maximum_attempts: int = 0
    """0: no limit."""
    non_retryable_error_types: Sequence[str] | None = None
    """Application errors of these types are not tried again."""

    def validate(self) -> None:
        """Raises `ValueError` for what makes no sense."""
        if self.initial_interval <= timedelta(0):
            raise ValueError("Initial interval must be positive")
        if self.backoff_coefficient < 1:
            raise ValueError("Backoff coefficient cannot be less than 1")
        if self.maximum_interval is not None and self.maximum_interval < self.initial_interval:
            raise ValueError("Maximum interval cannot be less than initial interval")
        if self.maximum_attempts < 0:
            raise ValueError("Maximum attempts cannot be negative")


@dataclass(frozen=True)
class Priority:
    """What is done first, and who gets how much, where a task queue has more to do than workers."""

    priority_key: int | None = None
    """1 is the most urgent, 5 the least."""
    fairness_key: str | None = None
    """Those who share a queue each get their share."""
    fairness_weight: float | None = None
    """How large the share is."""

    default: ClassVar[Priority]

    def __post_init__(self) -> None:
        if self.priority_key is not None and self.priority_key < 1:
            raise ValueError("priority_key must be a positive integer")


Priority.default = Priority()


class WorkflowIDReusePolicy(IntEnum):
    """What becomes of a workflow id that a closed workflow has already used."""

    ALLOW_DUPLICATE = 1
    ALLOW_DUPLICATE_FAILED_ONLY = 2
    REJECT_DUPLICATE = 3
    TERMINATE_IF_RUNNING = 4


class VersioningBehavior(IntEnum):
    """What becomes of runs when a new version of their module comes. Mainspring's always follow it."""

    UNSPECIFIED = 0
    PINNED = 1
    AUTO_UPGRADE = 2


@dataclass(frozen=True)
class Payload:
    """A value as its converter encoded it."""

    metadata: Mapping[str, bytes] = field(default_factory=dict)
    """`encoding`, and whatever else the converter noted."""
    data: bytes = b""


@dataclass(frozen=True)
class RawValue:
    """A value that is handed over as it is, not converted."""

    payload: Any
    """A `Payload`. With the official client, Temporal's message of that name."""


if not TYPE_CHECKING:
    __getattr__ = _refused.telling(__name__)
