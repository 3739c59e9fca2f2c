"""A slow or dead sink slows neither the reader nor the others; what it missed is counted."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from fixprop.errors import FixpropError
from fixprop.live.bridge import Bridge
from fixprop.live.events import Link
from fixprop.sinks import sink as module
from fixprop.sinks.sampler import Sample
from fixprop.sinks.sink import Pump
from fixprop.tracking.definition import READING_PERIOD_S
from tests.host.sinks.making import START_S, Listed, native_bridge

PATIENCE_S = 10.0  # for a thread, on a busy machine


class Stuck(Listed):
    """Hangs in its first sample until it is let go."""

    def __init__(self) -> None:
        super().__init__("stuck")
        self.entered, self.free = threading.Event(), threading.Event()

    def send(self, sample: Sample) -> None:
        self.entered.set()
        assert self.free.wait(PATIENCE_S)
        super().send(sample)


class Failing(Listed):
    """Fails at the third sample."""

    def send(self, sample: Sample) -> None:
        if self.sent == 2:
            raise FixpropError("the disk is full")
        super().send(sample)


@pytest.fixture
def bridge() -> Iterator[Bridge]:
    made = native_bridge()
    yield made
    made.close()


def turn(bridge: Bridge, seconds: float) -> None:
    bridge.turn(seconds)
    assert bridge.session is not None, bridge.link.text


def test_each_reading_becomes_a_sample_of_each_sink(bridge: Bridge) -> None:
    sinks = [Listed(), Listed("slower", every_s=0.5)]
    pumps = [Pump(bridge, sink, START_S) for sink in sinks]
    turn(bridge, 2.0)
    for pump in pumps:
        pump.turn()
        pump.close()
    indices = [sample.values["reading"] for sample in sinks[0].samples]
    assert indices == list(range(len(indices)))
    assert len(indices) >= 2.0 / READING_PERIOD_S - 2
    assert 4 <= len(sinks[1].samples) <= 5
    assert all(sink.closed for sink in sinks)


def test_a_stuck_sink_stops_nobody_and_its_queue_stays_bounded(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "QUEUE_LIMIT", 20)
    stuck, well = Stuck(), Listed()
    slow, quick = Pump(bridge, stuck, START_S), Pump(bridge, well, START_S)
    slow.start()
    turn(bridge, 0.1)
    assert stuck.entered.wait(PATIENCE_S)
    for _ in range(40):
        turn(bridge, 0.1)
        quick.turn()
    assert len(well.samples) > 100
    assert "skipped" not in quick.summary()
    stuck.free.set()
    slow.close()
    assert len(stuck.samples) <= 20 + 3
    assert "events skipped as it was too slow" in slow.summary()
    last = well.samples[-1].values["reading"]
    assert stuck.samples[-1].values["reading"] == last, "the oldest go, not the newest"


def test_a_sink_that_never_comes_back_does_not_keep_the_monitor(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CLOSE_PATIENCE_S", 0.01)
    stuck = Stuck()
    pump = Pump(bridge, stuck, START_S)
    pump.start()
    turn(bridge, 0.1)
    assert stuck.entered.wait(PATIENCE_S)
    turn(bridge, 0.5)
    pump.close()
    assert "busy" in pump.failure
    assert stuck.dropped > 0
    stuck.free.set()


def test_a_sink_that_fails_is_left_alone_and_says_why(bridge: Bridge) -> None:
    failing, well = Failing(), Listed()
    pumps = [Pump(bridge, sink, START_S) for sink in (failing, well)]
    for _ in range(5):
        turn(bridge, 0.2)
        for pump in pumps:
            pump.turn()
    assert failing.sent == 2
    assert len(well.samples) > 10
    assert pumps[0].summary() == "listed: 2 sent, 0 dropped; the disk is full"


def test_sinks_hear_of_the_line_in_order(bridge: Bridge) -> None:
    heard: list[str] = []

    class Hearing(Listed):
        def hear(self, link: Link) -> None:
            heard.append(link.state.value)

    pump = Pump(bridge, Hearing(), START_S)
    turn(bridge, 0.1)
    bridge.close()
    pump.close()
    assert heard == ["connected", "closed"]
