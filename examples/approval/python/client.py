"""Asks for an approval, gives it, and looks at it.

    python client.py start o-1            start waiting; returns at once
    python client.py status o-1           ask the running workflow how it stands
    python client.py approve o-1 grace    approve, in somebody's name
    python client.py result o-1           wait for the outcome
"""

import asyncio
import json
import os
import sys

from temporalio.client import Client

ADDRESS = os.environ.get("TEMPORAL_ADDRESS", "127.0.0.1:7233")
TASK_QUEUE = "approvals"


async def main(arguments: list[str]) -> None:
    client = await Client.connect(ADDRESS)
    match arguments:
        case ["start", order_id]:
            handle = await client.start_workflow(
                "approveOrder", order_id, id=workflow_id(order_id), task_queue=TASK_QUEUE
            )
            print(f"started {handle.id}, run {handle.result_run_id}")
        case ["status", order_id]:
            show(await client.get_workflow_handle(workflow_id(order_id)).query("status"))
        case ["approve", order_id, approver]:
            await client.get_workflow_handle(workflow_id(order_id)).signal("approve", {"approver": approver})
            print(f"{order_id} approved by {approver}")
        case ["result", order_id]:
            show(await client.get_workflow_handle(workflow_id(order_id)).result())
        case _:
            sys.exit(__doc__)


def workflow_id(order_id: str) -> str:
    return f"approval-{order_id}"


def show(value: object) -> None:
    print(json.dumps(value))


asyncio.run(main(sys.argv[1:]))
# Threads of the SDK may still be ending, and Python before 3.14 then sometimes crashes on its way out
# (github.com/temporalio/sdk-python/issues/300).
sys.stdout.flush()
os._exit(0)
