"""Time and chance of the standard library, taken from the run.

Everything is replaced in its place before the author's code is imported, so that `from time import time` works, too.
"""

from __future__ import annotations

import datetime
import gc
import os
import random
import secrets
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any, NoReturn

from .. import _current
from ..exceptions import RestrictedAccessError
from . import phase


def _now_ms(name: str) -> int:
    run = _current.maybe()
    if run is not None:
        return run.now_ms
    if phase.is_running() or phase.is_called_by_author():
        raise RestrictedAccessError(
            f"{name} outside of a workflow's run: the time of the build would be a part of the module. "
            "Call it in the workflow"
        )
    # A library that looks at the clock while it is imported.
    return 0


def _bits(name: str, count: int) -> int:
    run = _current.maybe()
    if run is not None:
        return run.random.getrandbits(count)
    if phase.is_running() or phase.is_called_by_author():
        raise RestrictedAccessError(
            f"{name} outside of a workflow's run: what it gives would be a part of the module, the same for all runs. "
            "Call it in the workflow"
        )
    return 0


def install() -> None:
    """Puts the run's time and chance in the place of the system's."""
    _install_time()
    _install_datetime()
    _install_chance()


def _install_time() -> None:
    module: Any = time
    clocks: dict[Any, Any] = {}
    for name in ("time", "monotonic", "perf_counter", "process_time", "thread_time"):
        for full_name, clock_of in ((name, _seconds), (f"{name}_ns", _nanoseconds)):
            original = getattr(module, full_name, None)
            setattr(module, full_name, clock_of(full_name))
            if original is not None:
                clocks[id(original)] = getattr(module, full_name)
    # Some of the library, such as `threading`, has taken clocks for itself when it was imported.
    for other in list(sys.modules.values()):
        for name, value in list(vars(other).items()):
            if id(value) in clocks:
                setattr(other, name, clocks[id(value)])

    def sleep(secs: float, /) -> NoReturn:
        raise RestrictedAccessError("time.sleep would stop everything: await workflow.sleep or asyncio.sleep")

    module.sleep = sleep
    clock = module.time
    # These take the present moment if they are given none.
    for name in ("localtime", "gmtime", "ctime"):
        setattr(module, name, _of_moment(getattr(time, name), clock))
    for name in ("strftime", "asctime"):
        setattr(module, name, _of_local_time(getattr(time, name), name == "strftime"))


def _seconds(name: str) -> Callable[[], float]:
    def read() -> float:
        return _now_ms(f"time.{name}") / 1000

    read.__name__ = name
    return read


def _nanoseconds(name: str) -> Callable[[], int]:
    def read() -> int:
        return _now_ms(f"time.{name}") * 1_000_000

    read.__name__ = name
    return read


def _of_moment(original: Callable[[Any], Any], clock: Callable[[], float]) -> Callable[..., Any]:
    def convert(seconds: float | None = None, /) -> Any:
        return original(clock() if seconds is None else seconds)

    return convert


def _of_local_time(original: Callable[..., Any], takes_format: bool) -> Callable[..., Any]:
    def convert(*arguments: Any) -> Any:
        complete = len(arguments) == (2 if takes_format else 1)
        return original(*arguments) if complete else original(*arguments, time.localtime())

    return convert


def _install_datetime() -> None:
    def now(cls: type[datetime.datetime], tz: datetime.tzinfo | None = None) -> datetime.datetime:
        """The present moment of the run."""
        return cls.fromtimestamp(_now_ms("datetime.now") / 1000, tz)

    def utcnow(cls: type[datetime.datetime]) -> datetime.datetime:
        """The present moment of the run, in UTC, without a time zone."""
        moment = datetime.datetime.fromtimestamp(_now_ms("datetime.utcnow") / 1000, datetime.timezone.utc)
        return cls.combine(moment.date(), moment.time())

    # The type is built in and cannot be assigned to; a subclass in its place would be another type than the one that
    # arithmetic, parsing and libraries give. What a type's proxy refers to is its own dictionary. `today` asks `time.time`.
    (methods,) = gc.get_referents(datetime.datetime.__dict__)
    methods["now"] = classmethod(now)
    methods["utcnow"] = classmethod(utcnow)


def _install_chance() -> None:
    def urandom(size: int, /) -> bytes:
        return _bits("os.urandom", size * 8).to_bytes(size, "little")

    modules: dict[str, Any] = {"os": os, "random": random, "uuid": uuid}
    modules["os"].urandom = urandom
    modules["random"]._urandom = urandom
    modules["os"].getrandom = lambda size, flags=0: urandom(size)
    # Made of the host's address and clock otherwise.
    modules["uuid"].getnode = lambda: _bits("uuid.getnode", 48) | (1 << 40)
    modules["uuid"]._generate_time_safe = None
    assert secrets.token_bytes is not None

    seed = random.Random.seed

    def seeded(self: random.Random, a: Any = None, version: int = 2) -> None:
        seed(self, _bits("random.seed", 128) if a is None else a, version)

    random.Random.seed = seeded  # type: ignore[method-assign]
    modules["random"].seed = modules["random"]._inst.seed

    # The functions of the module `random` belong to an object that was seeded when it was imported. While the author's
    # code is imported, they have nothing to begin with.
    for name in _RANDOM_FUNCTIONS:
        setattr(random, name, _guarded(name, getattr(random, name)))


_RANDOM_FUNCTIONS = (
    "random", "uniform", "triangular", "randint", "choice", "randrange", "sample", "shuffle", "choices",
    "normalvariate", "lognormvariate", "expovariate", "vonmisesvariate", "gammavariate", "gauss", "betavariate",
    "binomialvariate", "paretovariate", "weibullvariate", "getrandbits", "randbytes",
)  # fmt: skip


def _guarded(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
    def call(*arguments: Any, **named: Any) -> Any:
        if _current.maybe() is None:
            _bits(f"random.{name}", 1)
        return original(*arguments, **named)

    call.__name__ = name
    return call
