"""Where the card is held, step by step."""

from __future__ import annotations

import math
from dataclasses import dataclass

from fixprop.sim.person import card_beside
from fixprop.sim.sensors import LEFT, RIGHT

SIDES = ("left", "right")
DISTANCES_CM = (10.0, 15.0, 20.0, 30.0, 40.0)
CROSSTALK_CM = 20.0
EDGE_CM = 30.0  # there the card's edge on the centre line is where each beam ends


@dataclass(frozen=True)
class Step:
    """One place of the card, NaN for none, from the midpoint between the sensors' lenses.

    `name` is what the person does; `advice` is what helps if the readings are restless.
    """

    name: str
    text: str
    bearing_deg: float = 0.0
    range_cm: float = math.nan
    covered: int | None = None  # the sensor that a finger covers
    edge_of: int | None = None  # the sensor whose beam ends at the card's edge
    advice: str = "hold the card still"

    @property
    def watched(self) -> tuple[int, ...]:
        """The sensors whose readings count."""
        if self.edge_of is not None:
            return (self.edge_of,)
        return tuple(side for side in (LEFT, RIGHT) if side != self.covered)


def _at(distance_cm: float) -> Step:
    return Step(
        f"card {distance_cm:g} cm",
        f"Hold the card square to the sensors, {distance_cm:g} cm from their lenses.",
        0.0,
        distance_cm,
    )


def _covered(side: int) -> Step:
    return Step(
        f"{SIDES[side]} covered",
        f"Leave the card at {CROSSTALK_CM:g} cm and cover the {SIDES[side]} sensor with a finger, "
        "that one only.",
        0.0,
        CROSSTALK_CM,
        side,
    )


def _edge(side: int) -> Step:
    """The card on the other side of the centre line than the sensor that is measured."""
    where = 1 - side
    return Step(
        f"card on the {SIDES[where]}",
        f"Hold the card {EDGE_CM:g} cm away, all of it {SIDES[where]} of the centre line, its edge "
        "on it, facing the sensors.",
        *card_beside(where, EDGE_CM),
        edge_of=side,
    )


EMPTY = Step(
    "empty",
    "Take the card away, and yourself: nothing nearer than a metre.",
    advice="nothing may move before the sensors, nor be nearer than a metre",
)
AT = {distance: _at(distance) for distance in DISTANCES_CM}
COVERED = {side: _covered(side) for side in (LEFT, RIGHT)}
EDGE = {side: _edge(side) for side in (LEFT, RIGHT)}


def all_steps() -> list[Step]:
    """In the order in which they are least trouble."""
    steps = [EMPTY]
    for distance, step in AT.items():
        steps.append(step)
        if distance == CROSSTALK_CM:
            steps += [COVERED[RIGHT], COVERED[LEFT]]
    return [*steps, EDGE[LEFT], EDGE[RIGHT]]
