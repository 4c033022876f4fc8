"""What nobody needs any more, and when it is looked for: between two activations, and not in the midst of one.

Finalizers run then, and may ask the host for something, such as giving up a timer: always at the same place of a history.
"""

from __future__ import annotations

import gc

# After so many more objects than at the last time. A look costs a tenth of a millisecond, and more for large states.
_OBJECTS_MAX = 1_000

# They are counted once in so many activations.
_ACTIVATIONS = 8

_activations = 0

# One activation that makes so many more is interrupted for it, after all: at the same object in every replay.
_OBJECTS_IN_ACTIVATION_MAX = 100_000


def configure() -> None:
    """Has the interpreter leave it to us."""
    gc.set_threshold(_OBJECTS_IN_ACTIVATION_MAX)


def look() -> None:
    """Called when an activation is over."""
    global _activations
    _activations += 1
    if _activations % _ACTIVATIONS == 0 and gc.get_count()[0] > _OBJECTS_MAX:
        gc.collect()
