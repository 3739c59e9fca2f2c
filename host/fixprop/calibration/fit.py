"""Constants of a sensor from measurements of a card at known places."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fixprop.calibration.constants import FAR_MV, NEAREST_CM, SensorConstants
from fixprop.calibration.measure import Measurement
from fixprop.calibration.steps import AT, COVERED, CROSSTALK_CM, EDGE, EMPTY, Step
from fixprop.sim.gp2y0a21 import Floats, output_mv
from fixprop.sim.optics import Mount, look
from fixprop.sim.person import CARD

Measurements = dict[tuple[str, int], Measurement]  # by the step's name and the side

PLACED_CM = 0.2  # how well a card is held with a ruler
CURVE_MV = 15.0  # how well the datasheet's curve is known: it was digitised
BEAMS_DEG = np.linspace(1.5, 6.0, 91)  # half-angles looked through; sources say 2.1 to 4.3
WALLS_CM = np.geomspace(20.0, 1000.0, 400)


@dataclass(frozen=True)
class Fit:
    """Constants, how well they are known, and what the measurements say beside them."""

    constants: SensorConstants
    gain_error: float
    offset_error_mv: float
    residual_mv: tuple[float, ...]  # measured less fitted, by distance
    sigmas: tuple[float, ...]  # the same in its standard errors

    @property
    def worst(self) -> int:
        """Index of the distance that fits worst."""
        return int(np.argmax(np.abs(self.sigmas)))


def typical_mv(mount: Mount, side: int, step: Step) -> float:
    """What a typical sensor puts out for the card of this step."""
    distance_cm, _ = look(mount, CARD, side, step.bearing_deg, step.range_cm)
    return float(output_mv(distance_cm))


def _slope_mv_cm(step: Step) -> float:
    ends = output_mv(np.array([step.range_cm - 0.1, step.range_cm + 0.1]))
    return float(abs(ends[1] - ends[0]) / 0.2)


def _line(mount: Mount, side: int, found: list[Measurement]) -> tuple[Floats, Floats, Floats]:
    """Rows for least squares: [typical - 405, 1], measured - 405, standard errors."""
    typical = np.array([typical_mv(mount, side, step) for step in AT.values()])
    rows = np.stack([typical - FAR_MV, np.ones(len(typical))], axis=1)
    placed = np.array([PLACED_CM * _slope_mv_cm(step) for step in AT.values()])
    errors = np.array([m.error_mv for m in found])
    sigma = np.sqrt(errors**2 + placed**2 + CURVE_MV**2)
    return rows, np.array([m.mean_mv for m in found]) - FAR_MV, sigma


def fit_curve(mount: Mount, side: int, measured: Measurements) -> Fit:
    """Gain and offset by weighted least squares over all distances."""
    rows, above_mv, sigma = _line(mount, side, [measured[s.name, side] for s in AT.values()])
    covariance = np.linalg.inv((rows / sigma[:, None] ** 2).T @ rows)
    gain, offset = covariance @ (rows.T @ (above_mv / sigma**2))
    residual = above_mv - rows @ np.array([gain, offset])
    gain_error, offset_error_mv = np.sqrt(np.diag(covariance)).tolist()
    return Fit(
        SensorConstants(float(gain), float(offset)),
        gain_error,
        offset_error_mv,
        tuple(residual.tolist()),
        tuple((residual / sigma).tolist()),
    )


def wall_cm(constants: SensorConstants, empty: Measurement) -> float:
    """How far away what the sensor sees without a card seems to be."""
    seen = constants.output_mv(WALLS_CM)
    return float(np.interp(empty.mean_mv, seen[::-1], WALLS_CM[::-1]))


def fit_beam(
    mount: Mount, side: int, constants: SensorConstants, measured: Measurements
) -> float | None:
    """Half-angle at which the card's edge gives what was measured; None if none does."""
    step, wall = EDGE[side], wall_cm(constants, measured[EMPTY.name, side])
    expected = np.array(
        [
            FAR_MV
            + constants.gain * (typical_mv(_with(mount, beam, wall), side, step) - FAR_MV)
            + constants.offset_mv
            for beam in BEAMS_DEG
        ]
    )
    seen_mv = measured[step.name, side].mean_mv
    if not expected.min() < seen_mv < expected.max():
        return None
    return float(np.interp(seen_mv, np.maximum.accumulate(expected), BEAMS_DEG))


def _with(mount: Mount, beam_deg: float, wall: float) -> Mount:
    return replace(mount, half_angle_deg=float(beam_deg), background_cm=wall)


def crosstalk_mv(side: int, measured: Measurements) -> float:
    """What this sensor's output falls by when the other one is covered."""
    alone = measured[COVERED[1 - side].name, side]
    return measured[AT[CROSSTALK_CM].name, side].mean_mv - alone.mean_mv


def fit_sensor(mount: Mount, side: int, measured: Measurements) -> Fit:
    """All constants of one sensor."""
    curve = fit_curve(mount, side, measured)
    constants = replace(
        curve.constants,
        beam_deg=fit_beam(mount, side, curve.constants, measured),
        crosstalk_mv=crosstalk_mv(side, measured),
    )
    assert min(step.range_cm for step in AT.values()) > NEAREST_CM  # where the curve is one to one
    return replace(curve, constants=constants)
