"""A subscription: charged every period, changed and cancelled by signals, for years."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from mainspring import workflow

OPTIONS: dict[str, Any] = {"start_to_close_timeout": timedelta(seconds=30)}

# After so many periods, the run is followed by another one with a short history.
PERIODS_PER_RUN = 12


@dataclass
class Subscription:
    customer: str
    amountCents: int
    periodSeconds: float = 30 * 24 * 3600
    paidPeriods: int = 0


@workflow.defn(name="subscription")
class SubscriptionWorkflow:
    """Charges a customer every period until it is cancelled."""

    @workflow.init
    def __init__(self, subscription: Subscription) -> None:
        self.subscription = subscription
        self.cancelled = False

    @workflow.run
    async def run(self, subscription: Subscription) -> Subscription:
        if subscription.paidPeriods == 0:
            await workflow.execute_activity("welcome", subscription.customer, **OPTIONS)
        for _ in range(PERIODS_PER_RUN):
            await workflow.execute_activity(
                "charge", args=[self.subscription.customer, self.subscription.amountCents], **OPTIONS
            )
            self.subscription.paidPeriods += 1
            try:
                await workflow.wait_condition(lambda: self.cancelled, timeout=self.subscription.periodSeconds)
            except asyncio.TimeoutError:
                continue
            await workflow.execute_activity("farewell", self.subscription.customer, **OPTIONS)
            return self.subscription
        # What came meanwhile is handled before the next run takes over.
        await workflow.wait_condition(workflow.all_handlers_finished)
        workflow.continue_as_new(self.subscription)

    @workflow.signal
    def cancel(self) -> None:
        """Ends it with the period that is paid."""
        self.cancelled = True

    @workflow.update(name="changeAmount")
    def change_amount(self, amount_cents: int) -> int:
        """Another price from the next period on; gives the old one."""
        before = self.subscription.amountCents
        self.subscription.amountCents = amount_cents
        return before

    @change_amount.validator
    def check_amount(self, amount_cents: int) -> None:
        if amount_cents <= 0:
            raise ValueError("the amount must be more than nothing")

    @workflow.query
    def status(self) -> Subscription:
        """The subscription as it is."""
        return self.subscription
