"""What tests of schedules have in common."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from temporalio.api.common.v1 import WorkflowType
from temporalio.api.schedule.v1 import Schedule as WireSchedule, ScheduleAction as WireAction
from temporalio.api.schedule.v1 import ScheduleSpec as WireSpec
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflow.v1 import NewWorkflowExecutionInfo
from temporalio.client import (
    ScheduleActionStartWorkflow,
    ScheduleCalendarSpec,
    ScheduleDescription,
    ScheduleHandle,
    ScheduleIntervalSpec,
    ScheduleRange,
    ScheduleSpec,
)

HOUR = 3_600_000
EVERY_SECOND = ScheduleSpec(intervals=[ScheduleIntervalSpec(every=timedelta(seconds=1))])
YEARLY = ScheduleSpec(calendars=[ScheduleCalendarSpec(month=[ScheduleRange(1)], day_of_month=[ScheduleRange(1)])])

# Makes what starts a workflow of a type with arguments: the fixture `starting`.
Starting = Callable[..., ScheduleActionStartWorkflow]


async def until(handle: ScheduleHandle, condition: Callable[[ScheduleDescription], bool]) -> ScheduleDescription:
    for _ in range(600):
        description = await handle.describe()
        if condition(description):
            return description
        await asyncio.sleep(0.05)
    raise AssertionError(f"it never comes true: {description.raw_description}")


async def next_second() -> None:
    """The ids of the workflows that a schedule starts differ by the second for which each is."""
    await asyncio.sleep(1 - time.time() % 1)


def statuses(description: ScheduleDescription) -> list[Any]:
    return [action.start_workflow_status for action in description.raw_description.info.recent_actions]


def wire_schedule(workflow_id: str, spec: WireSpec | None = None, **start: Any) -> WireSchedule:
    info = NewWorkflowExecutionInfo(
        workflow_id=workflow_id,
        workflow_type=WorkflowType(name="idle"),
        task_queue=TaskQueue(name="nobody"),
        **start,
    )
    return WireSchedule(spec=spec or WireSpec(), action=WireAction(start_workflow=info))
