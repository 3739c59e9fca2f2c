"""The walk through all steps: somebody holds the card, the board reads, the constants follow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from fixprop.calibration.board import read_constants
from fixprop.calibration.constants import UnitConstants
from fixprop.calibration.fit import Fit, Measurements, fit_curve, fit_sensor, wall_cm
from fixprop.calibration.measure import READINGS, Unsteady, check_nothing_near, measure
from fixprop.calibration.steps import AT, EMPTY, SIDES, Step, all_steps
from fixprop.errors import FixpropError, UsageError
from fixprop.session import Session
from fixprop.sim.optics import Mount
from fixprop.sim.sensors import LEFT, RIGHT
from fixprop.tracking.definition import VALUES
from fixprop.wire.codec import Frame
from fixprop.wire.records import Reading, SetPointer

SETTLE_READINGS = 4  # a sensor shows what it saw up to two of its cycles ago
ATTEMPTS = 3
MISFIT_SIGMAS = 3.0
NEAREST_WALL_CM = 75.0  # asked for is a metre; the curve's errors are worth a fifth of it there
LISTEN_S = 0.05
PATIENCE_S = 5.0
STILL = SetPointer(VALUES["SERVO_CENTRE_US"])
PINS = (f"A{VALUES['PIN_LEFT_SENSOR']}", f"A{VALUES['PIN_RIGHT_SENSOR']}")

OnReading = Callable[[Step, int, Reading], None]
"""Told the step, how many of its readings have come, and the reading."""


class Holder(Protocol):
    """Whoever holds the card."""

    def hold(self, step: Step, why: str) -> None:
        """Return when the card is there; `why`: what was wrong before, or nothing."""


@dataclass
class Outcome:
    """What was measured, and what follows."""

    constants: UnitConstants
    fits: tuple[Fit, Fit]
    measured: Measurements
    supply_mv: float
    remarks: list[str] = field(default_factory=list)


def walk(
    session: Session,
    holder: Holder,
    on_reading: OnReading,
    *,
    unix_s: int,
    mount: Mount | None = None,
    true_supply_mv: float | None = None,
) -> Outcome:
    """Measure everything; stores nothing.

    `true_supply_mv`: the board's 5 V by a multimeter, from which its bandgap follows. Raises
    FixpropError when a measurement does not succeed.
    """
    mount = mount or Mount()
    with session.paused(), _pointer_held(session):
        bandgap_mv = read_constants(session).bandgap_mv
        walker = _Walker(session, holder, on_reading)
        for step in all_steps():
            walker.measure(step)
            _bandgap(
                bandgap_mv * walker.supply_scale(true_supply_mv)
            )  # refused now, not at the end
        for side in (LEFT, RIGHT):
            walker.again_if_it_does_not_fit(mount, side)
        walker.again_if_something_was_near(mount)
    scale = walker.supply_scale(true_supply_mv)
    measured = {
        key: replace(m, mean_mv=m.mean_mv * scale, sigma_mv=m.sigma_mv * scale)
        for key, m in walker.measured.items()
    }
    left, right = (fit_sensor(mount, side, measured) for side in (LEFT, RIGHT))
    constants = UnitConstants(left.constants, right.constants, _bandgap(bandgap_mv * scale), unix_s)
    outcome = Outcome(constants, (left, right), measured, walker.supply_mv * scale)
    for side, fit in enumerate((left, right)):
        outcome.remarks += [*_remarks(side, fit), *_of_the_wall(side, fit, measured)]
    return outcome


def _bandgap(millivolts: float) -> int:
    low, high = VALUES["BANDGAP_LOWEST_MV"], VALUES["BANDGAP_HIGHEST_MV"]
    if not low <= round(millivolts) <= high:
        raise UsageError(
            f"by that supply the chip's bandgap would be {millivolts:.0f} mV, it has {low} to "
            f"{high}: measure between 5V and GND again, in millivolts"
        )
    return round(millivolts)


def _remarks(side: int, fit: Fit) -> list[str]:
    remarks = []
    if abs(fit.sigmas[fit.worst]) > MISFIT_SIGMAS:
        step = list(AT.values())[fit.worst]
        remarks.append(
            f"{SIDES[side]} sensor, {step.name}: {fit.residual_mv[fit.worst]:+.0f} mV from the "
            "fitted curve; was the distance right, from the lenses?"
        )
    if fit.constants.beam_deg is None:
        remarks.append(
            f"{SIDES[side]} sensor: its beam was not measured, as no beam of 1.5 to 6 degrees "
            "fits; was the card's edge on the centre line?"
        )
    return remarks


def _of_the_wall(side: int, fit: Fit, measured: Measurements) -> list[str]:
    """One text if something was near without the card, else none."""
    away_cm = wall_cm(fit.constants, measured[EMPTY.name, side])
    if away_cm >= NEAREST_WALL_CM:
        return []
    return [
        f"{SIDES[side]} sensor, {EMPTY.name}: by its own curve something stood {away_cm:.0f} cm "
        "away, and spoils its beam: nothing may be nearer than a metre"
    ]


@contextmanager
def _pointer_held(session: Session) -> Iterator[None]:
    """The servo stays still, and the supply with it."""
    session.command(STILL)
    try:
        yield
    except BaseException:
        with suppress(FixpropError):  # the first error is the one to tell
            session.command(SetPointer(0))
        raise
    session.command(SetPointer(0))


class _Walker:
    def __init__(self, session: Session, holder: Holder, on_reading: OnReading) -> None:
        self._session, self._holder, self._on_reading = session, holder, on_reading
        self.measured: Measurements = {}
        self.supplies_mv: list[int] = []

    @property
    def supply_mv(self) -> float:
        """The supply as the board tells it, median."""
        return float(np.median(self.supplies_mv))

    def supply_scale(self, true_mv: float | None) -> float:
        """Millivolts in one that the board tells, by what a multimeter shows; 1 without it."""
        return 1.0 if true_mv is None else true_mv / self.supply_mv

    def measure(self, step: Step, why: str = "") -> None:
        for _ in range(ATTEMPTS):
            self._holder.hold(step, why)
            try:
                self._take(step)
            except Unsteady as unsteady:
                why = str(unsteady)
            else:
                return
        raise FixpropError(f"{step.name}: {why}; given up after {ATTEMPTS} attempts, start again")

    def _take(self, step: Step) -> None:
        readings = self._collect(step)
        pairs = np.array([(r.left, r.right) for r in readings], np.int64)
        found = {
            side: measure(SIDES[side], PINS[side], pairs[:, side], step.advice)
            for side in step.watched
        }
        if step is EMPTY:
            for side, measurement in found.items():
                check_nothing_near(SIDES[side], measurement)
        self.measured.update({(step.name, side): m for side, m in found.items()})
        self.supplies_mv += [r.supply_mv for r in readings]

    def _collect(self, step: Step) -> list[Reading]:
        """Those after the card has been seen; what came while it was moved still waits on the line."""
        first = self._session.command(STILL).reading_index + SETTLE_READINGS
        came: list[Reading] = []

        def listen(frame: Frame) -> None:
            reading = frame.message
            wanted = len(came) < READINGS
            if wanted and isinstance(reading, Reading) and reading.reading_index >= first:
                came.append(reading)
                self._on_reading(step, len(came), reading)

        self._session.listeners.append(listen)
        try:
            end_s = self._session.port.time_s() + PATIENCE_S
            while len(came) < READINGS and self._session.port.time_s() < end_s:
                self._session.run(LISTEN_S)
        finally:
            self._session.listeners.remove(listen)
        if len(came) < READINGS:
            raise FixpropError(
                f"{self._session.port.url} sent {len(came)} readings in {PATIENCE_S:g} s, "
                f"{READINGS} were expected: check the cable"
            )
        return came

    def again_if_it_does_not_fit(self, mount: Mount, side: int) -> None:
        fit = fit_curve(mount, side, self.measured)
        if abs(fit.sigmas[fit.worst]) > MISFIT_SIGMAS:
            step = list(AT.values())[fit.worst]
            self.measure(
                step,
                f"the {SIDES[side]} sensor's reading lies {fit.residual_mv[fit.worst]:+.0f} mV from "
                "the curve through the others: measure the distance again",
            )

    def again_if_something_was_near(self, mount: Mount) -> None:
        """What any unit may put out at a metre, an insensitive one puts out much nearer."""
        fits = [fit_curve(mount, side, self.measured) for side in (LEFT, RIGHT)]
        near = [
            told for side, fit in enumerate(fits) for told in _of_the_wall(side, fit, self.measured)
        ]
        if near:
            self.measure(EMPTY, near[0])
