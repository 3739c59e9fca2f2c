"""A few dozen readings of a card that is held still become one number, or a reason why not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fixprop.calibration.constants import FAR_MV, SensorConstants, reading_mv
from fixprop.errors import FixpropError
from fixprop.sim.gp2y0a21 import output_mv
from fixprop.tracking.definition import VALUES

READINGS = 52  # two seconds
# One reading of a still card: 8 mV of each measurement and eight of sixteen reads of 10 to 14 counts
# (wesmith/PID_balance_arm; olduino), 14 to 24 mV together. A hand that trembles adds to it.
QUIET_MV = 24.0
NOISIEST_MV = 3 * QUIET_MV
OUTLIER_SIGMAS = 4.0
MOST_OUTLIERS = 0.1
MOVED_SIGMAS = 5.0  # of the difference between the first and second half
LEAST_MV = 30.0  # any unit that is powered puts out 50 mV and more with nothing in sight
MOST_CROSSTALK_MV = 100.0
# The datasheet's highest unit, at a metre: FAR_MV + 150 mV, and the least gain (files.py)
MOST_EMPTY_MV = float(
    FAR_MV + 150 + (1 - 0.25 / 1.90) * (output_mv(100.0) - FAR_MV) + MOST_CROSSTALK_MV
)
MAD_TO_SIGMA = 1.4826


class Unsteady(FixpropError):
    """This measurement is no good; another one may be."""


@dataclass(frozen=True)
class Measurement:
    """Mean of the readings that count, in millivolts at the nominal supply."""

    mean_mv: float
    sigma_mv: float  # of one reading
    count: int
    rejected: int

    @property
    def error_mv(self) -> float:
        """Standard error of the mean."""
        return self.sigma_mv / float(np.sqrt(self.count))


def measure(
    name: str, pin: str, readings: NDArray[np.int64], advice: str = "hold the card still"
) -> Measurement:
    """The measurement; raises Unsteady, or FixpropError if the sensor itself cannot be right.

    `advice`: what helps if the readings are restless.
    """
    millivolts = reading_mv(readings)
    middle = float(np.median(millivolts))
    if np.median(readings) > VALUES["READING_HIGHEST"]:
        raise FixpropError(
            f"no {name} sensor on {pin} (it reads {middle:.0f} mV): check its yellow wire"
        )
    if middle < LEAST_MV:
        raise FixpropError(
            f"the {name} sensor on {pin} puts out {middle:.0f} mV, at least {LEAST_MV:.0f} mV "
            "are expected: check its red and black wires"
        )
    sigma = MAD_TO_SIGMA * float(np.median(np.abs(millivolts - middle)))
    kept = millivolts[np.abs(millivolts - middle) <= OUTLIER_SIGMAS * max(sigma, 1.0)]
    found = Measurement(
        float(kept.mean()), float(kept.std(ddof=1)), len(kept), len(millivolts) - len(kept)
    )
    _check(name, found, kept, advice)
    return found


def check_nothing_near(name: str, found: Measurement) -> None:
    """Raises Unsteady if any unit would need something within a metre to put out so much."""
    if found.mean_mv > MOST_EMPTY_MV:
        near_cm = float(SensorConstants().range_cm_of_mv(found.mean_mv))
        raise Unsteady(
            f"the {name} sensor puts out {found.mean_mv:.0f} mV, as with something about "
            f"{near_cm:.0f} cm away; with nothing within a metre it is {MOST_EMPTY_MV:.0f} at "
            "most: take it away"
        )


def _check(name: str, found: Measurement, kept: NDArray[np.float64], advice: str) -> None:
    if found.sigma_mv > NOISIEST_MV:
        raise Unsteady(
            f"the {name} sensor's readings spread by {found.sigma_mv:.0f} mV, at most "
            f"{NOISIEST_MV:.0f} are usual: {advice}"
        )
    if found.rejected > MOST_OUTLIERS * (found.count + found.rejected):
        raise Unsteady(
            f"{found.rejected} of {found.count + found.rejected} readings of the {name} sensor lie "
            f"far from the others: {advice}"
        )
    first, second = np.array_split(kept, 2)
    moved_mv = abs(float(second.mean() - first.mean()))
    limit_mv = MOVED_SIGMAS * 2 * max(found.error_mv, 1.0)
    if moved_mv > limit_mv:
        raise Unsteady(
            f"the {name} sensor's readings moved by {moved_mv:.0f} mV meanwhile, at most "
            f"{limit_mv:.0f} are usual: {advice}"
        )
