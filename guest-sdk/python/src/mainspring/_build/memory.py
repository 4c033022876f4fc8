"""The memory of a finished module, in which every run begins.

A run shares each page of it with all others until it writes there. So what runs write should lie close together.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from functools import partial

# Larger than any hole. Not much larger: what it adds to the memory is zeros, and of a memory that is mostly zeros, hosts
# make no image that runs could share.
_LARGEST = 1 << 20

# Fills the holes that the build has left. Zeros: they take no room in the module's file.
_filling: list[object] = []


def settle() -> None:
    """Has runs find no holes to fill: what they ask for is new, and side by side. Called last of all."""
    # It holds the names of attributes that were looked up, a few thousand, and gives each up for one that a run looks up.
    sys._clear_type_cache()
    gc.collect()
    # Whatever lies before this is a hole.
    end = id(bytes(_LARGEST))
    size = _LARGEST
    while size >= 4:
        _fill(partial(bytes, size), end)
        size = size * 7 // 8 if size > 64 else size - 4
    # The smallest there are.
    _fill(object, end)
    gc.collect()
    # What is here now is never garbage. Not looking at it again keeps it shared.
    gc.freeze()


def _fill(make: Callable[[], object], end: int) -> None:
    """Makes such blocks for as long as there are holes for them."""
    while True:
        block = make()
        if id(block) >= end:
            return
        _filling.append(block)
