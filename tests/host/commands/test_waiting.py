"""What is said at the terminal while a board is not there."""

from __future__ import annotations

from fixprop.board.native import NativeBoard
from fixprop.board.port import Port
from fixprop.board.unpluggable import Cable
from fixprop.commands.waiting import Waiting
from fixprop.errors import FixpropError
from fixprop.live.bridge import Bridge
from fixprop.sim.scene import World

MISSING = "waiting for test://: no port test://: is the board plugged in?"


class Desk:
    """A board on a cable that is not plugged in yet, and a clock that the test winds."""

    def __init__(self) -> None:
        self.cable, self.now_s, self.denied = (
            Cable(NativeBoard(World(1), url="test://")),
            0.0,
            False,
        )
        self.cable.unplug()
        self.bridge = Bridge(self._connect, clock=lambda: self.now_s)
        self.said: list[str] = []
        self.waiting = Waiting(self.bridge, "test://", self.said.append)

    def _connect(self) -> Port:
        if self.denied:
            raise FixpropError("permission denied")
        return self.cable.connect()

    def turns(self, number: int = 5) -> list[str]:
        """What is said in some turns, a few seconds apart."""
        self.said.clear()
        for _ in range(number):
            self.bridge.turn(0.05)
            self.now_s += 3.0
        return list(self.said)


def test_a_missing_board_is_told_once_and_once_more_when_it_is_found() -> None:
    desk = Desk()
    assert desk.turns() == [MISSING]
    assert desk.turns() == []
    desk.cable.plug_in()
    assert desk.turns() == ["found test://"]
    assert desk.turns() == []
    desk.bridge.close()


def test_another_reason_is_told_too() -> None:
    desk = Desk()
    desk.turns()
    desk.denied = True
    assert desk.turns() == ["waiting for test://: permission denied"]
    desk.denied = False
    assert desk.turns() == []  # the first one once more


def test_a_board_that_is_there_is_not_worth_a_word_and_one_that_leaves_is() -> None:
    desk = Desk()
    desk.cable.plug_in()
    assert desk.turns() == []
    desk.cable.unplug()
    lost, missing = desk.turns()
    assert lost.startswith("waiting for test://: ")
    assert missing == MISSING
    desk.cable.plug_in()
    assert desk.turns() == ["found test://"]
    desk.said.clear()
    desk.bridge.close()
    assert desk.said == []
