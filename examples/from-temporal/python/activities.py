"""What the workflows have done by the world outside."""

from temporalio import activity

from shared import ApprovalRequest, Order


class NoSuchCustomerError(Exception):
    """Asking again makes nobody a customer."""


class OutOfStockError(Exception):
    """There is none left, and none will come."""


class OrderActivities:
    """What an order needs; an instance would have the connections to the bank and to the warehouse."""

    @activity.defn
    async def charge_card(self, order: Order) -> str:
        if order.customer == "nobody":
            raise NoSuchCustomerError(f"{order.customer} has no account")
        activity.logger.info("charging %s %d cents", order.customer, order.amount_cents)
        return f"charge-{order.order_id}"

    @activity.defn
    async def ship(self, order: Order) -> str:
        if order.sku == "unobtainium":
            raise OutOfStockError(f"there is no {order.sku}")
        return f"parcel-{order.order_id}"

    @activity.defn
    async def refund(self, charge_id: str) -> str:
        activity.logger.info("giving back %s", charge_id)
        return f"refund of {charge_id}"


@activity.defn
async def notify_approver(request: ApprovalRequest) -> None:
    activity.logger.info("%s, please approve %s", request.approver, request.order_id)


@activity.defn
async def cancel_order(order_id: str) -> None:
    activity.logger.info("%s is cancelled", order_id)
