"""A cable: what arrives of the board's bytes, and when nothing does."""

from __future__ import annotations

import pytest

from fixprop.board.native import NativeBoard
from fixprop.board.unpluggable import Cable
from fixprop.errors import FixpropError
from fixprop.sim.scene import World

LOST = r"^lost test://: device disconnected; plug it in and start again$"


@pytest.fixture
def cable() -> Cable:
    """One that is plugged in."""
    return Cable(NativeBoard(World(1), url="test://"))


def test_it_ends_after_exactly_so_many_bytes(cable: Cable) -> None:
    port, plain = cable.connect(), NativeBoard(World(1))
    cable.unplug_after(100)
    ours = b""
    while cable.plugged:
        ours += port.read(0.1)
    theirs = b""
    while len(theirs) < 100:
        theirs += plain.read(0.1)
    assert ours == theirs[:100]
    for use in (lambda: port.read(0.1), lambda: port.write(b"x")):
        with pytest.raises(FixpropError, match=LOST):
            use()
    with pytest.raises(FixpropError, match="no port test://: is the board plugged in"):
        cable.connect()


def test_an_old_port_stays_lost_when_the_cable_is_back(cable: Cable) -> None:
    port = cable.connect()
    cable.unplug()
    cable.plug_in()
    with pytest.raises(FixpropError, match=LOST):
        port.read(0.1)
    assert cable.connect().read(0.1)


def test_with_its_power_a_board_runs_on_and_without_it_starts_anew(cable: Cable) -> None:
    cable.unplug()
    before_s = cable.board.time_s()
    cable.plug_in(power_lost=False, ran_on_s=2.0)
    assert cable.board.time_s() >= before_s + 2.0
    cable.unplug()
    cable.plug_in()
    plain = NativeBoard(World(1))
    assert cable.connect().read(0.1)[:1] == plain.read(0.1)[:1]


def test_what_is_written_last_still_arrives(cable: Cable) -> None:
    port = cable.connect()
    cable.unplug_at_write(lambda data: data == b"b")
    written: list[bytes] = []
    cable.board.write = written.append  # type: ignore[method-assign, assignment]
    port.write(b"a")
    states = [cable.plugged]
    port.write(b"b")
    states.append(cable.plugged)
    assert states == [True, False]
    assert written == [b"a", b"b"]
