"""Runs the activities, with the official Temporal SDK."""

import asyncio
import os

from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker

ADDRESS = os.environ.get("TEMPORAL_ADDRESS", "127.0.0.1:7233")


@activity.defn
async def send_reminder(whom: str) -> str:
    print(f"{whom}, it is time!", flush=True)
    return f"reminded {whom}"


async def main() -> None:
    client = await Client.connect(ADDRESS)
    print(f"worker ready at {ADDRESS}", flush=True)
    await Worker(client, task_queue="reminders", activities=[send_reminder]).run()


asyncio.run(main())
