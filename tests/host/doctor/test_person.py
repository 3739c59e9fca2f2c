"""The person: what is asked of one, and what the simulated one does."""

from __future__ import annotations

import math

from fixprop.doctor.person import Asked, Simulated
from fixprop.sim.paths import Still
from fixprop.sim.scene import World
from tests.host.doctor.watched import NoPort


class At(NoPort):
    """A Port whose clock is set."""

    now_s = 0.0

    def time_s(self) -> float:
        return self.now_s


def test_a_person_is_told_the_side_and_asked_what_they_saw() -> None:
    told: list[str] = []
    answers = iter([True, False])

    def answer(question: str) -> bool:
        told.append(question)
        return next(answers)

    person = Asked(told.append, answer)
    person.hold_hand(0)
    person.hold_hand(None)
    assert person.sees_pointer(0)
    assert not person.sees_pointer(1)
    assert "before the LEFT sensor" in told[0]
    assert told[1] == "Take everything away from the sensors"
    assert told[2:] == ["Did the pointer turn to the LEFT?", "Did the pointer turn to the RIGHT?"]


def test_the_simulated_hand_is_seen_by_that_side_only() -> None:
    world, port = World(1, Still()), At()
    person = Simulated(world, port)
    for side in (0, 1):
        port.now_s = 1.0 + side
        person.hold_hand(side)
        truth = world.truth(port.now_s + 0.5)
        assert (truth.visible_left, truth.visible_right) == (side == 0, side == 1)
    port.now_s = 3.0
    person.hold_hand(None)
    assert math.isnan(world.truth(3.5).bearing_deg)


def test_the_simulated_person_sees_where_the_servo_points() -> None:
    world, port = World(1, Still()), At()
    person = Simulated(world, port)
    assert not person.sees_pointer(0) and not person.sees_pointer(1)
    world.servo_pulse(1150, 0.02)
    port.now_s = 1.0
    assert person.sees_pointer(0) and not person.sees_pointer(1)
