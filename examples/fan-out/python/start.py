"""Has items measured, and prints what they add up to.

python start.py           a thousand
python start.py 5000      as many as are wished
"""

import asyncio
import os
import sys
import time
import uuid

from temporalio.client import Client

ADDRESS = os.environ.get("TEMPORAL_ADDRESS", "127.0.0.1:7233")
TASK_QUEUE = "measurements"


async def main(items: int) -> None:
    client = await Client.connect(ADDRESS)
    began = time.monotonic()
    total = await client.execute_workflow(
        "fanOut", {"items": items}, id=f"fan-out-{uuid.uuid4()}", task_queue=TASK_QUEUE
    )
    print(f"{items} items add up to {total}, in {(time.monotonic() - began) * 1000:.0f} ms")


asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000))
# Threads of the SDK may still be ending, and Python before 3.14 then sometimes crashes on its way out
# (github.com/temporalio/sdk-python/issues/300).
sys.stdout.flush()
os._exit(0)
