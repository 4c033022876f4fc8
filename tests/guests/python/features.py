"""Workflows that each use one part of the Python SDK; `tests/python/test_guests_in_python_*.py` drive them."""

from feature.asynchrony import Asyncio, Cancelled, Shielded
from feature.calls import Activities, Children, Chains, Leaf, Locals, Neighbours
from feature.messages import Messages, Untyped
from feature.outside import Ambient, Bug, Outside
from feature.values import Described, Everything, Fails

__all__ = [
    "Activities",
    "Ambient",
    "Asyncio",
    "Bug",
    "Cancelled",
    "Chains",
    "Children",
    "Described",
    "Everything",
    "Fails",
    "Leaf",
    "Locals",
    "Messages",
    "Neighbours",
    "Outside",
    "Shielded",
    "Untyped",
]
