"""The workflow itself, on a server that skips time: a day is over at once."""

import asyncio
from pathlib import Path

from mainspring import testing
from temporalio import activity
from temporalio.worker import Worker

WORKFLOWS = Path(__file__).parents[1]


def test_a_reminder_is_sent_after_a_day() -> None:
    async def story() -> None:
        reminded = []

        @activity.defn(name="send_reminder")
        async def mocked(whom: str) -> str:
            reminded.append(whom)
            return "sent"

        async with await testing.start_time_skipping(WORKFLOWS) as env:
            async with Worker(env.client, task_queue="reminders", activities=[mocked]):
                answer = await env.client.execute_workflow("remind", "Ada", id="ada", task_queue="reminders")
        assert answer == "sent"
        assert reminded == ["Ada"]

    asyncio.run(story())
