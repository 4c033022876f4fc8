"""The rehearsal that is held while a module is built."""

from __future__ import annotations

from mainspring import _current
from mainspring._build import rehearsal
from mainspring._runtime import host
from mainspring.workflow import _definition


def test_a_rehearsal_plays_to_its_end_and_leaves_nothing_behind() -> None:
    defined = list(_definition.defined())
    functions = [host.activities.schedule, host.timers.start, host.outcome.complete, host.outcome.block]
    rehearsal.rehearse()
    assert _current.maybe() is None
    assert _definition.defined() == defined
    assert [host.activities.schedule, host.timers.start, host.outcome.complete, host.outcome.block] == functions
