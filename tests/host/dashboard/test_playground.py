"""A simulated board to play with."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.board.port import Port
from fixprop.dashboard.playground import AWAY, UNPLUGGED_S, Playground
from fixprop.errors import FixpropError
from fixprop.session import Session
from fixprop.wire.records import Teach


class Plugged:
    """A playground and its line."""

    def __init__(self) -> None:
        self.now = 0.0
        self.playground = Playground("native://", 1, clock=lambda: self.now, paced=False)
        self.port: Port = self.playground.connect()

    def run(self, seconds: float) -> bytes:
        """What came."""
        data, end = b"", self.port.time_s() + seconds
        while (left := end - self.port.time_s()) > 1e-9:
            data += self.port.read(left)
        return data

    def place(self) -> tuple[float, float]:
        """Where the hand is."""
        return self.playground.place(self.port.time_s())


@pytest.fixture
def plugged() -> Plugged:
    return Plugged()


def test_a_hand_that_is_dragged_goes_there_and_stays(plugged: Plugged) -> None:
    plugged.playground.drag((7.0, 18.0))
    plugged.run(1.0)
    assert plugged.place() == (7.0, 18.0)
    plugged.playground.drag((-3.0, 25.0))
    plugged.run(1.0)
    assert plugged.place() == (-3.0, 25.0)
    assert not plugged.playground.auto
    plugged.playground.drag(AWAY)
    plugged.run(0.5)
    assert np.isnan(plugged.place()).all()


def test_left_alone_it_moves_by_itself(plugged: Plugged) -> None:
    plugged.run(0.5)
    before = plugged.place()
    plugged.run(0.5)
    assert plugged.place() != before


def test_taken_over_it_stays_where_it_is(plugged: Plugged) -> None:
    plugged.run(0.5)
    plugged.playground.set_auto(False)
    plugged.run(0.1)
    here = plugged.place()
    plugged.run(1.0)
    assert plugged.place() == here


def test_in_a_lesson_it_follows_the_pointer(plugged: Plugged) -> None:
    session = Session(plugged.port)
    session.open()
    session.command(Teach(10))
    plugged.playground.lesson = True
    session.run(8.0)
    times = plugged.port.time_s() - np.linspace(0, 2.0, 40)
    bearings, _ = plugged.playground.world.hand_at(times)
    pointer = plugged.playground.world.pointer(times)
    assert np.ptp(pointer) > 8  # it sweeps
    assert np.abs(bearings - pointer).mean() < 4  # a hand wanders and is late


def test_where_the_hand_was_is_kept_for_each_piece_that_came(plugged: Plugged) -> None:
    pieces = 0
    for _ in range(40):
        pieces += bool(plugged.port.read(0.038))
    assert pieces == len(plugged.playground.truths) > 20


def test_unplugged_the_line_is_lost_and_then_not_there_and_then_starts_anew(
    plugged: Plugged,
) -> None:
    plugged.playground.unplug()
    with pytest.raises(FixpropError, match="was unplugged"):
        plugged.port.read(0.1)
    with pytest.raises(FixpropError, match="is unplugged"):
        plugged.playground.connect()
    plugged.now += UNPLUGGED_S
    before = plugged.port.time_s()
    session = Session(plugged.playground.connect())
    assert session.open().reading_index < 20  # it has been reset
    assert plugged.port.time_s() >= before  # the world has not


def test_a_line_from_before_stays_lost(plugged: Plugged) -> None:
    plugged.playground.unplug()
    plugged.now += UNPLUGGED_S
    with pytest.raises(FixpropError, match="was unplugged"):
        plugged.port.read(0.1)
