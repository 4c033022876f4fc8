"""The run's random numbers."""

from typing import Any

from mainspring._runtime.entropy import Generator


def test_the_generator_is_xoroshiro128_plus_plus() -> None:
    # What the authors' reference implementation gives for the state (1, 2).
    generator = Generator((1, 2))
    numbers = [generator.getrandbits(64) for _ in range(4)]
    assert numbers == [393217, 669327710093319, 1732421326133921491, 11394790081659126983]


def draws(generator: Generator) -> list[Any]:
    return [generator.random(), generator.sample(range(99), 5), generator.gauss(0, 1), generator.randbytes(9)]


def test_everything_of_random_comes_from_it() -> None:
    assert draws(Generator((3, 4))) == draws(Generator((3, 4)))
    assert draws(Generator((3, 4))) != draws(Generator((5, 6)))
