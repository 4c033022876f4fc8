"""Starts an order for each id given, waits for them all, and prints what came of each.

    python start.py o-1 o-2 unknown-3
"""

import asyncio
import json
import os
import sys

from temporalio.client import Client, WorkflowFailureError
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from connection import TASK_QUEUE, connect


async def process(client: Client, order_id: str) -> bool:
    handle = await client.start_workflow(
        "processOrder",
        order_id,
        # The workflow id is what makes an order one order, however often this script is run.
        id=f"order-{order_id}",
        task_queue=TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )
    try:
        receipt = await handle.result()
    except WorkflowFailureError as failure:
        print(f"{order_id} failed: {innermost(failure)}", flush=True)
        return False
    except RPCError as error:
        print(f"{order_id}: no answer, though the order may well be under way: {error.message}", flush=True)
        return False
    print(f"{order_id} done: {json.dumps(receipt)}", flush=True)
    return True


def innermost(error: BaseException) -> BaseException:
    while error.__cause__ is not None:
        error = error.__cause__
    return error


async def main(order_ids: list[str]) -> int:
    client = await connect()
    succeeded = await asyncio.gather(*(process(client, order_id) for order_id in order_ids))
    return 0 if all(succeeded) else 1


if len(sys.argv) < 2:
    sys.exit(__doc__)
status = asyncio.run(main(sys.argv[1:]))
# Not `sys.exit`: threads of the SDK may still be ending, and Python before 3.14 then sometimes crashes on its way out
# (github.com/temporalio/sdk-python/issues/300).
sys.stdout.flush()
os._exit(status)
