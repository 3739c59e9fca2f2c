"""Who holds a hand before the sensors and looks at the pointer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from fixprop.board.port import Port
from fixprop.doctor.limits import POINTER_DEG
from fixprop.sim.paths import Still
from fixprop.sim.scene import World

SIDES = ("left", "right")
HAND_DEG, HAND_CM = 13.0, 20.0  # one sensor sees all of it and the other nothing


class Person(Protocol):
    """Does what the doctor cannot."""

    def hold_hand(self, side: int | None) -> None:
        """Hold a hand before the left (0) or right (1) sensor, or take it away."""

    def sees_pointer(self, side: int) -> bool:
        """Whether the pointer points to that side now."""


class Simulated:
    """The person in a simulated world."""

    def __init__(self, world: World, port: Port) -> None:
        self._world, self._port = world, port

    def hold_hand(self, side: int | None) -> None:
        """See Person."""
        path = Still() if side is None else Still((2 * side - 1) * HAND_DEG, HAND_CM)
        self._world.use(path, self._port.time_s())

    def sees_pointer(self, side: int) -> bool:
        """See Person."""
        angle_deg = float(np.asarray(self._world.servo.angle_deg(self._port.time_s())))
        return (2 * side - 1) * angle_deg > POINTER_DEG


class Asked:
    """A person at this computer. `tell` waits until it is done, `ask` for yes or no."""

    def __init__(self, tell: Callable[[str], None], ask: Callable[[str], bool]) -> None:
        self._tell, self._ask = tell, ask

    def hold_hand(self, side: int | None) -> None:
        """See Person."""
        if side is None:
            self._tell("Take everything away from the sensors")
        else:
            self._tell(
                f"Hold a hand still, 20 cm before the {SIDES[side].upper()} sensor, "
                "seen from behind them, a little to the outside"
            )

    def sees_pointer(self, side: int) -> bool:
        """See Person."""
        return self._ask(f"Did the pointer turn to the {SIDES[side].upper()}?")
