"""A person in the simulated world who does what the steps say."""

from __future__ import annotations

import math

import numpy as np

from fixprop.board.port import Port
from fixprop.calibration.steps import Step
from fixprop.sim.paths import Still
from fixprop.sim.person import CARD
from fixprop.sim.scene import World
from fixprop.sim.sensors import SensorUnit


def world_with_card(seed: int, units: tuple[SensorUnit, SensorUnit] | None = None) -> World:
    """A world in which the hand is a card, still away."""
    return World(seed, Still(), hand=CARD, units=units)


class ScriptedHolder:
    """Holds the card where a step says, `placed_cm` (standard deviation) beside it."""

    def __init__(self, world: World, port: Port, placed_cm: float = 0.0, seed: int = 1) -> None:
        self._world, self._port, self._placed_cm = world, port, placed_cm
        self._rng = np.random.default_rng(seed)
        self._range_cm = math.nan
        self.held: list[tuple[str, str]] = []

    def hold(self, step: Step, why: str) -> None:
        """See Holder."""
        self.held.append((step.name, why))
        if step.covered is None:  # else the card stays
            self._range_cm = step.range_cm + self._placed_cm * self._rng.standard_normal()
        away = math.isnan(self._range_cm)
        path = Still() if away else Still(step.bearing_deg, self._range_cm)
        self._world.use(path, self._port.time_s())
        self._world.cover(step.covered, self._port.time_s())
