"""Runs the activities, for a Mainspring server, which has the workflows."""

import asyncio
import os

from temporalio.client import Client
from temporalio.worker import Worker

from activities import OrderActivities, cancel_order, notify_approver
from shared import TASK_QUEUE


async def main() -> None:
    client = await Client.connect(
        os.environ.get("TEMPORAL_ADDRESS", "127.0.0.1:7233"),
        namespace=os.environ.get("TEMPORAL_NAMESPACE", "default"),
    )
    activities = OrderActivities()
    worker = Worker(
        client,
        task_queue=TASK_QUEUE,
        activities=[activities.charge_card, activities.ship, activities.refund, notify_approver, cancel_order],
    )
    print("worker ready", flush=True)
    await worker.run()


if __name__ == "__main__":
    asyncio.run(main())
