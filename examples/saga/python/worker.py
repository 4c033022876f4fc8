"""Runs the bookings, with the official Temporal SDK. There is never a car on the moon.

python worker.py
"""

import asyncio
import os

from temporalio import activity
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

ADDRESS = os.environ.get("TEMPORAL_ADDRESS", "127.0.0.1:7233")
TASK_QUEUE = "journeys"


@activity.defn(name="bookFlight")
async def book_flight(booking: str, destination: str) -> None:
    print(f"booked {booking} to {destination}", flush=True)


@activity.defn(name="bookHotel")
async def book_hotel(booking: str, destination: str) -> None:
    print(f"booked {booking} in {destination}", flush=True)


@activity.defn(name="bookCar")
async def book_car(booking: str, destination: str) -> None:
    if destination == "moon":
        raise ApplicationError("there are no cars on the moon", type="NoCar", non_retryable=True)
    print(f"booked {booking} in {destination}", flush=True)


# A booking that was never made is taken back all the same: that must not fail.
@activity.defn(name="cancelFlight")
async def cancel_flight(booking: str) -> None:
    print(f"took back {booking}", flush=True)


@activity.defn(name="cancelHotel")
async def cancel_hotel(booking: str) -> None:
    print(f"took back {booking}", flush=True)


@activity.defn(name="cancelCar")
async def cancel_car(booking: str) -> None:
    print(f"took back {booking}", flush=True)


ALL = [book_flight, book_hotel, book_car, cancel_flight, cancel_hotel, cancel_car]


async def main() -> None:
    client = await Client.connect(ADDRESS)
    worker = Worker(client, task_queue=TASK_QUEUE, activities=ALL)
    print(f"worker ready: task queue {TASK_QUEUE!r} at {ADDRESS}", flush=True)
    await worker.run()


if __name__ == "__main__":
    asyncio.run(main())
