"""Values, failures, and what is seen of a run from outside."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, IntEnum
from typing import Any, NamedTuple, Optional, TypedDict, Union

from mainspring import workflow
from mainspring.common import RetryPolicy, SearchAttributeKey
from mainspring.exceptions import ApplicationError


class Colour(str, Enum):
    RED = "red"
    BLUE = "blue"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Place(NamedTuple):
    city: str
    since: datetime


class Options(TypedDict):
    colour: Colour
    levels: list[Level]


@dataclass
class Order:
    id: uuid.UUID
    placed: datetime
    colour: Colour
    place: Place
    options: Options
    amounts: dict[int, float] = field(default_factory=dict)
    parent: Optional[Order] = None
    note: Union[int, str, None] = None
    raw: bytes = b""


@workflow.defn(name="PyValues")
class Everything:
    """Sends an order to `echo`, and tells of which types the parts are that come back."""

    @workflow.run
    async def run(self, order: Order, raw: bytes, nothing: None) -> dict[str, Any]:
        back: Order = await workflow.execute_activity(
            "echo", order, result_type=Order, start_to_close_timeout=timedelta(seconds=30)
        )
        assert back == order, (back, order)
        assert nothing is None
        converter = workflow.payload_converter()
        assert converter.from_payload(converter.to_payload(order), Order) == order
        return {
            "raw": raw.decode(),
            "types": [
                type(it).__name__
                for it in (
                    back.id,
                    back.placed,
                    back.colour,
                    back.place,
                    back.options["levels"][0],
                    back.parent,
                    back.note,
                )
            ],
            "order": back,
        }


@workflow.defn(name="PyFails", failure_exception_types=[ZeroDivisionError])
class Fails:
    """Fails in the way that it is told."""

    @workflow.run
    async def run(self, way: str) -> None:
        match way:
            case "details":
                raise ApplicationError("asked to fail", 7, {"a": 1}, type="Asked", non_retryable=True)
            case "cause":
                try:
                    raise ValueError("inner")
                except ValueError as error:
                    raise ApplicationError("outer") from error
            case "declared":
                1 / 0
            case "timeout":
                await workflow.wait_condition(lambda: False, timeout=timedelta(milliseconds=10))
            case "activity":
                await workflow.execute_activity(
                    "fails",
                    start_to_close_timeout=timedelta(seconds=30),
                    retry_policy=RetryPolicy(maximum_attempts=2, initial_interval=timedelta(milliseconds=1)),
                )


CUSTOMER = SearchAttributeKey.for_keyword("PyCustomer")
ITEMS = SearchAttributeKey.for_int("PyItems")


@workflow.defn(name="PyDescribed")
class Described:
    """Describes itself, and takes some of it back."""

    @workflow.run
    async def run(self) -> dict[str, Any]:
        before = workflow.memo_value("given", type_hint=list[int])
        workflow.upsert_memo({"note": "first", "given": None})
        workflow.upsert_search_attributes([CUSTOMER.value_set("ann"), ITEMS.value_set(3)])
        workflow.set_current_details("**working**")
        await workflow.wait_condition(lambda: self.done)
        workflow.upsert_search_attributes([ITEMS.value_unset()])
        info = workflow.info()
        return {
            "before": before,
            "memo": dict(workflow.memo()),
            "customer": info.typed_search_attributes[CUSTOMER],
            "has_items": ITEMS in info.typed_search_attributes,
            "missing": workflow.memo_value("missing", "default"),
            "info": [info.workflow_type, info.attempt, info.namespace, info.cron_schedule],
            "details": workflow.get_current_details(),
        }

    def __init__(self) -> None:
        self.done = False

    @workflow.signal
    def finish(self) -> None:
        self.done = True
