"""The world around the Uno: a hand, two sensors that watch it, a servo that points at it."""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fixprop.sim.gp2y0a21 import Floats, output_mv
from fixprop.sim.optics import Hand, Mount, look
from fixprop.sim.paths import Follow, HandPath, Pointer, Scripted, Still, Track, sweep_deg
from fixprop.sim.sensors import LEFT, RIGHT, SensorModel, SensorUnit, draw_units
from fixprop.sim.servo import Servo
from fixprop.sim.supply import Supply
from fixprop.sim.uno import CLOCK_HZ

__all__ = [
    "VISIBLE_COVERAGE",
    "Follow",
    "HandPath",
    "Scripted",
    "Still",
    "Track",
    "Truth",
    "Truths",
    "World",
    "sweep_deg",
]

COVERED_CM = 1.0  # a finger on the lenses: the datasheet's curve begins there
VISIBLE_COVERAGE = 0.05  # of the beam: at 30 cm, half of the output's rise over the background


class Truth(NamedTuple):
    """Where the hand really is; NaN bearing and range while it is away."""

    bearing_deg: float
    range_cm: float
    present: bool
    visible_left: bool
    visible_right: bool


class Truths(NamedTuple):
    """Truth for an array of times."""

    bearing_deg: Floats
    range_cm: Floats
    present: NDArray[np.bool_]
    visible_left: NDArray[np.bool_]
    visible_right: NDArray[np.bool_]


class World:
    """What the board's pins A0 (left sensor), A1 (right sensor) and D9 (servo) are wired to.

    Feed it from one SimulatedUno: `SimulatedUno(elf, adc_mv=world.adc_mv, on_pulse=lambda p:
    world.servo_pulse(p.width_us, p.end_s))`. Times are seconds since power-on and must not
    decrease; the past can be asked for at any time. The same seed gives the same world.
    `crosstalk_mv`: what each sensor's output rises by the other's light while that is not covered.
    """

    def __init__(
        self,
        seed: int,
        path: HandPath | None = None,
        *,
        units: tuple[SensorUnit, SensorUnit] | None = None,
        mount: Mount | None = None,
        hand: Hand | None = None,
        noise: float = 1.0,
        supply: Supply | None = None,
        crosstalk_mv: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        self.supply, self.crosstalk_mv = supply or Supply(), crosstalk_mv
        self._covers: list[tuple[float, int | None]] = [(0.0, None)]
        self.seed, self.servo = seed, Servo()
        self.mount, self.hand = mount or Mount(), hand or Hand()
        self.units = units or draw_units(seed)
        self.sensors = tuple(
            SensorModel(unit, side, seed, mount=self.mount, hand=self.hand, noise=noise)
            for side, unit in enumerate(self.units)
        )
        self.pointer: Pointer = self.servo.angle_deg
        self._starts, self._paths = [0.0], [path or Follow(seed)]
        self._held_mv, self._due_s = [0.0, 0.0], [0.0, 0.0]

    def use(self, path: HandPath, time_s: float) -> None:
        """The hand takes `path` from `time_s` on; later than every earlier change."""
        self._starts.append(time_s)
        self._paths.append(path)

    def servo_pulse(self, pulse_us: float, time_s: float) -> None:
        """A servo pulse ended."""
        self.servo.pulse(pulse_us, time_s)

    def adc_mv(self, channel: int, cycle: int) -> int:
        """Millivolts on an analog pin at a CPU cycle; 0 on a pin with nothing on it."""
        if channel not in (LEFT, RIGHT):
            return 0
        time_s = cycle / CLOCK_HZ
        if time_s >= self._due_s[channel]:
            self._measure(channel, time_s)
        return self.sensors[channel].read_one_mv(self._held_mv[channel], time_s)

    def supply_mv(self, cycle: int) -> int:
        """Millivolts of the board's supply at a CPU cycle."""
        return self.supply.mv(cycle / CLOCK_HZ, self.servo)

    def cover(self, side: int | None, time_s: float) -> None:
        """A finger lies on that sensor from `time_s` on, or on none."""
        self._covers.append((time_s, side))

    def _covered(self, time_s: float) -> int | None:
        return next((s for start_s, s in reversed(self._covers) if start_s <= time_s), None)

    def _measure(self, side: int, time_s: float) -> None:
        sensor = self.sensors[side]
        cycle = int(sensor.cycle_at(time_s))
        if cycle >= 0:
            instant_s = float(sensor.instant_s(cycle))
            covered = self._covered(instant_s)
            held_mv = float(sensor.measure_mv(cycle, *self.hand_at(instant_s)))
            if covered == side:
                held_mv = float(sensor.unit.transfer_mv(output_mv(COVERED_CM)))
            elif covered is None:
                held_mv += self.crosstalk_mv[side]
            self._held_mv[side] = held_mv
        self._due_s[side] = float(sensor.update_s(cycle + 1))

    def hand_at(self, time_s: ArrayLike) -> tuple[Floats, Floats]:
        """Bearing and range at any times up to now; NaN while the hand is away."""
        time = np.asarray(time_s, dtype=np.float64)
        if len(self._paths) == 1 or not time.size:
            return self._along(0, time)
        if time.ndim == 0:
            return self._along(max(bisect_right(self._starts, float(time)) - 1, 0), time)
        index = np.maximum(np.searchsorted(self._starts, time, side="right") - 1, 0)
        bearing, distance = np.empty(time.shape), np.empty(time.shape)
        for i in np.unique(index):
            at = index == i
            bearing[at], distance[at] = self._along(int(i), time[at])
        return bearing, distance

    def _along(self, index: int, time_s: Floats) -> tuple[Floats, Floats]:
        start = self._starts[index]
        return self._paths[index].positions(time_s - start, lambda t: self.pointer(t + start))

    def truths(self, time_s: ArrayLike) -> Truths:
        """Truth at an array of times up to now."""
        bearing, distance = self.hand_at(time_s)
        _, left = look(self.mount, self.hand, LEFT, bearing, distance)
        _, right = look(self.mount, self.hand, RIGHT, bearing, distance)
        visible = left > VISIBLE_COVERAGE, right > VISIBLE_COVERAGE
        return Truths(bearing, distance, np.isfinite(bearing), *visible)

    def truth(self, time_s: float) -> Truth:
        """Truth at one time up to now."""
        bearing, distance, *flags = self.truths(time_s)
        return Truth(float(bearing), float(distance), *(bool(flag) for flag in flags))
