"""How near a calibration comes to hidden constants, as far as noise lets it."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.calibration.constants import SensorConstants
from fixprop.calibration.fit import typical_mv
from fixprop.calibration.measure import READINGS
from fixprop.calibration.steps import AT
from fixprop.sim.optics import Mount
from fixprop.sim.sensors import READ_NOISE_MV

READING_SIGMA_MV = 20.0  # of a still card: 14 to 24 (tests/host/sim/test_offline.py)
# the difference of two means of 52 readings, five standard errors
CROSSTALK_NOISE_MV = 5 * READING_SIGMA_MV * float(np.sqrt(2 / READINGS))


def low_mv() -> float:
    """So far below the middle lie the low-middle ranks of sixteen noisy reads."""
    reads = np.random.default_rng(1).standard_normal((40_000, 16)) * READ_NOISE_MV
    return float(-np.sort(reads, axis=1)[:, 1:9].mean())


def noise_errors(side: int) -> tuple[float, float]:
    """Standard errors of gain and offset that the readings' noise alone leaves."""
    typical = np.array([typical_mv(Mount(), side, step) for step in AT.values()])
    rows = np.stack([typical - 405.0, np.ones(len(typical))], axis=1)
    covariance = np.linalg.inv(rows.T @ rows) * READING_SIGMA_MV**2 / READINGS
    gain, offset = np.sqrt(np.diag(covariance))
    return float(gain), float(offset)


def check_curve(found: SensorConstants, side: int, gain: float, offset_mv: float) -> None:
    """Gain and offset are those of the unit."""
    gain_error, offset_error_mv = noise_errors(side)
    # four standard errors, twice: the fit weighs the far cards more than noise alone would
    assert found.gain == pytest.approx(gain, abs=8 * gain_error)
    # spikes that get past the filter and the floor of the bandgap's code add a few millivolts
    assert found.offset_mv == pytest.approx(offset_mv - low_mv(), abs=8 * offset_error_mv + 4)
