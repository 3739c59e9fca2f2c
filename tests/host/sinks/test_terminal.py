"""The terminal's lines fit an ordinary terminal and say what happened."""

from __future__ import annotations

from fixprop.live.events import Link, LinkState
from fixprop.sinks.sampler import Sample
from fixprop.sinks.terminal import HEADER, HEADER_EVERY, Lines, badge, doing
from fixprop.tracking.native_learner import NativeLearner
from fixprop.tracking.twin import Twin
from fixprop.wire.records import State
from tests.host.sinks.making import health, lost, native_bridge, received, sample

TERMINAL_COLUMNS = 80


def test_rows_fit_the_terminal_and_stand_under_their_heads() -> None:
    extreme = {
        "left_cm": 150.0,
        "right_cm": 149.9,
        "bearing_deg": -32.0,
        "presence": -1.0,
        "pointer_deg": -31.75,
        "loss": 1.234e-05,
        "steps_per_s": 12345.6,
        "step": 99_999_999,
    }
    one = Sample(9999.99, 0.0, {**sample().values, **extreme}, State.TEACHING)
    *head, row = Lines(None, repeat=False).of_sample(one)
    assert tuple(head) == HEADER
    assert all(len(line) <= TERMINAL_COLUMNS for line in (*head, row))
    names, numbers = head[0].split(), row.split()
    assert len(names) == len(numbers)
    for name, number in zip(names[:-1], numbers[:-1], strict=True):
        assert head[0].index(f"{name} ") + len(name) == row.index(f"{number} ") + len(number)


def test_what_is_not_known_yet_is_a_dash() -> None:
    *_, row = Lines(None, repeat=False).of_sample(sample(loss=None, steps_per_s=None))
    assert row.split().count("-") == 2


def test_the_header_comes_again_on_a_terminal_and_once_in_a_pipe() -> None:
    for repeat, expected in ((True, 3), (False, 1)):
        lines = Lines(None, repeat=repeat)
        printed = [text for n in range(2 * HEADER_EVERY + 1) for text in lines.of_sample(sample(n))]
        assert printed.count(HEADER[0]) == expected


def test_health_is_told_at_first_at_every_fault_and_now_and_then() -> None:
    lines = Lines(None, repeat=False)

    def told(time_s: float, missed: int) -> list[str]:
        return list(lines.of_event(received(health(missed=missed), time_s)))

    assert "board well, 347 bytes of SRAM free" in told(0.0, 0)[0]
    assert told(1.0, 0) == []
    assert "board 2 readings missed" in told(2.0, 2)[0]
    assert told(3.0, 2) == []
    assert len(told(13.0, 2)) == 1


def test_gaps_and_lost_lines_are_told_as_they_happen() -> None:
    lines = Lines(None, repeat=False)
    assert "frames lost here: 2, 2 in all" in next(lines.of_event(lost(2)))
    assert "frames lost here: 1, 3 in all" in next(lines.of_event(lost(1)))
    text = next(lines.of_event(Link(5.0, LinkState.LOST, "lost /dev/ttyACM0: gone; start again")))
    assert text == "   5.00 -- lost: lost /dev/ttyACM0: gone; goes on when it is back"
    assert list(lines.of_event(Link(6.0, LinkState.CLOSED, "closed"))) == []


def test_the_badge_says_how_the_twin_compares() -> None:
    assert badge(None) == "no twin"
    twin = Twin(NativeLearner(1))
    assert "not in step" in badge(twin)
    bridge = native_bridge()
    bridge.turn(1.0)
    assert bridge.twin is not None
    checksums = bridge.twin.state.checksums_equal
    assert checksums > 0
    assert badge(bridge.twin) == f"twin identical, 0 steps, {checksums} checksums"
    bridge.twin.state.first_difference = "step 5: weight 3 is 1 on the board, 2 here"
    assert badge(bridge.twin) == "twin differs: step 5: weight 3 is 1 on the board, 2 here"
    bridge.close()


def test_a_word_for_what_the_board_does() -> None:
    assert doing(State.TEACHING | State.LEARNING) == "teaching"
    assert doing(State.LEARNING) == "learning"
    assert doing(0) == "tracking"
    assert doing(State.STORING | State.LEARNING) == "storing"
