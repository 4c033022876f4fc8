"""Where the server is, and how long to bear with it."""

import os

from temporalio.client import Client
from temporalio.service import RetryConfig

ADDRESS = os.environ.get("TEMPORAL_ADDRESS", "127.0.0.1:7233")
NAMESPACE = os.environ.get("TEMPORAL_NAMESPACE", "default")
TASK_QUEUE = "orders"


async def connect() -> Client:
    # Goes on asking, and telling outcomes, while the server is away for a while. By default the SDK gives up
    # ten seconds after a call began, which for an awaited result may be long before the server went.
    patience = RetryConfig(max_interval_millis=500, max_elapsed_time_millis=60_000, max_retries=0)
    return await Client.connect(ADDRESS, namespace=NAMESPACE, retry_config=patience)
