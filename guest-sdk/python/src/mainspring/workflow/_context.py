"""What a workflow knows of itself, its time and its chance; changing its code under running workflows."""

from __future__ import annotations

import random as _random
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from .. import _current
from .._runtime import host
from .._runtime.entropy import Generator
from .._runtime.payloads import from_payload
from ..converter import PayloadConverter
from ._info import Info


def info() -> Info:
    """What is known of the run."""
    return _current.run().info


def instance() -> Any:
    """The workflow object."""
    return _current.run().instance


def in_workflow() -> bool:
    """Whether this runs inside of a workflow."""
    return _current.maybe() is not None


def now() -> datetime:
    """The time of the present activation, in UTC. It stands still meanwhile, and is the same at a replay."""
    return datetime.fromtimestamp(time(), UTC)


def time() -> float:
    """The same, in seconds since 1970."""
    return _current.run().now_ms / 1000


def time_ns() -> int:
    """The same, in nanoseconds since 1970."""
    return _current.run().now_ms * 1_000_000


def random() -> _random.Random:
    """Random numbers that are the same at a replay. Not for secrets."""
    return _current.acting("random").random


def random_seed() -> int:
    """The run's seed, of 128 bits. A run that is reset goes on with another."""
    return _current.run().seed


def register_random_seed_callback(callback: Callable[[int], None]) -> None:
    """Has a function called with each new seed."""
    _current.run().seed_callbacks.append(callback)


def new_random(name: str | None = None) -> _random.Random:
    """Random numbers of their own, the same at a replay: those of `random()` once more, or others for each name."""
    own = Generator()

    def reseed(seed: int) -> None:
        if name is None:
            own.reseed((seed >> 64, seed & 0xFFFF_FFFF_FFFF_FFFF))
        else:
            own.seed(f"{seed}:{name}")

    reseed(random_seed())
    register_random_seed_callback(reseed)
    return own


def uuid4() -> uuid.UUID:
    """A random UUID that is the same at a replay."""
    return uuid.UUID(int=random().getrandbits(128), version=4)


def uuid7() -> uuid.UUID:
    """A random UUID that begins with the time of the present activation, and is the same at a replay."""
    numbers = random()
    millis = _current.run().now_ms & 0xFFFF_FFFF_FFFF
    # RFC 9562: time, version, random bits, variant, random bits.
    bits = (millis << 80) | (7 << 76) | (numbers.getrandbits(12) << 64) | (2 << 62) | numbers.getrandbits(62)
    return uuid.UUID(int=bits)


def patched(id: str) -> bool:
    """Whether this run takes the changed path: it is new here, or took it before."""
    _current.run()
    return host.versions.patched(id, False)  # type: ignore[no-any-return]


def deprecate_patch(id: str) -> None:
    """Says that no run takes the old path any more."""
    _current.run()
    host.versions.patched(id, True)


def cancellation_reason() -> str | None:
    """Why the run was asked to cancel itself; nothing if it was not."""
    return _current.run().cancel_reason


def is_failure_exception(err: BaseException) -> bool:
    """Whether an exception would fail the workflow, and not block its run."""
    return _current.run().is_failure(err)


def has_last_completion_result() -> bool:
    """Whether the last run of the cron schedule gave something."""
    return _current.run().last_completion() is not None


def get_last_completion_result(type_hint: Any = None) -> Any:
    """What the last run of the cron schedule gave."""
    payload = _current.run().last_completion()
    return None if payload is None else from_payload(payload, type_hint)


def get_last_failure() -> BaseException | None:
    """How the last run of the chain failed."""
    return _current.run().last_failure()


def payload_converter() -> PayloadConverter:
    """What makes values of payloads, and payloads of values."""
    return PayloadConverter.default
