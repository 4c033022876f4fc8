"""Signals, queries and updates."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from mainspring import workflow
from mainspring.common import RawValue
from mainspring.exceptions import ApplicationError


@workflow.defn(name="PyMessages")
class Messages:
    """Keeps what it is told, until it is closed."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.open = True

    @workflow.run
    async def run(self) -> list[str]:
        # A handler that is set while it runs gets what came before it.
        workflow.set_signal_handler("late", self.late)
        await workflow.wait_condition(lambda: not self.open)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self.heard

    def late(self, word: str) -> None:
        self.heard.append(f"late {word}")

    @workflow.signal
    async def say(self, word: str) -> None:
        """Something to keep."""
        self.heard.append(word)

    @workflow.signal(name="close", unfinished_policy=workflow.HandlerUnfinishedPolicy.ABANDON)
    def ends(self) -> None:
        self.open = False

    @workflow.signal(dynamic=True)
    def other(self, name: str, args: Sequence[RawValue]) -> None:
        converter = workflow.payload_converter()
        self.heard.append(f"{name} {[converter.from_payload(it.payload) for it in args]}")

    @workflow.query
    def words(self, limit: int) -> list[str]:
        """The first words."""
        return self.heard[:limit]

    @workflow.query(dynamic=True)
    def anything(self, name: str, args: Sequence[RawValue]) -> str:
        return f"{name} with {len(args)}"

    @workflow.query
    def wrong(self) -> None:
        workflow.uuid4()

    @workflow.update
    async def ask(self, word: str) -> dict[str, Any]:
        """Something to keep, with an answer."""
        info = workflow.current_update_info()
        assert info is not None
        await asyncio.sleep(0.005)
        self.heard.append(word)
        return {"name": info.name, "id": info.id, "count": len(self.heard)}

    @ask.validator
    def may_ask(self, word: str) -> None:
        if not word:
            raise ValueError("an empty word")

    @workflow.update(name="fails")
    async def ask_in_vain(self, way: str) -> None:
        await asyncio.sleep(0.001)
        raise ApplicationError(way, type="InVain")

    @workflow.update(dynamic=True)
    def any_update(self, name: str, args: Sequence[RawValue]) -> str:
        return f"{name} of {len(args)}"


@workflow.defn(name="PyUntyped")
class Untyped:
    """Handlers without hints, which it sets itself."""

    @workflow.run
    async def run(self):  # type: ignore[no-untyped-def]
        state = {"sum": 0}

        def add(number):  # type: ignore[no-untyped-def]
            state["sum"] += number
            return state["sum"]

        def check(number):  # type: ignore[no-untyped-def]
            if number < 0:
                raise ApplicationError("less than nothing")

        workflow.set_update_handler("add", add, validator=check)
        workflow.set_query_handler("sum", lambda: state["sum"])
        await workflow.wait_condition(lambda: state["sum"] >= 10)
        return state
