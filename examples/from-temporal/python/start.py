"""Starts workflows, and talks to them.

python start.py order o-1 compass         has a compass shipped
python start.py order o-2 unobtainium     is refunded, since there is none
python start.py approval o-3              waits for an answer for a week; returns at once
python start.py status o-3
python start.py approve o-3
python start.py reject o-3 'too dear'
"""

import asyncio
import os
import sys

from temporalio.client import Client, WorkflowFailureError

from shared import TASK_QUEUE, ApprovalRequest, Order
from workflows import ApprovalWorkflow, OrderWorkflow


async def main(arguments: list[str]) -> None:
    client = await Client.connect(os.environ.get("TEMPORAL_ADDRESS", "127.0.0.1:7233"))
    match arguments:
        case ["order", order_id, sku]:
            order = Order(order_id=order_id, customer="ada", sku=sku, amount_cents=4200)
            try:
                print(
                    await client.execute_workflow(
                        OrderWorkflow.run, order, id=f"order-{order_id}", task_queue=TASK_QUEUE
                    )
                )
            except WorkflowFailureError as failure:
                print(f"{order_id} failed: {failure.cause.__cause__}")
        case ["approval", order_id]:
            request = ApprovalRequest(order_id=order_id, approver="grace")
            handle = await client.start_workflow(
                ApprovalWorkflow.run, request, id=f"approval-{order_id}", task_queue=TASK_QUEUE
            )
            print(f"started {handle.id}")
        case ["status", order_id]:
            print(await approval(client, order_id).query(ApprovalWorkflow.get_status))
        case ["approve", order_id]:
            await approval(client, order_id).signal(ApprovalWorkflow.approve)
            print(await approval(client, order_id).result())
        case ["reject", order_id, reason]:
            await approval(client, order_id).signal(ApprovalWorkflow.reject, reason)
            print(await approval(client, order_id).result())
        case _:
            sys.exit(__doc__)


def approval(client: Client, order_id: str):
    return client.get_workflow_handle_for(ApprovalWorkflow.run, f"approval-{order_id}")


asyncio.run(main(sys.argv[1:]))
# Threads of the SDK may still be ending, and Python before 3.14 then sometimes crashes on its way out
# (github.com/temporalio/sdk-python/issues/300).
sys.stdout.flush()
os._exit(0)
