"""Runs what a subscription does, with the official Temporal SDK.

python worker.py
"""

import asyncio
import os

from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker

ADDRESS = os.environ.get("TEMPORAL_ADDRESS", "127.0.0.1:7233")
TASK_QUEUE = "subscriptions"


@activity.defn
async def welcome(customer: str) -> None:
    print(f"{customer}: welcome", flush=True)


@activity.defn
async def charge(customer: str, amount_cents: int) -> None:
    print(f"{customer}: charged {amount_cents} cents", flush=True)


@activity.defn
async def farewell(customer: str) -> None:
    print(f"{customer}: goodbye", flush=True)


ALL = [welcome, charge, farewell]


async def main() -> None:
    client = await Client.connect(ADDRESS)
    worker = Worker(client, task_queue=TASK_QUEUE, activities=ALL)
    print(f"worker ready: task queue {TASK_QUEUE!r} at {ADDRESS}", flush=True)
    await worker.run()


if __name__ == "__main__":
    asyncio.run(main())
