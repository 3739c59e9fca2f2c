"""The monitor goes on when the board is unplugged or a sink fails, and closes everything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from fixprop.board.native import NativeBoard
from fixprop.board.paced import PacedBoard
from fixprop.board.port import Port
from fixprop.errors import FixpropError
from fixprop.live import bridge as live
from fixprop.live.bridge import Bridge
from fixprop.sim.scene import World
from fixprop.sinks.monitor import Monitor
from fixprop.sinks.output import Output
from fixprop.sinks.sampler import Sample, Sampler
from fixprop.sinks.sink import Sink
from fixprop.sinks.source import Source
from fixprop.tracking.native_learner import NativeLearner
from fixprop.tracking.twin import Twin
from tests.host.sinks.making import START_S, Listed

SPEED = 20.0
UNPLUGGED_AT_S = 4.0  # of the board's time
MOST_LINES = 5000


class Unplugged:
    """A Port that raises, as pyserial does, at UNPLUGGED_AT_S."""

    def __init__(self, port: Port) -> None:
        self.url, self.port = port.url, port

    def read(self, seconds: float) -> bytes:
        if self.port.time_s() > UNPLUGGED_AT_S:
            raise FixpropError("lost /dev/ttyACM0: it is gone; plug it in and start again")
        return self.port.read(seconds)

    def write(self, data: bytes) -> None:
        self.port.write(data)

    def time_s(self) -> float:
        return self.port.time_s()

    def close(self) -> None:
        self.port.close()


@dataclass
class FakeSource(Source):
    """A board that is unplugged once and can be plugged in again."""

    opened: int = 0
    breaks: bool = True

    def connect(self) -> Port:
        self.opened += 1
        board = PacedBoard(NativeBoard(World(7)), SPEED)
        return Unplugged(board) if self.breaks and self.opened == 1 else board


@dataclass
class Watched:
    """A monitor whose output is kept."""

    monitor: Monitor
    lines: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


def connected_before(lines: list[str]) -> int:
    return sum("connected to" in line for line in lines)


def watched(sinks: list[Sink], *, breaks: bool = False) -> Watched:
    source = FakeSource("native://", breaks=breaks)
    twin = Twin(NativeLearner(1))
    output = Output("text", Sampler(START_S), twin=twin)
    bridge = Bridge(source.connect, twin)
    made = Watched(Monitor(bridge, source, output, sinks, START_S, lambda _: None))
    made.monitor.write, made.monitor.say = made.lines.append, made.said.append
    return made


def test_a_board_that_is_unplugged_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "RETRY_S", (0.01,))
    sink = Listed()
    one = watched([sink], breaks=True)
    one.monitor.write = StopWhen(one, lambda: connected_before(one.lines[:-10]) == 2).write
    assert one.monitor.run(None)
    told = [line for line in one.lines if "--" in line]
    connected = [n for n, line in enumerate(told) if "connected to native://" in line]
    lost = next(n for n, line in enumerate(told) if "lost: lost /dev/ttyACM0: it is gone" in line)
    assert connected[0] < lost < connected[1]
    indices = [sample.values["reading"] for sample in sink.samples]
    assert indices.count(0) == 2, "the board began anew, and the sink heard both times"
    assert sink.closed


class Full(Listed):
    """A sink whose disk is full after ten rows."""

    def send(self, sample: Sample) -> None:
        if self.sent == 10:
            raise FixpropError("the disk is full")
        super().send(sample)


def test_a_sink_that_fails_is_told_at_once_and_in_the_result() -> None:
    full, well = Full("csv:a.csv"), Listed("csv:b.csv")
    one = watched([full, well])
    failed = "csv:a.csv: the disk is full; the others go on"
    one.monitor.write = StopWhen(one, lambda: failed in one.said and well.sent > 20).write
    assert not one.monitor.run(None)
    assert one.said.count(failed) == 1
    assert one.said[-2] == "csv:a.csv: 10 sent, 0 dropped; the disk is full"
    assert one.said[-1] == f"csv:b.csv: {well.sent} sent, 0 dropped"
    assert full.closed and well.closed


class Unreached(Listed):
    """A sink whose broker refuses."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.trouble = "connection refused"

    def unreached(self) -> str:
        return "never connected: start the broker"


def test_a_sink_that_was_never_reached_is_told_once_and_in_the_result() -> None:
    away, well = Unreached("mqtt://here"), Listed("csv:b.csv")
    one = watched([away, well])
    one.monitor.write = StopWhen(one, lambda: well.sent > 20).write
    assert not one.monitor.run(None)
    assert one.said.count("mqtt://here: connection refused; trying again") == 1
    assert one.said[-2].endswith(" 0 dropped; never connected: start the broker")
    assert away.closed


def test_a_board_that_does_not_open_at_first_is_an_error_and_closes_the_sinks() -> None:
    sink = Listed()
    one = watched([sink])
    one.monitor.source.error = FixpropError("no port /dev/ttyACM9")

    def refuse() -> Port:
        raise one.monitor.source.error or AssertionError

    one.monitor.bridge._connect = refuse
    with pytest.raises(FixpropError, match="ttyACM9"):
        one.monitor.run(1.0)
    assert sink.closed
    assert one.lines == []


class StopWhen:
    """Ctrl-C at the first row at which `done`, which is to come within MOST_LINES."""

    def __init__(self, one: Watched, done: Callable[[], bool]) -> None:
        self._lines, self._done = one.lines, done

    def write(self, line: str) -> None:
        self._lines.append(line)
        assert len(self._lines) < MOST_LINES
        if self._done():
            raise KeyboardInterrupt
