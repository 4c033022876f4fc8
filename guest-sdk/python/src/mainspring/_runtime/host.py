"""The contract as it is generated from `wit/` when a module is built. Natively there is none, and nobody calls it."""

from __future__ import annotations

try:
    from componentize_py_types import Err
    from wit_world.exports import guest
    from wit_world.imports import (
        activities,
        children,
        external_workflows,
        log,
        operations,
        outcome,
        timers,
        types,
        updates,
        versions,
        visibility,
    )
except ImportError:  # pragma: no cover - a worker, a type checker, a client
    Err = guest = activities = children = external_workflows = log = operations = outcome = None
    timers = types = updates = versions = visibility = None

__all__ = [
    "Err",
    "activities",
    "children",
    "external_workflows",
    "guest",
    "log",
    "operations",
    "outcome",
    "timers",
    "types",
    "updates",
    "versions",
    "visibility",
]
