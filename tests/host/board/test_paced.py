"""A board at the wall clock's pace, on a clock and a sleep that the test makes."""

from __future__ import annotations

import pytest

from fixprop.board.native import NativeBoard
from fixprop.board.paced import MOST_BEHIND_S, PacedBoard
from fixprop.sim.scene import World


class Wall:
    """A clock that only sleeping and `busy` move."""

    def __init__(self) -> None:
        self.now_s = 50.0

    def clock(self) -> float:
        return self.now_s

    def pass_by(self, seconds: float) -> None:
        self.now_s += seconds


@pytest.mark.parametrize("speed", [0.5, 1.0, 4.0])
def test_a_second_of_the_board_takes_one_over_speed(speed: float) -> None:
    wall = Wall()
    board = PacedBoard(NativeBoard(World(1)), speed, wall.clock, wall.pass_by)
    while board.time_s() < 3.0:
        board.read(0.1)
        assert wall.now_s - 50.0 == pytest.approx(board.time_s() / speed)


def test_a_short_delay_is_caught_up_and_a_long_one_is_not() -> None:
    wall = Wall()
    board = PacedBoard(NativeBoard(World(1)), 1.0, wall.clock, wall.pass_by)
    wall.pass_by(MOST_BEHIND_S / 2)
    while board.time_s() < 1.0:
        board.read(0.1)
    assert wall.now_s - 50.0 == pytest.approx(board.time_s())
    wall.pass_by(10.0)
    while board.time_s() < 2.0:
        board.read(0.1)
    assert wall.now_s - 50.0 == pytest.approx(board.time_s() + 10.0, abs=0.05)


def test_bytes_are_the_boards_own() -> None:
    wall = Wall()
    paced = PacedBoard(NativeBoard(World(1)), 1.0, wall.clock, wall.pass_by)
    plain = NativeBoard(World(1))
    ours, theirs = b"", b""
    while paced.time_s() < 2.0:
        ours += paced.read(0.1)
    while plain.time_s() < paced.time_s():
        theirs += plain.read(0.1)
    shorter = min(len(ours), len(theirs))  # one may have come a reading further
    assert ours[:shorter] == theirs[:shorter]
    assert shorter > 1000
