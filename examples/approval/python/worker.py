"""Runs the one activity of the approval, with the official Temporal SDK."""

import asyncio
import os
import signal

from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker

ADDRESS = os.environ.get("TEMPORAL_ADDRESS", "127.0.0.1:7233")
TASK_QUEUE = "approvals"


@activity.defn(name="cancelOrder")
async def cancel_order(order_id: str) -> None:
    print(f"{order_id}: nobody approved it, cancelled", flush=True)


async def main() -> None:
    client = await Client.connect(ADDRESS)
    worker = Worker(client, task_queue=TASK_QUEUE, activities=[cancel_order])
    stop = asyncio.Event()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(wanted, stop.set)
    async with worker:
        print(f"worker ready: task queue {TASK_QUEUE!r} at {ADDRESS}", flush=True)
        await stop.wait()


asyncio.run(main())
