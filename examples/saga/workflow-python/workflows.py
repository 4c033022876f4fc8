"""A journey of three bookings: all of them, or none."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from mainspring import workflow
from mainspring.common import RetryPolicy
from mainspring.exceptions import ActivityError, FailureError

OPTIONS: dict[str, Any] = {
    "start_to_close_timeout": timedelta(seconds=30),
    "retry_policy": RetryPolicy(maximum_attempts=3),
}


@dataclass
class Journey:
    traveller: str
    destination: str


@dataclass
class Outcome:
    booked: list[str]
    undone: list[str]
    problem: str | None


@workflow.defn(name="bookJourney")
class BookJourney:
    """Books a flight, a hotel and a car; if one of them cannot be had, takes back what was booked, the last first."""

    @workflow.run
    async def run(self, journey: Journey) -> Outcome:
        booked: list[str] = []
        undone: list[str] = []
        compensations: list[Callable[[], Awaitable[None]]] = []

        async def undo(what: str, booking: str) -> None:
            await workflow.execute_activity(f"cancel{what}", booking, **OPTIONS)
            undone.append(booking)

        try:
            for what in ("Flight", "Hotel", "Car"):
                # Before the booking: one that was made though nobody heard of it must be taken back, too.
                name = f"{what.lower()}-{journey.traveller}"
                compensations.append(lambda what=what, name=name: undo(what, name))  # type: ignore[misc]
                await workflow.execute_activity(f"book{what}", args=[name, journey.destination], **OPTIONS)
                booked.append(name)
        except ActivityError as error:
            workflow.logger.warning("taking back what was booked")
            for compensate in reversed(compensations):
                await compensate()
            cause = error.cause if isinstance(error.cause, FailureError) else error
            return Outcome(booked, undone, cause.message)
        return Outcome(booked, undone, None)
