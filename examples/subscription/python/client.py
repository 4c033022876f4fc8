"""Begins a subscription, looks at it, changes it, ends it.

python client.py start ada 500     charge ada 5.00 every five seconds; returns at once
python client.py status ada        ask the running workflow how it stands
python client.py change ada 700    another price from the next period on
python client.py cancel ada        end it with the period that is paid
python client.py result ada        wait for the end
"""

import asyncio
import json
import os
import sys

from temporalio.client import Client, WorkflowUpdateFailedError

ADDRESS = os.environ.get("TEMPORAL_ADDRESS", "127.0.0.1:7233")
TASK_QUEUE = "subscriptions"


async def main(arguments: list[str]) -> None:
    if len(arguments) < 2:
        sys.exit(__doc__)
    client = await Client.connect(ADDRESS)
    workflow_id = f"subscription-{arguments[1]}"
    handle = client.get_workflow_handle(workflow_id)
    match arguments:
        case ["start", customer, amount]:
            subscription = {"customer": customer, "amountCents": int(amount), "periodSeconds": 5}
            await client.start_workflow("subscription", subscription, id=workflow_id, task_queue=TASK_QUEUE)
            print(f"started {workflow_id}")
        case ["status", _]:
            print(json.dumps(await handle.query("status")))
        case ["change", _, amount]:
            try:
                before = await handle.execute_update("changeAmount", int(amount))
                print(f"{amount} cents from now on, instead of {before}")
            except WorkflowUpdateFailedError as refused:
                print(f"refused: {refused.cause}")
        case ["cancel", _]:
            await handle.signal("cancel")
            print(f"{workflow_id} ends with the period that is paid")
        case ["result", _]:
            print(json.dumps(await handle.result()))
        case _:
            sys.exit(__doc__)


asyncio.run(main(sys.argv[1:]))
# Threads of the SDK may still be ending, and Python before 3.14 then sometimes crashes on its way out
# (github.com/temporalio/sdk-python/issues/300).
sys.stdout.flush()
os._exit(0)
