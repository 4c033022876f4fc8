"""The order of every tutorial: validate, charge, ship, update the stock, tell the customer.

The activities are in `../python` and `../typescript`; the shapes of their data are in `../README.md`.
"""

from datetime import timedelta
from typing import Any, TypedDict

from mainspring import workflow
from mainspring.common import RetryPolicy


class Item(TypedDict):
    sku: str
    quantity: int


class Order(TypedDict):
    orderId: str
    customer: str
    amountCents: int
    items: list[Item]


class Charge(TypedDict):
    chargeId: str
    amountCents: int


class Shipment(TypedDict):
    trackingNumber: str


class Receipt(TypedDict):
    orderId: str
    chargeId: str
    trackingNumber: str


OPTIONS: dict[str, Any] = {
    "start_to_close_timeout": timedelta(seconds=30),
    "retry_policy": RetryPolicy(initial_interval=timedelta(seconds=1), backoff_coefficient=2.0, maximum_attempts=5),
}


@workflow.defn(name="processOrder")
class ProcessOrder:
    """Takes an order from the click to the parcel."""

    @workflow.run
    async def run(self, order_id: str) -> Receipt:
        # An order that the shop does not know fails as `UnknownOrder`, and is not tried again.
        order: Order = await workflow.execute_activity("validateOrder", order_id, result_type=Order, **OPTIONS)
        charge: Charge = await workflow.execute_activity("chargeCard", order, result_type=Charge, **OPTIONS)
        workflow.logger.info("charged %d cents", charge["amountCents"], extra={"charge_id": charge["chargeId"]})

        shipment: Shipment = await workflow.execute_activity("createShipment", order, result_type=Shipment, **OPTIONS)
        await workflow.execute_activity("updateInventory", order["items"], **OPTIONS)
        confirmation = {
            "orderId": order_id,
            "customer": order["customer"],
            "chargeId": charge["chargeId"],
            "trackingNumber": shipment["trackingNumber"],
        }
        await workflow.execute_activity("sendConfirmation", confirmation, **OPTIONS)
        return {
            "orderId": order_id,
            "chargeId": charge["chargeId"],
            "trackingNumber": shipment["trackingNumber"],
        }
