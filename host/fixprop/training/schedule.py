"""How the learning rate goes down from the first epoch to the last."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi

from fixprop.errors import UsageError
from fixprop.formats import RATE

STEPS = 4
STEP_FACTOR = 0.5

SCHEDULES: dict[str, Callable[[float], float]] = {
    "constant": lambda _part: 1.0,
    "step": lambda part: STEP_FACTOR ** int(STEPS * part),  # halved after each quarter
    "linear": lambda part: 1.0 - part,
    "cosine": lambda part: 0.5 + 0.5 * cos(pi * part),
}
"""The factor of the rate, from the part of the epochs that is over, 0 to 1."""


def rate_at(schedule: str, rate: float, epoch: int, epochs: int) -> float:
    """The rate of `epoch`, 0 the first of `epochs`: never below one unit, where learning ends."""
    if schedule not in SCHEDULES:
        raise UsageError(f"unknown schedule '{schedule}': choose one of {', '.join(SCHEDULES)}")
    return max(rate * SCHEDULES[schedule](epoch / epochs), RATE.unit)
