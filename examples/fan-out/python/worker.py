"""Measures items, with the official Temporal SDK.

python worker.py
"""

import asyncio
import os

from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker

ADDRESS = os.environ.get("TEMPORAL_ADDRESS", "127.0.0.1:7233")
TASK_QUEUE = "measurements"


@activity.defn
async def measure(item: int) -> int:
    return item % 10


ALL = [measure]


async def main() -> None:
    client = await Client.connect(ADDRESS)
    worker = Worker(client, task_queue=TASK_QUEUE, activities=ALL, max_concurrent_activities=200)
    print(f"worker ready: task queue {TASK_QUEUE!r} at {ADDRESS}", flush=True)
    await worker.run()


if __name__ == "__main__":
    asyncio.run(main())
