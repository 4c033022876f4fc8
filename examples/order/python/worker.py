"""Runs the order's activities with the official Temporal SDK. No workflow is registered here: Mainspring runs it."""

import asyncio
import os
import signal

from temporalio.worker import Worker

import activities
from connection import ADDRESS, TASK_QUEUE, connect
from ledger import Ledger


async def main() -> None:
    client = await connect()
    ledger = os.environ.get("ORDER_LEDGER")
    worker = Worker(
        client,
        task_queue=TASK_QUEUE,
        activities=activities.ALL,
        interceptors=[Ledger(ledger)] if ledger else [],
    )
    stop = asyncio.Event()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(wanted, stop.set)
    async with worker:
        print(f"worker ready: task queue {TASK_QUEUE!r} at {ADDRESS}", flush=True)
        await stop.wait()
        print("worker stopping", flush=True)


asyncio.run(main())
