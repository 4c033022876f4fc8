"""Books a journey, and prints what came of it.

python start.py ada paris
python start.py ada moon
"""

import asyncio
import json
import os
import sys
import uuid

from temporalio.client import Client

ADDRESS = os.environ.get("TEMPORAL_ADDRESS", "127.0.0.1:7233")
TASK_QUEUE = "journeys"


async def main(traveller: str, destination: str) -> None:
    client = await Client.connect(ADDRESS)
    journey = {"traveller": traveller, "destination": destination}
    outcome = await client.execute_workflow(
        "bookJourney", journey, id=f"journey-{uuid.uuid4()}", task_queue=TASK_QUEUE
    )
    print(json.dumps(outcome))


if len(sys.argv) != 3:
    sys.exit(__doc__)
asyncio.run(main(*sys.argv[1:]))
# Threads of the SDK may still be ending, and Python before 3.14 then sometimes crashes on its way out
# (github.com/temporalio/sdk-python/issues/300).
sys.stdout.flush()
os._exit(0)
