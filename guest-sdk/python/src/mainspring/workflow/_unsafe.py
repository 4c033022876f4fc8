"""What Temporal's sandbox has switches for. Here they decide only how a module is built."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .. import _current

_passing_through = 0


def is_passing_through() -> bool:
    """Whether imports are for activities and types only, and may lack what cannot be in a module."""
    return _passing_through > 0


class unsafe:
    """As in Temporal's SDK."""

    @staticmethod
    @contextmanager
    def imports_passed_through() -> Iterator[None]:
        """What is imported here may name things that a module cannot have, such as sockets, as long as it does not use them."""
        global _passing_through
        _passing_through += 1
        try:
            yield
        finally:
            _passing_through -= 1

    @staticmethod
    @contextmanager
    def sandbox_unrestricted() -> Iterator[None]:
        """Makes no difference: a module has no way out."""
        yield

    @staticmethod
    def in_sandbox() -> bool:
        """Whether this runs inside of a workflow."""
        return _current.maybe() is not None

    @staticmethod
    def is_replaying() -> bool:
        """Always false: a module cannot tell. The host keeps its log silent while it replays."""
        return False

    @staticmethod
    def is_replaying_history_events() -> bool:
        """Always false, for the same reason."""
        return False

    @staticmethod
    def is_imports_passed_through() -> bool:
        """Whether this is in `imports_passed_through`."""
        return is_passing_through()

    @staticmethod
    def is_sandbox_unrestricted() -> bool:
        """Always false: a module has no way out."""
        return False

    @staticmethod
    def is_read_only() -> bool:
        """Whether this is a query or a validator."""
        return _current.run().is_read_only
