"""The generator's period is proved, not sampled: one step is a linear map over GF(2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixprop.generator import DEFAULT_STATE, Generator

BITS = 32
PERIOD = 2**BITS - 1
PRIME_FACTORS = (3, 5, 17, 257, 65537)  # of 2**32 - 1, each once: the Fermat primes

Matrix = tuple[int, ...]  # columns: the image of each single bit
IDENTITY: Matrix = tuple(1 << bit for bit in range(BITS))


def apply(matrix: Matrix, vector: int) -> int:
    image = 0
    for bit in range(BITS):
        if vector >> bit & 1:
            image ^= matrix[bit]
    return image


def power(matrix: Matrix, exponent: int) -> Matrix:
    result = IDENTITY
    while exponent:
        if exponent & 1:
            result = tuple(apply(matrix, column) for column in result)
        matrix = tuple(apply(matrix, column) for column in matrix)
        exponent >>= 1
    return result


def step(state: int) -> int:
    return Generator(state).next()


STEP: Matrix = tuple(step(bit) for bit in IDENTITY)


@given(state=st.integers(1, PERIOD))
def test_a_step_is_the_linear_map(state: int) -> None:
    assert step(state) == apply(STEP, state)


def test_the_period_is_every_state_but_zero() -> None:
    product = 1
    for prime in PRIME_FACTORS:
        product *= prime
        # the order divides PERIOD, and is no proper divisor of it
        assert power(STEP, PERIOD // prime) != IDENTITY
    assert product == PERIOD
    assert power(STEP, PERIOD) == IDENTITY


def test_shifts_of_a_shorter_period_would_be_found() -> None:
    def other(x: int) -> int:  # 8, 9, 22: not in Marsaglia's list
        x ^= x << 8 & PERIOD
        x ^= x >> 9
        x ^= x << 22 & PERIOD
        return x

    matrix = tuple(other(bit) for bit in IDENTITY)
    orders = [power(matrix, PERIOD // prime) == IDENTITY for prime in PRIME_FACTORS]
    assert power(matrix, PERIOD) != IDENTITY or any(orders)


@given(seed=st.integers(0, PERIOD), limit=st.integers(1, 65535))
def test_below_stays_below_its_limit(seed: int, limit: int) -> None:
    assert 0 <= Generator(seed).below(limit) < limit


@pytest.mark.parametrize("limit", [1, 2, 72, 65535])
def test_below_reaches_both_ends(limit: int) -> None:
    # the upper 16 bits are what counts, and a full period takes every value of them
    for upper, expected in ((0, 0), (0xFFFF, limit - 1)):
        after = upper << 16 | 1
        before = apply(power(STEP, PERIOD - 1), after)  # one step back
        assert Generator(before).below(limit) == expected


def test_below_is_fair_to_the_cells_of_the_replay_memory() -> None:
    generator, cells, draws = Generator(1), 72, 72_000
    counts = [0] * cells
    for _ in range(draws):
        counts[generator.below(cells)] += 1
    # chi squared with 71 degrees of freedom: mean 71, standard deviation 12
    expected = draws / cells
    assert sum((c - expected) ** 2 / expected for c in counts) < 71 + 4 * 12


@given(seed=st.integers(0, PERIOD), spread=st.integers(0, 32767))
def test_uniform_weights_lie_within_the_spread(seed: int, spread: int) -> None:
    assert -spread << 8 <= Generator(seed).uniform(spread) <= spread << 8


def test_the_seed_zero_means_the_default_and_only_32_bits_count() -> None:
    assert Generator(0).state == Generator(1 << BITS).state == DEFAULT_STATE
    assert Generator(5 | 1 << 40).next() == Generator(5).next()
