"""Units, cycles and noise of the two sensors."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.sim.sensors import (
    LEFT,
    RIGHT,
    SPIKE_S,
    SPIKES_PER_S,
    SensorModel,
    SensorUnit,
    draw_units,
)

TYPICAL = SensorUnit()


def reads(
    sensor: SensorModel, seconds: float, step_s: float = 104e-6, held: float = 1000
) -> np.ndarray:
    times = np.arange(0, seconds, step_s)
    return sensor.read_mv(np.full(times.shape, held), times)


def test_units_stay_within_the_datasheet() -> None:
    units = [unit for seed in range(300) for unit in draw_units(seed)]
    gain = np.array([unit.gain for unit in units])
    offset_mv = np.array([unit.offset_mv for unit in units])
    period_ms = np.array([unit.period_ms for unit in units])
    assert 1.65 / 1.90 - 1e-9 <= gain.min() < 0.9 < 1.1 < gain.max() <= 2.15 / 1.90 + 1e-9
    assert -150 <= offset_mv.min() < -100 < 100 < offset_mv.max() <= 150
    assert 28.7 <= period_ms.min() < 30 < 46 < period_ms.max() <= 47.9
    first_output_ms = [unit.phase_ms + unit.period_ms + unit.delay_ms for unit in units]
    assert 0 < min(first_output_ms) < max(first_output_ms) <= 52.9  # datasheet, after power-on


def test_units_differ_by_side_and_seed_and_not_by_chance() -> None:
    left, right = draw_units(1)
    assert left != right
    assert draw_units(1) == (left, right) != draw_units(2)
    assert draw_units(1, spread=0)[0].transfer_mv([405, 2000]) == pytest.approx([405, 2000])


def test_the_result_is_held_for_a_cycle_and_comes_late() -> None:
    sensor = SensorModel(SensorUnit(period_ms=38.3, phase_ms=-10, delay_ms=4), LEFT, 3)
    times = np.arange(0, 2, 1e-4)
    cycles = sensor.cycle_at(times)
    assert set(np.diff(cycles)) == {0, 1}
    held_ms = np.diff(times[1:][np.diff(cycles) == 1]) * 1000
    assert held_ms.mean() == pytest.approx(38.3, abs=0.2)
    assert np.abs(held_ms - 38.3).max() < 1.0  # +-1 % jitter of two neighbours, 0.1 ms steps
    seen = cycles >= 0
    age_ms = 1000 * (times[seen] - sensor.instant_s(cycles[seen]))
    assert age_ms.min() == pytest.approx(38.3 / 2 + 4, abs=0.2)
    assert age_ms.max() == pytest.approx(1.5 * 38.3 + 4, abs=1.0)


def test_nothing_is_at_the_output_before_the_first_measurement_ends() -> None:
    sensor = SensorModel(SensorUnit(phase_ms=0, delay_ms=5), LEFT, 3)
    assert sensor.cycle_at([0.0, 0.042, 0.045]).tolist() == [-1, -1, 0]


def test_single_reads_scatter_by_eleven_counts() -> None:
    sample = reads(SensorModel(TYPICAL, LEFT, 5), 20)
    quiet = sample[np.abs(sample - np.median(sample)) < 160]  # 3 sigma: cuts spikes off
    assert 10 * 5000 / 1024 < quiet.std() < 11.5 * 5000 / 1024
    assert 11 < sample.std() * 1024 / 5000 < 14  # with spikes


def test_read_noise_is_white() -> None:
    sample = reads(SensorModel(TYPICAL, LEFT, 6), 10).astype(float)
    lags = [np.corrcoef(sample[:-n], sample[n:])[0, 1] for n in (1, 2, 5)]
    assert np.abs(lags).max() < 0.02  # 96,000 reads: 6 sigma is 0.019


def test_measurements_scatter_by_eight_millivolts_and_are_held() -> None:
    sensor = SensorModel(TYPICAL, LEFT, 7)
    cycles = np.arange(5000)
    held = sensor.measure_mv(cycles, np.zeros(5000), np.full(5000, 30.0))
    assert held.std() == pytest.approx(8, rel=0.05)
    assert np.array_equal(held, sensor.measure_mv(cycles, np.zeros(5000), np.full(5000, 30.0)))


def test_spikes_only_go_up_and_last_a_tenth_of_a_millisecond() -> None:
    noisy, quiet = SensorModel(TYPICAL, LEFT, 8), SensorModel(TYPICAL, LEFT, 8)
    quiet._spike_mv.values = np.zeros(100_000)  # the same white noise without spikes
    step_s = 1e-5
    rise = reads(noisy, 5, step_s) - reads(quiet, 5, step_s)
    assert rise.min() == 0
    hit = rise > 0
    assert hit.mean() == pytest.approx(1 - np.exp(-SPIKES_PER_S * SPIKE_S), rel=0.1)
    assert rise[hit].mean() == pytest.approx(200, rel=0.05)
    starts, ends = (
        np.flatnonzero(np.diff(hit.astype(int)) == 1),
        np.flatnonzero(np.diff(hit.astype(int)) == -1),
    )
    lasting_s = np.median(ends[: len(starts)] - starts[: len(ends)]) * step_s
    assert lasting_s == pytest.approx(SPIKE_S, rel=0.11)  # one step of ten


def test_one_at_a_time_is_the_same_as_all_at_once() -> None:
    times = np.arange(0, 1.5, 104e-6)  # more reads than one block of random numbers
    held = np.linspace(300, 2800, len(times))
    at_once = SensorModel(TYPICAL, RIGHT, 9).read_mv(held, times)
    sensor = SensorModel(TYPICAL, RIGHT, 9)
    one_by_one = [
        sensor.read_one_mv(v, t) for v, t in zip(held.tolist(), times.tolist(), strict=True)
    ]
    assert at_once.tolist() == one_by_one


def test_reading_more_often_changes_no_measurement() -> None:
    busy, idle = SensorModel(TYPICAL, LEFT, 10), SensorModel(TYPICAL, LEFT, 10)
    reads(busy, 3)
    cycles = np.arange(100)
    assert np.array_equal(
        busy.measure_mv(cycles, np.zeros(100), np.full(100, 20.0)),
        idle.measure_mv(cycles, np.zeros(100), np.full(100, 20.0)),
    )
    assert np.array_equal(busy.instant_s(cycles), idle.instant_s(cycles[::-1])[::-1])


def test_the_sides_have_noise_of_their_own() -> None:
    left, right = (reads(SensorModel(TYPICAL, side, 11), 2) for side in (LEFT, RIGHT))
    assert abs(np.corrcoef(left, right)[0, 1]) < 0.04  # 19,000 reads: 5 sigma


def test_without_noise_a_read_is_what_is_held() -> None:
    sensor = SensorModel(TYPICAL, LEFT, 12, noise=0)
    assert set(reads(sensor, 0.5, held=1234.0)) == {1234}
