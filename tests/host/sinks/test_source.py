"""What is watched when nobody says what."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.board.finder import Candidate, Kind
from fixprop.errors import FixpropError, UsageError
from fixprop.sinks import source as module
from fixprop.sinks.source import REST_S, LessonThenTrack, source_of

UNO = Candidate("/dev/ttyACM3", "Arduino Uno", Kind.UNO, 0x2341, 0x43, "55")
OTHER = Candidate("/dev/ttyUSB0", "CH340, perhaps a Nano or Uno", Kind.CONVERTER, 0x1A86, 0x7523)


def test_auto_takes_the_first_board_that_is_plugged_in() -> None:
    source = source_of("auto", seed=1, speed=1, find=lambda: [UNO, OTHER])
    assert (source.url, source.board) == ("/dev/ttyACM3", UNO)
    assert source.text == "/dev/ttyACM3, Arduino Uno"


def test_auto_without_a_board_is_the_simulated_uno() -> None:
    source = source_of("auto", seed=1, speed=1, find=list)
    assert (source.url, source.board) == ("sim://", None)


def test_a_named_port_is_not_looked_for() -> None:
    def never() -> list[Candidate]:
        raise AssertionError

    assert source_of("/dev/ttyUSB7", seed=1, speed=1, find=never).url == "/dev/ttyUSB7"


def test_a_board_that_comes_back_at_another_port_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(module, "find_again", lambda board: "/dev/ttyACM4")
    monkeypatch.setattr(module, "open_port", opened.append)
    source = source_of("auto", seed=1, speed=1, find=lambda: [UNO])
    source.connect()
    assert opened == ["/dev/ttyACM4"]
    assert source.url == "/dev/ttyACM4"


def test_why_a_port_does_not_open_is_kept() -> None:
    source = source_of("ftp://x", seed=1, speed=1)
    with pytest.raises(FixpropError):
        source.connect()
    assert isinstance(source.error, UsageError)


def test_the_simulated_hand_is_away_then_follows_the_pointer_then_moves_freely() -> None:
    path = LessonThenTrack(3, 20.0)
    pointer_deg = 7.0
    times = np.linspace(0, 60, 1500)
    bearing, distance = path.positions(times, lambda t: np.full(t.shape, pointer_deg))
    assert np.all(np.isnan(bearing[times < REST_S]))
    following = bearing[(times > REST_S) & (times < 20)]
    assert np.all(np.abs(following - pointer_deg) < 3)  # it wanders by a degree or so
    free = bearing[times > 20]
    assert np.nanmin(free) < -10 and np.nanmax(free) > 10
    assert np.nanmin(distance) >= 12
