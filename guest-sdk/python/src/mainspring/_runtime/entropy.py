"""Chance from the run's seed: the same in every replay, and in the same order in every language's SDK.

The generator is xoroshiro128++ 1.0 (Blackman and Vigna, *Scrambled Linear Pseudorandom Number Generators*, 2019), its state
the 128 bits that the host gives. It is not for secrets.
"""

from __future__ import annotations

import random
from typing import Any

_MASK = (1 << 64) - 1


class Generator(random.Random):
    """Random numbers of the run, with everything that `random.Random` can make of them."""

    def __init__(self, seed: tuple[int, int] = (0, 0)) -> None:
        # `Random` would seed a state of its own, which is never used.
        self.reseed(seed)

    def reseed(self, seed: tuple[int, int]) -> None:
        """Goes on from another seed."""
        # The algorithm cannot leave the all-zero state.
        self._s0, self._s1 = seed if seed != (0, 0) else (0x9E3779B97F4A7C15, 0xD1B54A32D192ED03)
        self.gauss_next: float | None = None

    def next(self) -> int:
        """64 random bits."""
        s0, s1 = self._s0, self._s1
        total = (s0 + s1) & _MASK
        output = (((total << 17) | (total >> 47)) + s0) & _MASK
        s1 ^= s0
        self._s0 = (((s0 << 49) | (s0 >> 15)) ^ s1 ^ (s1 << 21)) & _MASK
        self._s1 = ((s1 << 28) | (s1 >> 36)) & _MASK
        return output

    def random(self) -> float:
        """A float in `0.0..1.0`, of 53 random bits."""
        return (self.next() >> 11) * 2.0**-53

    def getrandbits(self, k: int, /) -> int:
        """`k` random bits; the upper ones of each number, which are the better ones."""
        if k < 0:
            raise ValueError("number of bits must be non-negative")
        bits = 0
        missing = k
        while missing >= 64:
            bits = (bits << 64) | self.next()
            missing -= 64
        return (bits << missing) | (self.next() >> (64 - missing)) if missing else bits

    def randbytes(self, n: int) -> bytes:
        """`n` random bytes."""
        return self.getrandbits(n * 8).to_bytes(n, "little")

    def seed(self, a: Any = None, version: int = 2) -> None:
        """Goes on from a seed of the workflow's choice."""
        if a is None:
            return
        chosen = random.Random(a)
        self.reseed((chosen.getrandbits(64), chosen.getrandbits(64)))
