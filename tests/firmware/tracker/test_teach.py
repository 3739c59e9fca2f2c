"""A lesson: rest, settle, sweep; its labels, its pointer, its end."""

from __future__ import annotations

import pytest

from fixprop.tracking.definition import VALUES
from fixprop.wire.records import Learn, Reading, ResetWeights, SetPointer, State, Teach
from tests.firmware.tracker.conversation import Conversation

REST, SETTLE = VALUES["TEACH_REST_READINGS"], VALUES["TEACH_SETTLE_READINGS"]
CENTRE_US, SWEEP_US = VALUES["SERVO_CENTRE_US"], VALUES["TEACH_SWEEP_US"]
SLOWEST_US, SPEEDS = VALUES["TEACH_SLOWEST_US"], VALUES["TEACH_SPEEDS"]
HALVING = VALUES["RATE_HALVING_READINGS"]


def readings_of(seconds: int) -> int:
    return seconds * 1000 // VALUES["READING_PERIOD_MS"]


def lesson(seconds: int, seed: int = 1) -> list[Reading]:
    """The readings of a lesson and five more."""
    board = Conversation()
    board.ask(ResetWeights(seed))
    board.ask(Teach(seconds))
    return [board.read() for _ in range(readings_of(seconds) + 5)]


@pytest.fixture(scope="module")
def told() -> list[Reading]:
    return lesson(60)


def test_a_lesson_is_as_long_as_asked(told: list[Reading]) -> None:
    teaching = [bool(r.state & State.TEACHING) for r in told]
    assert teaching == [True] * readings_of(60) + [False] * 5


def test_learning_goes_on_when_the_lesson_is_over(told: list[Reading]) -> None:
    assert all(r.state & State.LEARNING for r in told)


def test_labels_say_nobody_then_nothing_then_where_the_pointer_stands(told: list[Reading]) -> None:
    both = State.LABELLED | State.HAND_ABSENT_LABEL
    labels = [r.state & both for r in told[: readings_of(60)]]
    assert labels[:REST] == [both] * REST
    assert labels[REST : REST + SETTLE] == [0] * SETTLE
    assert set(labels[REST + SETTLE :]) == {State.LABELLED}
    assert all(r.state & both == 0 for r in told[readings_of(60) :])


def test_the_pointer_rests_then_sweeps_to_both_sides_at_the_speeds_agreed(
    told: list[Reading],
) -> None:
    pulses = [r.pointer_us for r in told[: readings_of(60)]]
    assert set(pulses[: REST + 1]) == {CENTRE_US}
    moves = [b - a for a, b in zip(pulses[REST:], pulses[REST + 1 :], strict=False)]
    speeds = {abs(move) for move in moves}
    assert speeds == set(range(SLOWEST_US, SLOWEST_US + SPEEDS))
    overshoot = SLOWEST_US + SPEEDS - 2  # of the fastest step that starts just inside
    assert CENTRE_US + SWEEP_US <= max(pulses) <= CENTRE_US + SWEEP_US + overshoot
    assert CENTRE_US - SWEEP_US >= min(pulses) >= CENTRE_US - SWEEP_US - overshoot


def test_the_sweeps_speeds_come_from_the_seed() -> None:
    pulses = [[r.pointer_us for r in lesson(20, seed)] for seed in (1, 1, 2)]
    assert pulses[0] == pulses[1] != pulses[2]


def test_the_rate_halves_as_the_lesson_goes_on(told: list[Reading]) -> None:
    for number, reading in enumerate(told[: readings_of(60)]):
        assert reading.rate == VALUES["RATE_START"] >> (number // HALVING)


def test_the_longest_lesson_does_not_halve_the_rate_to_nothing() -> None:
    rates = [r.rate for r in lesson(255)]  # sixteen halvings would leave 0
    assert rates[-1] == min(rates) == VALUES["RATE_LOWEST"]


def test_a_second_lesson_begins_with_large_steps_again() -> None:
    board = Conversation()
    board.ask(Teach(20))
    for _ in range(HALVING + 1):
        last = board.read()
    assert last.rate == VALUES["RATE_START"] // 2
    board.ask(Teach(20))
    assert board.read().rate == VALUES["RATE_START"]


def test_nought_seconds_stop_a_lesson_and_its_labels() -> None:
    board = Conversation()
    board.ask(Teach(20))
    for _ in range(REST + SETTLE + 3):
        last = board.read()
    assert last.state & State.LABELLED
    board.ask(Teach(0))
    after = [board.read() for _ in range(3)]
    assert all(not r.state & (State.TEACHING | State.LABELLED) for r in after)
    assert all(r.state & State.LEARNING for r in after)  # only `learn` stops that


def test_nought_seconds_start_no_learning() -> None:
    board = Conversation()
    board.ask(Teach(0))
    assert board.read().state == 0


def test_a_lesson_without_learning_still_labels() -> None:
    board = Conversation()
    board.ask(Teach(20))
    board.ask(Learn(0))
    assert board.read().state == State.TEACHING | State.LABELLED | State.HAND_ABSENT_LABEL
    assert board.tracker.work(10) == 0


def test_a_lesson_moves_the_pointer_though_it_was_held() -> None:
    board = Conversation()
    board.ask(SetPointer(900))
    board.ask(Teach(20))
    for _ in range(REST + 5):
        told = board.read()
    assert abs(told.pointer_us - CENTRE_US) <= 5 * (SLOWEST_US + SPEEDS)
