"""What an order does to the world outside. Each function stands for a call to some other system."""

import asyncio
import os
import random
import uuid
from typing import TypedDict

from temporalio import activity
from temporalio.exceptions import ApplicationError

STEP_SECONDS = int(os.environ.get("ORDER_STEP_MS", "0")) / 1000


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


class Confirmation(TypedDict):
    orderId: str
    customer: str
    chargeId: str
    trackingNumber: str


@activity.defn(name="validateOrder")
async def validate_order(order_id: str) -> Order:
    await take_time()
    if order_id.startswith("unknown-"):
        # Asking again will not make the order known.
        raise ApplicationError(f"there is no order {order_id}", type="UnknownOrder", non_retryable=True)
    return {
        "orderId": order_id,
        "customer": "ada@example.com",
        "amountCents": 4_200,
        "items": [{"sku": "mainspring", "quantity": 1}, {"sku": "balance-wheel", "quantity": 2}],
    }


@activity.defn(name="chargeCard")
async def charge_card(order: Order) -> Charge:
    # A payment provider is also given a key, `activity.info().workflow_id` for one, under which it charges
    # once: an attempt that has charged but could not say so is followed by another.
    await take_time()
    return {"chargeId": f"ch-{uuid.uuid4().hex[:12]}", "amountCents": order["amountCents"]}


@activity.defn(name="createShipment")
async def create_shipment(order: Order) -> Shipment:
    await take_time()
    return {"trackingNumber": f"tr-{uuid.uuid4().hex[:12]}"}


@activity.defn(name="updateInventory")
async def update_inventory(items: list[Item]) -> None:
    await take_time()


@activity.defn(name="sendConfirmation")
async def send_confirmation(confirmation: Confirmation) -> None:
    await take_time()


async def take_time() -> None:
    """Makes an activity take about as long as is wished, so that one can watch it, or kill something meanwhile."""
    await asyncio.sleep(STEP_SECONDS * random.uniform(0.5, 1.5))


ALL = [validate_order, charge_card, create_shipment, update_inventory, send_confirmation]
