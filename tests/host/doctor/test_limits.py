"""Limits that were computed, computed anew; and beside what the simulated sensors do."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.doctor import limits
from fixprop.doctor.sensors import successive_sigma
from fixprop.sim.offline import KEPT
from fixprop.sim.sensors import SINGLE_READ_NOISE_MV


def test_scatter_of_the_filtered_burst() -> None:
    reads = np.sort(np.random.default_rng(3).standard_normal((200_000, 16)), axis=1)
    # 200,000 draws: 0.16 % of itself, one standard error
    assert reads[:, KEPT].sum(axis=1).std() == pytest.approx(limits.BURST_SIGMA, rel=0.006)


def test_scatter_of_the_noise_estimate() -> None:
    draws = np.random.default_rng(4).standard_normal((4000, 79))
    sigmas = np.array([successive_sigma(row) for row in draws])
    room = limits.noisy_sigma(79) / limits.HEALTHY_SIGMA - 1
    assert sigmas.std() == pytest.approx(room / limits.STANDARD_ERRORS, rel=0.1)


def test_healthy_lies_between_stuck_and_noisy_and_noisy_below_floating() -> None:
    healthy = limits.BURST_SIGMA * SINGLE_READ_NOISE_MV / limits.MV_PER_COUNT
    assert 4 * limits.STUCK_SIGMA < healthy < limits.HEALTHY_SIGMA
    assert limits.noisy_sigma(79) < limits.FLOATING_SIGMA / 2


def test_supply_limits_hold_for_every_bandgap() -> None:
    for bandgap_mv in (1000, 1100, 1200):
        said = 1100 / bandgap_mv  # what an uncalibrated board makes of 1 mV
        assert 4500 * said >= limits.SUPPLY_SURELY_LOW_MV
        assert round(5500 * said) <= limits.SUPPLY_SURELY_HIGH_MV
