"""The same workflow has the same history in every language, event by event."""

import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.worker import Worker

from examples import NAMESPACES, connect, history, load, until

Handle = WorkflowHandle[Any, Any]


@activity.defn(name="validateOrder")
async def validate_order(order_id: str) -> dict[str, Any]:
    return {"orderId": order_id, "customer": "ada", "amountCents": 1999, "items": [{"sku": "a-1", "quantity": 2}]}


@activity.defn(name="chargeCard")
async def charge_card(order: dict[str, Any]) -> dict[str, Any]:
    return {"chargeId": "ch-1", "amountCents": order["amountCents"]}


@activity.defn(name="createShipment")
async def create_shipment(_order: dict[str, Any]) -> dict[str, Any]:
    return {"trackingNumber": "tr-1"}


@activity.defn(name="updateInventory")
async def update_inventory(_items: list[Any]) -> None: ...


@activity.defn(name="sendConfirmation")
async def send_confirmation(_message: dict[str, Any]) -> None: ...


@activity.defn(name="cancelOrder")
async def cancel_order(_order_id: str) -> None: ...


# Those of the example make up ids.
OF_ORDERS: list[Callable[..., Any]] = [
    validate_order, charge_card, create_shipment, update_inventory, send_confirmation, cancel_order,
]  # fmt: skip


async def an_order(client: Client, workflow_id: str, task_queue: str) -> list[Handle]:
    handle = await client.start_workflow("processOrder", "o-1", id=workflow_id, task_queue=task_queue)
    await handle.result()
    return [handle]


async def approvals(client: Client, workflow_id: str, task_queue: str) -> list[Handle]:
    """One that is given, and one that is cancelled."""
    given, cancelled = [
        await client.start_workflow("approveOrder", "o-1", id=f"{workflow_id}-{it}", task_queue=task_queue)
        for it in ("given", "cancelled")
    ]
    for handle in (given, cancelled):
        # It waits by then.
        assert await handle.query("status") == "waiting"
    await given.signal("approve", {"approver": "grace"})
    await given.result()
    await cancelled.cancel()
    with pytest.raises(WorkflowFailureError):
        await cancelled.result()
    return [given, cancelled]


async def journeys(client: Client, workflow_id: str, task_queue: str) -> list[Handle]:
    """One that is booked, and one that is taken back."""
    handles = []
    for destination in ("paris", "moon"):
        journey = {"traveller": "ada", "destination": destination}
        id = f"{workflow_id}-{destination}"
        handles.append(await client.start_workflow("bookJourney", journey, id=id, task_queue=task_queue))
        await handles[-1].result()
    return handles


async def a_subscription(client: Client, workflow_id: str, task_queue: str) -> list[Handle]:
    """The run of its first twelve periods."""
    subscription = {"customer": "ada", "amountCents": 500, "periodSeconds": 0.02, "paidPeriods": 0}
    first = await client.start_workflow("subscription", subscription, id=workflow_id, task_queue=task_queue)
    latest = client.get_workflow_handle(workflow_id)

    async def is_followed() -> bool:
        return (await latest.describe()).run_id != first.result_run_id

    await until(is_followed)
    await latest.terminate()
    return [client.get_workflow_handle(workflow_id, run_id=first.result_run_id)]


async def a_fan_out(client: Client, workflow_id: str, task_queue: str) -> list[Handle]:
    """With one child: of several, any may be first."""
    work = {"items": 3, "children": 1}
    handle = await client.start_workflow("fanOut", work, id=workflow_id, task_queue=task_queue)
    await handle.result()
    return [handle, client.get_workflow_handle(f"{workflow_id}-0")]


Story = Callable[[Client, str, str], Awaitable[list[Handle]]]
Activities = Callable[[], list[Callable[..., Any]]]

# With the languages that have it, and its activities.
STORIES: dict[str, tuple[Story, list[str], Activities]] = {
    "order": (an_order, list(NAMESPACES), lambda: OF_ORDERS),
    "approval": (approvals, ["rust", "typescript", "python"], lambda: OF_ORDERS),
    "saga": (journeys, ["typescript", "python"], lambda: load("saga/python/worker").ALL),
    "subscription": (a_subscription, ["typescript", "python"], lambda: load("subscription/python/worker").ALL),
    "fan-out": (a_fan_out, ["typescript", "python"], lambda: load("fan-out/python/worker").ALL),
}


@pytest.mark.parametrize("example", STORIES)
async def test_every_language_has_the_same_history_of(example: str) -> None:
    story, languages, activities = STORIES[example]
    workflow_id = task_queue = f"{example}-{uuid.uuid4()}"
    told = {}
    for language in languages:
        client = await connect(language)
        # One after the other: of activities that run at once, any may be done first.
        async with Worker(client, task_queue=task_queue, activities=activities(), max_concurrent_activities=1):
            told[language] = [await history(run) for run in await story(client, workflow_id, task_queue)]
    reference = told[languages[0]]
    assert any(event["eventType"] == "EVENT_TYPE_ACTIVITY_TASK_COMPLETED" for run in reference for event in run)
    for language in languages[1:]:
        for ours, theirs in zip(reference, told[language], strict=True):
            for event, other in zip(ours, theirs, strict=True):
                assert other == event, f"{language}, event {event['eventId']}"
