"""What can be said to a virtual Uno: where hand, card and finger then are, and what is refused."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pytest

from fixprop.errors import UsageError
from fixprop.sim.orders import ORDERS, obey
from fixprop.sim.paths import Still
from fixprop.sim.person import BARE_HAND, CARD, Person, card_beside
from fixprop.sim.sensors import LEFT, RIGHT, draw_units
from fixprop.sim.uno import CLOCK_HZ
from tests.host.calibration.recovery import low_mv

SEED = 4


@dataclass
class Desk:
    """A Bench without a chip."""

    person: Person = field(default_factory=lambda: Person(SEED))
    seed: int = SEED
    time_s: float = 1.0
    started_s: float | None = 0.04
    powered: bool = True
    speed: float = 1.0

    def power(self, on: bool) -> None:
        self.powered = on

    def pace(self, speed: float) -> None:
        self.speed = speed


def later_mv(desk: Desk, side: int) -> float:
    """What a sensor reads a second later, mean of many reads."""
    world, start = desk.person.world, round((desk.time_s + 1) * CLOCK_HZ)
    desk.time_s += 2
    return float(np.mean([world.adc_mv(side, start + 1664 * i) for i in range(500)]))


def test_a_hand_goes_where_it_is_told() -> None:
    desk = Desk()
    told = obey(desk, "hand -12.5 22")
    assert (told["bearing_deg"], told["range_cm"], told["present"]) == (-12.5, 22.0, True)
    assert desk.person.world.hand == BARE_HAND
    desk.time_s = 2.0
    told = obey(desk, "hand none")
    assert (told["bearing_deg"], told["range_cm"], told["present"]) == (None, None, False)
    assert desk.person.world.truth(1.5).bearing_deg == -12.5  # the past stays


def test_it_follows_the_pointer_or_moves_freely() -> None:
    desk = Desk()
    obey(desk, "hand follow")
    desk.person.world.servo_pulse(1450 + 10 * 1900 / 180, 1.0)
    desk.time_s = 5.0
    assert obey(desk, "truth")["bearing_deg"] == pytest.approx(10, abs=3)  # wander: 1 degree rms
    obey(desk, "hand free")
    desk.time_s = 65.0
    told = obey(desk, "truth 5 65 0.1")
    assert len(told["time_s"]) == 601 and all(told["present"])
    assert max(told["bearing_deg"]) > 10 and min(told["bearing_deg"]) < -10
    assert min(told["range_cm"]) >= 12


def test_a_card_is_square_or_beside_the_centre_line() -> None:
    desk = Desk()
    told = obey(desk, "card 20")
    assert (told["bearing_deg"], told["range_cm"]) == (0.0, 20.0)
    assert {sensor.hand for sensor in desk.person.world.sensors} == {CARD}
    for side, sign in (("left", -1), ("right", 1)):
        told = obey(desk, f"card 30 {side}")
        centre_cm = told["range_cm"] + CARD.depth_cm / 2
        bearing = math.radians(told["bearing_deg"])
        # the edge: half a width from the centre towards the line, square to the line of sight
        x = centre_cm * math.sin(bearing) - sign * CARD.width_cm / 2 * math.cos(bearing)
        y = centre_cm * math.cos(bearing) + sign * CARD.width_cm / 2 * math.sin(bearing)
        assert (x, y) == (pytest.approx(0, abs=1e-9), pytest.approx(30))
        assert math.copysign(1, told["bearing_deg"]) == sign
    obey(desk, "card none")
    assert not obey(desk, "truth")["present"]


def test_a_card_is_seen_where_a_hand_is_too_narrow() -> None:
    desk, seen_mv = Desk(), []
    for held in (BARE_HAND, CARD, BARE_HAND):  # its middle 3 cm beside the line
        desk.person.show(held, Still(8.0, 20.0), desk.time_s)
        seen_mv.append(later_mv(desk, LEFT))
    assert seen_mv[1] > max(seen_mv[0], seen_mv[2]) + 100


def test_the_sensors_see_the_card_and_the_finger() -> None:
    desk = Desk()
    unit = draw_units(SEED)[LEFT]
    obey(desk, "card 20")
    square_mv = later_mv(desk, LEFT)
    obey(desk, "cover left")
    covered_mv = later_mv(desk, LEFT)
    assert abs(covered_mv - square_mv) > 300 * unit.gain
    assert abs(later_mv(desk, RIGHT) - covered_mv) > 300
    obey(desk, "cover none")
    assert later_mv(desk, LEFT) == pytest.approx(square_mv, abs=20)


def test_what_the_person_does_outlives_the_power_and_the_sensors_do_too() -> None:
    desk = Desk()
    obey(desk, "card 20")
    obey(desk, "cover right")
    before = [later_mv(desk, side) for side in (LEFT, RIGHT)]
    hidden = obey(desk, "sensors")
    desk.person.see_power_come()
    desk.time_s = 0.0
    assert [later_mv(desk, side) for side in (LEFT, RIGHT)] == pytest.approx(before, abs=20)
    assert obey(desk, "sensors") == hidden
    told = obey(desk, "truth 0 1 0.5")
    assert (told["range_cm"], told["time_s"]) == ([20.0] * 3, [0.0, 0.5, 1.0])


def test_the_hidden_constants_are_the_units() -> None:
    told = obey(Desk(), "sensors")
    for name, unit in zip(("left", "right"), draw_units(SEED), strict=True):
        assert (told[name]["gain"], told[name]["offset_mv"]) == (unit.gain, unit.offset_mv)


def test_the_offset_to_find_holds_the_filter_and_the_other_sensors_light() -> None:
    """That a calibration comes to it is in test_first_hour.py and test_recovery.py."""
    desk = Desk(Person(SEED, crosstalk_mv=(20.0, 60.0)))
    told = obey(desk, "sensors")
    for name, light_mv in (("left", 20.0), ("right", 60.0)):
        found = told[name]["offset_to_find_mv"] - told[name]["offset_mv"]
        assert found == pytest.approx(light_mv - low_mv(), abs=3)


def test_a_hand_that_follows_is_away_while_a_lesson_rests() -> None:
    for order in ("hand follow", None):  # None: nothing was said since power-on
        desk = Desk(time_s=2.0)
        if order:
            obey(desk, order)
        for rests in (True, False):
            desk.time_s += 1.0
            desk.person.see_lesson(rests, desk.time_s)
            desk.time_s += 0.1
            assert obey(desk, "truth")["present"] is not rests


def test_a_hand_that_comes_to_follow_waits_for_the_rests_end() -> None:
    desk = Desk()
    obey(desk, "hand none")
    desk.person.see_lesson(True, desk.time_s)
    assert not obey(desk, "hand follow")["present"]
    desk.person.see_lesson(False, desk.time_s)
    assert obey(desk, "truth")["present"]
    desk.person.see_lesson(True, desk.time_s)
    desk.person.see_power_come()
    desk.time_s = 1.5
    assert obey(desk, "truth")["present"]  # the lesson ended with the power


def test_what_is_held_still_stays_in_a_lesson() -> None:
    for order in ("hand 0 20", "card 20"):
        desk = Desk()
        obey(desk, order)
        desk.person.see_lesson(True, desk.time_s)
        assert obey(desk, "truth")["present"]


def test_a_finger_takes_the_bare_hand_and_leaves_the_card() -> None:
    desk = Desk()
    for shown, present in (("hand follow", False), ("hand 0 20", False), ("card 20", True)):
        obey(desk, shown)
        assert obey(desk, "cover left")["present"] is present
        assert obey(desk, "cover none")["present"] is present


def test_power_and_pace_are_the_benchs() -> None:
    desk = Desk()
    assert obey(desk, "power off")["powered"] is False
    assert obey(desk, "power on")["powered"] is True
    obey(desk, "speed 2.5")
    assert desk.speed == 2.5


def test_help_names_every_order() -> None:
    told = obey(Desk(), "help")
    assert [usage.split()[0] for usage in told] == list(ORDERS)
    assert obey(Desk(), "") == told


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ("dance", "no order 'dance': use one of hand, card"),
        ("hand up", "'hand up': use hand none|follow|free|BEARING RANGE"),
        ("hand x 20", "bearing 'x': use -90 to 90 degrees"),
        ("hand nan 20", "bearing 'nan'"),
        ("hand 0 5", "distance '5': use 6 to 150 cm"),
        ("card", "'card': use card none|CM [left|right]"),
        ("card 30 up", "'card 30 up'"),
        ("card 14 left", "distance '14': use 15 to 150 cm"),
        ("cover both", "'cover both': use cover none|left|right"),
        ("power", "'power': use power off|on"),
        ("speed 0", "speed '0': use 0.01 to 100"),
        ("sensors now", "'sensors now': use sensors"),
        ("truth 1", "'truth 1': use truth [FROM TO EVERY]"),
        ("truth 0 2 0.1", "time '2': use 0 to 1 s"),
        ("truth 1 0.5 0.1", "time '0.5': use 1 to 1 s"),
        ("truth 0 1 0", "step '0': use 0.001 to 3600 s"),
    ],
)
def test_what_cannot_be_is_one_line(order: str, reason: str) -> None:
    with pytest.raises(UsageError) as refused:
        obey(Desk(), order)
    assert reason in str(refused.value)
    assert "\n" not in str(refused.value)


def test_an_answer_has_an_end() -> None:
    with pytest.raises(UsageError, match="100001 rows: at most 100000"):
        obey(Desk(time_s=1000.0), "truth 0 100 0.001")


def test_a_card_beside_is_as_far_as_its_edge() -> None:
    for side in (LEFT, RIGHT):
        bearing_deg, range_cm = card_beside(side, 30.0)
        assert math.hypot(range_cm + CARD.depth_cm / 2, CARD.width_cm / 2) == pytest.approx(30)
        assert (bearing_deg > 0) == (side == RIGHT)
