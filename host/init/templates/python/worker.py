"""Runs the activities, with the official Temporal SDK."""

import asyncio
import os

from temporalio.client import Client
from temporalio.worker import Worker

from activities import send_reminder

ADDRESS = os.environ.get("TEMPORAL_ADDRESS", "127.0.0.1:7233")


async def main() -> None:
    client = await Client.connect(ADDRESS)
    print(f"worker ready at {ADDRESS}", flush=True)
    await Worker(client, task_queue="reminders", activities=[send_reminder]).run()


asyncio.run(main())
