"""Activities as a worker has them: this file imports what a workflow cannot use, and the workflow imports the file."""

from __future__ import annotations

import socket
import subprocess
from dataclasses import dataclass

import a_library_that_is_not_installed  # type: ignore[import-not-found]  # noqa: F401
from temporalio import activity


@dataclass
class Receipt:
    customer: str
    amount: int


@activity.defn
async def charge(customer: str, amount: int) -> Receipt:
    socket.gethostname()
    return Receipt(customer, amount)


@activity.defn(name="say_hello")
def greet(name: str) -> str:
    subprocess.run(["true"], check=True)
    return f"Hello, {name}!"


class Ledger:
    @activity.defn
    async def total(self, customer: str) -> str:
        return f"{customer} owes nothing"
