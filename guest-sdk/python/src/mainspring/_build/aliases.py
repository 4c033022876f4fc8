"""`temporalio` in a workflow module: the parts that workflows need are ours, the others are absent."""

from __future__ import annotations

import sys
from types import ModuleType

from .. import activity, common, converter, exceptions, workflow
from .absent import absent_module

_OURS = {
    "activity": activity,
    "common": common,
    "converter": converter,
    "exceptions": exceptions,
    "workflow": workflow,
}

_ABSENT = ("client", "worker", "testing", "runtime", "service", "envconfig", "contrib")


def install() -> None:
    """Makes `import temporalio` and its like find us."""
    package = ModuleType("temporalio", "Temporal's names for what Mainspring provides.")
    package.__path__ = []
    sys.modules["temporalio"] = package
    for name, module in _OURS.items():
        setattr(package, name, module)
        sys.modules[f"temporalio.{name}"] = module
    for name in _ABSENT:
        setattr(package, name, absent_module(f"temporalio.{name}"))
