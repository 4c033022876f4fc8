"""The worker's own count of what it really did: one line of JSON per executed activity.

`cargo xtask demo` compares it with the server's journal. A worker of yours does not need it.
"""

import json
import os
import time
from typing import Any

from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor


class Ledger(Interceptor):
    def __init__(self, path: str) -> None:
        # Lines this short, appended in one write, do not mix even if several workers share the file.
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Recorder(next, self)

    def record(self, entry: dict[str, Any]) -> None:
        os.write(self._file, (json.dumps(entry) + "\n").encode())
        os.fsync(self._file)


class _Recorder(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, ledger: Ledger) -> None:
        super().__init__(next)
        self._ledger = ledger

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        info = activity.info()
        started = time.time()
        outcome = "failed"
        try:
            output = await super().execute_activity(input)
            outcome = "completed"
            return output
        finally:
            # On disk before the server can hear of it.
            self._ledger.record(
                {
                    "activity": info.activity_type,
                    "workflowId": info.workflow_id,
                    "orderId": _order_id(input.args),
                    "attempt": info.attempt,
                    "outcome": outcome,
                    "startedMs": int(started * 1000),
                    "finishedMs": int(time.time() * 1000),
                }
            )


def _order_id(args: Any) -> str | None:
    """The order that an activity is about, where its argument says so."""
    match args:
        case [str(order_id)] | [{"orderId": str(order_id)}]:
            return order_id
    return None
