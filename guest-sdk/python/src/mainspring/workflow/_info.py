"""What is known of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from .. import _current
from ..common import Payload, Priority, RetryPolicy, SearchAttributes, TypedSearchAttributes


@dataclass(frozen=True)
class ParentInfo:
    """The workflow that started this one."""

    namespace: str
    run_id: str
    workflow_id: str


@dataclass(frozen=True)
class RootInfo:
    """The first of the workflows that started one another."""

    run_id: str
    workflow_id: str


@dataclass
class Info:
    """What is known of the run. `search_attributes` and `raw_memo` follow what the run upserts."""

    attempt: int
    continued_run_id: str | None
    cron_schedule: str | None
    execution_timeout: timedelta | None
    first_execution_run_id: str
    headers: Mapping[str, Payload]
    namespace: str
    original_execution_run_id: str
    parent: ParentInfo | None
    root: RootInfo | None
    priority: Priority
    raw_memo: Mapping[str, Payload]
    retry_policy: RetryPolicy | None
    run_id: str
    run_timeout: timedelta | None
    search_attributes: SearchAttributes
    start_time: datetime
    task_queue: str
    task_timeout: timedelta
    typed_search_attributes: TypedSearchAttributes
    workflow_id: str
    workflow_start_time: datetime
    workflow_type: str

    def get_current_history_length(self) -> int:
        """The number of events in the history so far."""
        return _current.run().history_length

    def get_current_history_size(self) -> int:
        """What the history takes in the journal, in bytes."""
        return _current.run().history_bytes

    def is_continue_as_new_suggested(self) -> bool:
        """Whether the host advises to continue as new."""
        return _current.run().continue_as_new_suggested

    def get_current_build_id(self) -> str:
        """Always empty: versions of modules are told by their digests, which runs do not know."""
        return ""
