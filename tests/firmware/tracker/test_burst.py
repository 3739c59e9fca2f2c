"""Sixteen reads become one reading that spikes do not move."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.board.native import NativeTracker
from fixprop.tracking.definition import VALUES

READS, FIRST, RANKS = (VALUES[n] for n in ("BURST_READS", "BURST_FIRST_RANK", "BURST_RANKS"))


@pytest.fixture(scope="module")
def tracker() -> NativeTracker:
    return NativeTracker()


def test_the_reading_is_the_sum_of_the_low_middle(tracker: NativeTracker) -> None:
    rng = np.random.default_rng(1)
    for highest in (1, 2, 5, 1023):  # few values make many ties
        for reads in rng.integers(0, highest + 1, (200, READS)).tolist():
            assert tracker.burst(reads) == sum(sorted(reads)[FIRST : FIRST + RANKS])


@pytest.mark.parametrize("reads", [range(READS), range(READS - 1, -1, -1)])
def test_the_order_of_the_reads_does_not_matter(tracker: NativeTracker, reads: range) -> None:
    assert tracker.burst(list(reads)) == sum(range(FIRST, FIRST + RANKS))


@pytest.mark.parametrize(("code", "expected"), [(0, 0), (1023, 8184)])
def test_the_extremes_of_the_converter_do_not_wrap(
    tracker: NativeTracker, code: int, expected: int
) -> None:
    assert tracker.burst([code] * READS) == expected


def test_spikes_upwards_move_nothing_and_a_single_low_read_does_not_either(
    tracker: NativeTracker,
) -> None:
    quiet = [400] * READS
    for spikes in range(READS - RANKS - FIRST + 1):  # as many as lie above the ranks that count
        assert tracker.burst([1000] * spikes + quiet[spikes:]) == 400 * RANKS
    assert tracker.burst([0, *quiet[1:]]) == 400 * RANKS
