"""Prints a line of JSON for each completed activity in the histories of the workflows named."""

import asyncio
import json
import os
import sys

from temporalio.client import Client


async def main(workflow_ids: list[str]) -> None:
    client = await Client.connect(os.environ["TEMPORAL_ADDRESS"])
    for workflow_id in workflow_ids:
        activity_types: dict[int, str] = {}
        async for event in client.get_workflow_handle(workflow_id).fetch_history_events():
            if event.HasField("activity_task_scheduled_event_attributes"):
                scheduled = event.activity_task_scheduled_event_attributes
                activity_types[event.event_id] = scheduled.activity_type.name
            elif event.HasField("activity_task_completed_event_attributes"):
                completed = event.activity_task_completed_event_attributes
                line = {
                    "workflowId": workflow_id,
                    "activity": activity_types[completed.scheduled_event_id],
                    "completedMs": event.event_time.ToMilliseconds(),
                }
                print(json.dumps(line))


asyncio.run(main(sys.argv[1:]))
# Threads of the SDK may still be ending, and Python before 3.14 then sometimes crashes on its way out
# (github.com/temporalio/sdk-python/issues/300).
sys.stdout.flush()
os._exit(0)
