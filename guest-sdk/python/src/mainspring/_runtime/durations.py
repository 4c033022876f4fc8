"""Durations as the contract has them: whole milliseconds."""

from __future__ import annotations

from datetime import timedelta


def to_millis(duration: timedelta | None) -> int | None:
    """A duration in milliseconds; fractions are rounded up, so that nothing is early."""
    if duration is None:
        return None
    # Not by dividing durations, which takes longer than everything else of most operations.
    return duration.days * 86_400_000 + duration.seconds * 1_000 - (-duration.microseconds // 1_000)


def seconds_to_millis(seconds: float) -> int:
    """Seconds in milliseconds, rounded up beyond a microsecond. What is over already is 0."""
    return max(0, -(-round(seconds * 1_000_000) // 1000))
