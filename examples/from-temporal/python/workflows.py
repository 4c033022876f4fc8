"""An order, and its approval."""

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from activities import OrderActivities, cancel_order, notify_approver
    from shared import ApprovalRequest, Order


@workflow.defn
class OrderWorkflow:
    """Charges and ships; gives the money back if there is nothing to ship."""

    @workflow.run
    async def run(self, order: Order) -> str:
        retry_policy = RetryPolicy(
            maximum_attempts=3,
            maximum_interval=timedelta(seconds=2),
            non_retryable_error_types=["NoSuchCustomerError", "OutOfStockError"],
        )
        charge_id = await workflow.execute_activity_method(
            OrderActivities.charge_card,
            order,
            start_to_close_timeout=timedelta(seconds=5),
            retry_policy=retry_policy,
        )
        try:
            parcel = await workflow.execute_activity_method(
                OrderActivities.ship,
                order,
                start_to_close_timeout=timedelta(seconds=5),
                retry_policy=retry_policy,
            )
        except ActivityError as no_parcel:
            workflow.logger.error("nothing was shipped: %s", no_parcel)
            await workflow.execute_activity_method(
                OrderActivities.refund,
                charge_id,
                start_to_close_timeout=timedelta(seconds=5),
                retry_policy=retry_policy,
            )
            raise
        return f"{order.order_id} is on its way as {parcel}, paid with {charge_id}"


@workflow.defn
class ApprovalWorkflow:
    """Waits a week for somebody to say yes or no."""

    def __init__(self) -> None:
        self.status = "waiting"

    @workflow.run
    async def run(self, request: ApprovalRequest) -> str:
        await workflow.execute_activity(
            notify_approver,
            request,
            start_to_close_timeout=timedelta(seconds=10),
        )
        try:
            await workflow.wait_condition(lambda: self.status != "waiting", timeout=timedelta(days=7))
        except asyncio.TimeoutError:
            self.status = "too late"
        if self.status != "approved":
            await workflow.execute_activity(
                cancel_order,
                request.order_id,
                start_to_close_timeout=timedelta(seconds=10),
            )
        return self.status

    @workflow.signal
    async def approve(self) -> None:
        self.status = "approved"

    @workflow.signal
    async def reject(self, reason: str) -> None:
        self.status = f"rejected: {reason}"

    @workflow.query
    def get_status(self) -> str:
        return self.status
