"""Counts, pulses and outputs in the units that people read."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fixprop.sim.gp2y0a21 import output_mv
from fixprop.tracking.definition import VALUES
from fixprop.tracking.learner import label_of_pulse

Floats = NDArray[np.float64]
COUNTS_PER_MV = 1024 / 5000
CONVERSIONS = VALUES["BURST_RANKS"]
NEAREST_CM, FURTHEST_CM = 7.0, 150.0
"""Nearer the sensor's output folds back; further it says no more than that nothing is there."""

_CM = np.geomspace(FURTHEST_CM, NEAREST_CM, 512)
_COUNTS = output_mv(_CM) * COUNTS_PER_MV


def cm_of_counts(counts: ArrayLike) -> Floats:
    """Distance at which the typical sensor of the datasheet's curve reads so, 7 to 150 cm."""
    return np.asarray(np.interp(np.asarray(counts, np.float64), _COUNTS, _CM))


def deg_of_pulse(pulse_us: int) -> float:
    """Bearing to which a servo pulse points, as the board labels it."""
    return label_of_pulse(pulse_us) / 4
