"""Tests of the approval, whichever language it is written in: the module itself, and a week that is over at once.

    pip install -r requirements.txt pytest ../../../guest-sdk/python
    python -m pytest test_approval.py
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio import activity
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from mainspring import testing

#: What to test; the crate is built if nothing else is named.
WORKFLOWS = os.environ.get("APPROVAL_WORKFLOWS") or str(Path(__file__).parents[1] / "workflow-rust")
TASK_QUEUE = "approvals"
WEEK = timedelta(days=7)


def run(story: Callable[[WorkflowEnvironment, list[str]], Awaitable[None]]) -> None:
    """Plays a story in an environment of its own, with an activity that only notes what it is asked."""

    async def play() -> None:
        cancelled: list[str] = []

        @activity.defn(name="cancelOrder")
        async def cancel_order(order_id: str) -> None:
            cancelled.append(order_id)

        async with await testing.start_time_skipping(WORKFLOWS) as env:
            async with Worker(env.client, task_queue=TASK_QUEUE, activities=[cancel_order]):
                await story(env, cancelled)

    asyncio.run(asyncio.wait_for(play(), timeout=300))


def start_arguments(order_id: str) -> dict[str, Any]:
    return {"id": f"approval-{order_id}", "task_queue": TASK_QUEUE}


def test_nobody_approves_for_a_week() -> None:
    async def story(env: WorkflowEnvironment, cancelled: list[str]) -> None:
        began, clock = await env.get_current_time(), time.monotonic()
        outcome = await env.client.execute_workflow("approveOrder", "o-1", **start_arguments("o-1"))
        assert outcome == {"orderId": "o-1", "approved": False, "approver": None}
        assert cancelled == ["o-1"]
        assert await env.get_current_time() - began >= WEEK
        assert time.monotonic() - clock < 30

    run(story)


def test_somebody_approves_on_the_sixth_day() -> None:
    async def story(env: WorkflowEnvironment, cancelled: list[str]) -> None:
        began = await env.get_current_time()
        handle = await env.client.start_workflow("approveOrder", "o-2", **start_arguments("o-2"))
        await env.sleep(timedelta(days=6))
        assert await handle.query("status") == "waiting"
        await handle.signal("approve", {"approver": "grace"})
        assert await handle.result() == {"orderId": "o-2", "approved": True, "approver": "grace"}
        assert cancelled == []
        assert timedelta(days=6) <= await env.get_current_time() - began < WEEK

    run(story)


def test_what_cannot_be_built_is_said() -> None:
    async def build() -> None:
        with pytest.raises(testing.BuildError, match="no source of workflows"):
            await testing.start_time_skipping(Path(__file__).parent / "requirements.txt")

    asyncio.run(build())
