"""Counts and pulses in the units that people read."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.sim.gp2y0a21 import output_mv
from fixprop.tracking.definition import VALUES
from fixprop.tracking.scales import COUNTS_PER_MV, cm_of_counts, deg_of_pulse


def test_distance_is_the_inverse_of_the_sensors_curve() -> None:
    distances = np.array([8.0, 10, 20, 30, 50, 80, 120])
    np.testing.assert_allclose(
        cm_of_counts(output_mv(distances) * COUNTS_PER_MV), distances, rtol=2e-3
    )


@pytest.mark.parametrize(("counts", "distance"), [(0, 150.0), (1023, 7.0)])
def test_beyond_the_curve_it_stops_at_its_ends(counts: int, distance: float) -> None:
    assert cm_of_counts(counts) == distance


def test_a_pulse_is_the_bearing_that_the_board_labels_with() -> None:
    centre = VALUES["SERVO_CENTRE_US"]
    assert deg_of_pulse(centre) == 0
    assert deg_of_pulse(centre + VALUES["TEACH_SWEEP_US"]) == pytest.approx(16.6, abs=0.25)
    assert deg_of_pulse(centre - 100) == pytest.approx(-deg_of_pulse(centre + 100), abs=0.25)
