"""The sensor's curve against the datasheet and a real unit."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from fixprop.sim.gp2y0a21 import DATASHEET_CURVE, Floats, output_mv

DATA = Path(__file__).parents[2] / "data"


def table(name: str) -> Floats:
    with (DATA / name).open() as file:
        rows = list(csv.reader(line for line in file if not line.startswith("#")))
    return np.array(rows[1:], dtype=np.float64)


def test_the_package_carries_the_datasheet_table() -> None:
    assert np.array_equal(np.array(DATASHEET_CURVE), table("gp2y0a21_datasheet_curve.csv"))


def test_the_curve_passes_through_every_point_of_the_datasheet() -> None:
    distance, volts = table("gp2y0a21_datasheet_curve.csv").T
    assert output_mv(distance) == pytest.approx(1000 * volts, abs=1)  # 1 mV: the dense table


def test_the_curve_keeps_to_the_compact_fit_between_the_points() -> None:
    distance = np.arange(10, 80, 0.5)
    fit = 27970 / (distance + 2.47) + 70  # rms 5 mV against the datasheet's points
    assert np.abs(output_mv(distance) - fit).max() < 20  # the figure was read to +-15 mV


def test_the_curve_never_overshoots() -> None:
    rising, falling = output_mv(np.linspace(1, 6, 500)), output_mv(np.linspace(6, 900, 5000))
    assert np.all(np.diff(rising) >= 0)
    assert np.all(np.diff(falling) <= 0)
    assert rising[-1] == pytest.approx(3140, abs=1)


def test_it_folds_back_so_that_one_voltage_is_two_distances() -> None:
    near, far = output_mv(2.2), output_mv(20.0)
    assert near == pytest.approx(1300, abs=25)
    assert far == pytest.approx(1310, abs=5)


def test_it_levels_off_far_away() -> None:
    assert 60 < output_mv(1000) < output_mv(150) < output_mv(80) == pytest.approx(405, abs=1)


def test_a_real_unit_is_the_typical_curve_with_its_own_gain_and_offset() -> None:
    distance, counts = table("gp2y0a21_nano_measured.csv").T
    measured_mv = (counts + 0.5) * 5000 / 1024
    typical = output_mv(distance) - 405
    columns = np.stack([typical, np.ones_like(typical)], axis=1)
    (gain, offset_mv), *_ = np.linalg.lstsq(columns, measured_mv - 405, rcond=None)
    assert abs(gain - 1) <= 0.25 / 1.90  # the datasheet's spread of Vo(10) - Vo(80)
    assert abs(offset_mv) <= 150  # and of Vo(80)
    error_mv = columns @ (gain, offset_mv) - (measured_mv - 405)
    assert np.abs(error_mv).max() < 20  # the curve's +-15 mV and one count
    assert error_mv.std() < 10
