"""The lesson of a virtual build is the firmware's."""

from itertools import pairwise

import numpy as np

from fixprop.sweep.lesson import moments, servo_of
from fixprop.tracking.definition import VALUES
from fixprop.tracking.learner import UNKNOWN, label_of_pulse
from fixprop.wire.records import Reading, ResetWeights, State, Teach
from tests.firmware.tracker.conversation import Conversation

SECONDS = 60
READINGS = SECONDS * 1000 // VALUES["READING_PERIOD_MS"]


def label(reading: Reading) -> int | None:
    if not reading.state & State.LABELLED:
        return None
    absent = reading.state & State.HAND_ABSENT_LABEL
    return UNKNOWN if absent else label_of_pulse(reading.pointer_us)


def test_pointer_labels_and_rates_are_the_firmwares() -> None:
    board = Conversation()
    board.ask(ResetWeights(5))
    board.ask(Teach(SECONDS))
    told = [board.read() for _ in range(READINGS)]
    lesson = list(moments(5, READINGS))
    assert [m.pointer_us for m in lesson] == [r.pointer_us for r in told]
    assert [m.label for m in lesson] == [label(r) for r in told]
    halved = [False] + [b.rate < a.rate for a, b in pairwise(told)]
    assert [m.halves_rate for m in lesson] == halved
    assert sum(halved) == 3


def test_the_servo_is_where_the_lesson_put_it_a_little_later() -> None:
    lesson = list(moments(1, 500))
    ends_s = [0.1 + 0.038 * i for i in range(500)]
    servo = servo_of(lesson, ends_s)
    pulses_us = np.array([m.pointer_us for m in lesson])
    asked = (pulses_us - VALUES["SERVO_CENTRE_US"]) * 180 / 1900
    there = servo.angle_deg(np.array(ends_s))  # the pulse of the reading before has arrived
    assert np.abs(there - asked).max() < 1e-6
    assert np.abs(asked).max() > 15
