"""The contract as it is generated from `wit/` when a module is built. Natively there is none, and nobody calls it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import records

if TYPE_CHECKING:
    # Checkers have nothing to look at.
    Err: Any
    guest: Any
    activities: Any
    children: Any
    external_workflows: Any
    log: Any
    operations: Any
    outcome: Any
    timers: Any
    types: Any
    updates: Any
    versions: Any
    visibility: Any
else:
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
    except ImportError:
        # A worker, a client: they import workflows for their names.
        Err = guest = activities = children = external_workflows = log = operations = outcome = None
        timers = types = updates = versions = visibility = None
    else:
        # All classes are replaced before the runtime looks for them, which it does once the module's entry has been imported.
        for module in (activities, children, external_workflows, guest, outcome, types):
            records.give_slots(module)
        # What every activation brings. (What becomes of jobs, `run` says.)
        guest.Activation = guest.ActivityResolved = guest.ChildResolved = records.fields
        guest.Resolution_Completed = lambda output: (True, output)
        guest.Resolution_Failed = guest.Resolution_Cancelled = lambda layers: (False, layers)

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
