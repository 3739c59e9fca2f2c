"""What a measurement makes of outliers, restless hands and sensors that are not there."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.calibration.constants import SensorConstants, reading_mv
from fixprop.calibration.measure import QUIET_MV, READINGS, Unsteady, check_nothing_near, measure
from fixprop.errors import FixpropError
from fixprop.sim.gp2y0a21 import output_mv

COUNT_MV = 5000 / 8192  # of an eighth of a count


def readings(mean_mv: float = 1300.0, sigma_mv: float = 20.0, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.rint((mean_mv + sigma_mv * rng.standard_normal(READINGS)) / COUNT_MV).astype(np.int64)


def test_the_mean_of_quiet_readings() -> None:
    found = measure("left", "A0", readings())
    assert found.count + found.rejected == READINGS
    assert found.mean_mv == pytest.approx(1300 + 4 * COUNT_MV, abs=4 * found.error_mv)
    assert found.error_mv == pytest.approx(20 / np.sqrt(READINGS), rel=0.3)


def test_a_few_outliers_do_not_move_it() -> None:
    quiet, spoilt = readings(), readings()
    spoilt[[3, 17, 30, 45]] += 600
    clean, found = measure("left", "A0", quiet), measure("left", "A0", spoilt)
    assert found.rejected >= 4
    assert found.mean_mv == pytest.approx(clean.mean_mv, abs=2 * clean.error_mv)


def test_many_outliers_are_no_measurement() -> None:
    spoilt = readings()
    spoilt[::6] += 600
    with pytest.raises(Unsteady, match="of 52 readings of the left sensor lie far"):
        measure("left", "A0", spoilt)


def test_a_trembling_hand_is_no_measurement() -> None:
    with pytest.raises(Unsteady, match=r"spread by .* at most 72 are usual: hold the card still"):
        measure("right", "A1", readings(sigma_mv=4 * QUIET_MV))


def test_a_card_that_moved_is_no_measurement() -> None:
    moving = readings() + np.linspace(0, 100 / COUNT_MV, READINGS).astype(np.int64)
    with pytest.raises(Unsteady, match="moved by"):
        measure("left", "A0", moving)


def test_quiet_readings_are_hardly_ever_refused() -> None:
    for seed in range(1000):
        measure("left", "A0", readings(sigma_mv=QUIET_MV, seed=seed))


def test_a_step_may_have_advice_of_its_own() -> None:
    for restless in (readings(sigma_mv=4 * QUIET_MV), readings() + np.arange(READINGS) * 4):
        with pytest.raises(Unsteady, match=r"usual: go away$"):
            measure("right", "A1", restless, "go away")


@pytest.mark.parametrize("near_cm", [6.5, 20.0, 45.0])
def test_something_near_is_not_nothing(near_cm: float) -> None:
    near = measure("left", "A0", readings(float(output_mv(near_cm))))
    with pytest.raises(
        Unsteady, match=rf"left sensor .* about {near_cm:.0f} cm away.*take it away"
    ):
        check_nothing_near("left", near)


def test_a_wall_at_a_metre_is_nothing_to_any_unit() -> None:
    for unit in (SensorConstants(1 + 0.25 / 1.9, 150.0), SensorConstants(1 - 0.25 / 1.9, 150.0)):
        far = float(unit.output_mv(100.0)) + 60.0  # and the other sensor's light
        check_nothing_near("left", measure("left", "A0", readings(far)))


def test_a_sensor_that_is_not_there_is_told_by_its_wire() -> None:
    with pytest.raises(FixpropError, match=r"no right sensor on A1 .*check its yellow wire"):
        measure("right", "A1", np.full(READINGS, 8184))
    with pytest.raises(FixpropError, match=r"left sensor on A0 puts out \d mV.*red and black"):
        measure("left", "A0", np.zeros(READINGS, np.int64))


def test_centimetres_of_a_typical_sensor_are_the_datasheets() -> None:
    distances = np.array([7.0, 10.0, 20.0, 40.0, 80.0])
    counts = (output_mv(distances) / 5000 * 1024 - 0.5) * 8
    assert reading_mv(counts) == pytest.approx(output_mv(distances))
    assert SensorConstants().range_cm(counts) == pytest.approx(distances, rel=1e-3)
    unit = SensorConstants(1.1, -80.0)
    counts = (unit.output_mv(distances) / 5000 * 1024 - 0.5) * 8
    assert unit.range_cm(counts) == pytest.approx(distances, rel=1e-3)
    assert SensorConstants().range_cm([8184, 0]).tolist() == [6.5, 150.0]
