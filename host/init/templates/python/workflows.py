"""Sends a reminder when its time has come."""

import asyncio
from datetime import timedelta

from mainspring import workflow

with workflow.unsafe.imports_passed_through():
    from activities import send_reminder


@workflow.defn(name="remind")
class Remind:
    """Waits for a day, and reminds somebody then."""

    @workflow.run
    async def run(self, whom: str) -> str:
        await asyncio.sleep(timedelta(days=1).total_seconds())
        return await workflow.execute_activity(send_reminder, whom, start_to_close_timeout=timedelta(seconds=30))
