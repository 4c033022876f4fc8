"""An order that somebody has to approve within a week."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from mainspring import workflow


@dataclass
class Approval:
    """The `approve` signal's argument."""

    approver: str


@dataclass
class Decision:
    """How it was decided."""

    orderId: str
    approved: bool
    approver: str | None


@workflow.defn(name="approveOrder")
class ApproveOrder:
    """Waits up to seven days for somebody to approve an order, and cancels the order otherwise."""

    def __init__(self) -> None:
        self.approval: Approval | None = None
        self.cancelled = False

    @workflow.run
    async def run(self, order_id: str) -> Decision:
        try:
            await workflow.wait_condition(lambda: self.approval is not None, timeout=timedelta(days=7))
        except (asyncio.TimeoutError, asyncio.CancelledError) as error:
            self.cancelled = True
            await workflow.execute_activity("cancelOrder", order_id, start_to_close_timeout=timedelta(seconds=30))
            if isinstance(error, asyncio.CancelledError):
                raise
            return Decision(order_id, approved=False, approver=None)
        return Decision(order_id, approved=True, approver=self.approval.approver if self.approval else None)

    @workflow.signal
    def approve(self, approval: Approval) -> None:
        """Approves the order. The first one counts; it comes too late when the week is over."""
        if self.approval is None and not self.cancelled:
            self.approval = approval

    @workflow.query
    def status(self) -> str:
        """`waiting`, `approved by …` or `cancelled`."""
        if self.cancelled:
            return "cancelled"
        return f"approved by {self.approval.approver}" if self.approval else "waiting"
