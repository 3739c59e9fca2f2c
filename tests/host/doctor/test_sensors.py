"""The sensors' verdicts, at both sides of each limit."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.doctor import limits
from fixprop.doctor.sensors import judge
from fixprop.doctor.watch import Phase
from fixprop.sim.offline import offline_readings
from fixprop.sim.paths import Track
from fixprop.sim.sensors import SensorUnit
from tests.host.doctor.watched import phase, sensor, watch

HAND_MV, WALL_MV = 1300.0, limits.WALL_MV


def names(rest: Phase, left: Phase | None = None, right: Phase | None = None) -> list[str]:
    return [finding.name for finding in judge(watch(rest, left, right))]


def three(left: list[float], right: list[float], **more: float) -> list[str]:
    """Levels in mV at rest, with a hand on the left and on the right."""
    made = [
        phase(sensor(a, seed=2 * i, **more), sensor(b, seed=2 * i + 1))  # type: ignore[arg-type]
        for i, (a, b) in enumerate(zip(left, right, strict=True))
    ]
    return names(*made)


def test_two_healthy_sensors_and_a_hand() -> None:
    assert three([WALL_MV, HAND_MV, WALL_MV], [WALL_MV, WALL_MV, HAND_MV]) == []


def test_exchanged_wires_are_told_from_the_hand() -> None:
    assert three([WALL_MV, WALL_MV, HAND_MV], [WALL_MV, HAND_MV, WALL_MV]) == ["sensors_swapped"]


def test_a_hand_before_both_sensors_is_no_exchange() -> None:
    assert three([WALL_MV, HAND_MV, HAND_MV], [WALL_MV, HAND_MV, HAND_MV]) == []


def test_a_sensor_that_sees_no_hand() -> None:
    assert three([WALL_MV] * 3, [WALL_MV, WALL_MV, HAND_MV]) == ["sensor_blind (left)"]


def test_the_weakest_unit_before_a_wall_is_not_taken_for_a_dead_one() -> None:
    unit = SensorUnit(1 - limits.GAIN_SPREAD, -limits.OFFSET_SPREAD_MV)
    strong = SensorUnit(1 + limits.GAIN_SPREAD, -limits.OFFSET_SPREAD_MV)
    for weakest in (unit, strong):
        level_mv = float(weakest.transfer_mv(WALL_MV))
        for seed in range(20):
            reads = sensor(level_mv, sigma_counts=11, seed=seed)
            assert reads.mean() >= 64  # halfway to a grounded pin's 16 lies the limit
            assert names(phase(reads, sensor(WALL_MV, seed=99))) == []


def test_a_grounded_pin_is_low_even_with_the_adc_off_by_two_counts() -> None:
    assert names(phase([16] * 130, sensor(WALL_MV))) == ["sensor_low (left)"]


def test_a_pin_at_the_supply_is_high_and_the_strongest_unit_is_not() -> None:
    assert names(phase([8184] * 130, sensor(WALL_MV))) == ["sensor_high (left)"]
    peak_mv = limits.PEAK_MV * (1 + limits.GAIN_SPREAD)
    assert names(phase(sensor(peak_mv), sensor(WALL_MV))) == []


def test_a_contact_that_comes_and_goes_is_found_by_a_single_reading() -> None:
    reads = sensor(WALL_MV)
    reads[50] = 8184
    assert names(phase(reads, sensor(WALL_MV))) == ["sensor_floating (left)"]


def test_a_level_that_no_sensor_puts_out_is_a_pin_that_floats() -> None:
    assert names(phase(sensor(4600), sensor(WALL_MV))) == ["sensor_floating (left)"]


def test_one_value_all_the_time_is_stuck_unless_a_hand_moves_it() -> None:
    quiet = np.full(130, 900)
    found = names(phase(quiet, sensor(WALL_MV)), phase(quiet, sensor(WALL_MV)))
    assert found == ["sensor_stuck (left)"]
    moved = names(phase(quiet, sensor(WALL_MV)), phase(quiet + 1500, sensor(WALL_MV)))
    assert "sensor_stuck (left)" not in moved


def test_a_quiet_pin_that_goes_with_the_other_sensor_is_stuck() -> None:
    quiet = sensor(900, sigma_counts=1)
    up = phase(quiet + 1500, sensor(HAND_MV))  # a hand on the right moves both
    found = names(phase(quiet, sensor(WALL_MV)), phase(quiet, sensor(WALL_MV)), up)
    assert found == ["sensor_stuck (left)"]


@pytest.mark.parametrize("sigma_counts", [10.0, 12.0, 14.0])
def test_noise_of_the_sources_is_no_finding_in_a_hundred_draws(sigma_counts: float) -> None:
    for seed in range(100):
        reads = sensor(600, sigma_counts=sigma_counts, readings=79, seed=seed)
        assert names(phase(reads, sensor(WALL_MV, readings=79, seed=seed + 500))) == []


def test_three_times_the_least_noise_is_found_in_a_hundred_draws() -> None:
    for seed in range(100):
        reads = sensor(900, sigma_counts=30, seed=seed)
        assert names(phase(reads, sensor(WALL_MV))) == ["sensor_noisy (left)"]


def test_noise_that_is_cut_off_at_zero_is_looked_for_with_a_hand_there() -> None:
    low = phase(sensor(100, sigma_counts=33), sensor(WALL_MV))
    hand = phase(sensor(HAND_MV, sigma_counts=33), sensor(WALL_MV))
    assert "sensor_noisy (left)" in names(low, hand, low)


def test_a_slow_hand_is_no_noise() -> None:
    away = np.linspace(0, 100, 130)  # somebody walks past in the background
    assert names(phase(sensor(600) + away, sensor(WALL_MV))) == []


def test_too_few_readings_are_not_judged() -> None:
    assert names(phase([0] * 19, [8184] * 19)) == []


def test_a_hand_that_moves_all_the_time_is_neither_noise_nor_a_loose_wire() -> None:
    for seed in range(5):
        seen = offline_readings(seed, 60, Track(seed))
        for start in range(0, len(seen.left) - 131, 131):
            part = slice(start, start + 131)
            assert names(phase(seen.left[part], seen.right[part])) == []


@pytest.mark.parametrize("hertz", [50.0, 60.0])
def test_the_least_hum_of_a_loose_wire_is_found(hertz: float) -> None:
    time_s = 0.038 * np.arange(130)
    for start in np.linspace(0, 2 * np.pi, 12):
        hum = 8 * 0.3 * 1024 / 5 * np.sin(2 * np.pi * hertz * time_s + start)
        found = names(phase(2000 + hum, sensor(WALL_MV)))
        assert found == ["sensor_floating (left)"]
