"""One reader for all: nobody who listens, asks or errs can stop it or slow it."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import replace

import numpy as np
import pytest

from fixprop.board.native import NativeBoard
from fixprop.errors import FixpropError, UsageError
from fixprop.live.bridge import COMMANDS_WAITING, Bridge
from fixprop.live.events import Link, LinkState, Raw, Received, Sent, Stepped
from fixprop.session import Session
from fixprop.sim.scene import World
from fixprop.wire.records import Ack, Hello, Learn, Mark, Reading, Result, SetRate
from tests.host.bad_line import ThroughABadLine
from tests.host.live.rig import Rig

PATIENCE_S = 20.0  # of a test that hangs


@pytest.fixture
def rig() -> Rig:
    """A rig with an open line."""
    rig = Rig()
    rig.turn()
    return rig


def test_all_listeners_hear_the_same_in_the_same_order(rig: Rig) -> None:
    others = [rig.bridge.subscribe(), rig.bridge.subscribe(Received, Stepped)]
    rig.told.clear()
    rig.teach()
    assert others[0].take() == rig.told
    kinds = (Received, Stepped)
    assert others[1].take() == [event for event in rig.told if isinstance(event, kinds)]
    times = [event.time_s for event in rig.told]
    assert times == sorted(times)


def test_the_loss_of_every_step_is_told_once(rig: Rig) -> None:
    rig.teach()
    rig.turns(1.0)
    stepped = [event for event in rig.told if isinstance(event, Stepped)]
    steps = [n for e in stepped for n in range(e.step - len(e.losses) + 1, e.step + 1)]
    assert steps == list(range(1, rig.twin.learner.step + 1))
    losses = np.concatenate([e.losses for e in stepped])
    assert len(losses) > 1000
    assert (losses >= 0).all()
    assert losses[-100:].mean() < losses[:100].mean() / 2


def test_a_slow_listener_loses_its_own_oldest_and_nobody_elses(rig: Rig) -> None:
    slow = rig.bridge.subscribe(Received, limit=5)
    rig.turns(2.0)
    frames = [event for event in rig.told if isinstance(event, Received)]
    assert slow.take() == frames[-5:]
    heard = sum(e.time_s > 100.1 for e in frames)
    assert slow.dropped > 40
    assert rig.bridge.dropped() == slow.dropped
    assert rig.bridge.totals.frames == len(frames) >= heard
    assert rig.bridge.totals.lost == 0


def test_who_left_hears_no_more(rig: Rig) -> None:
    listener = rig.bridge.subscribe()
    rig.bridge.unsubscribe(listener)
    rig.turn()
    assert listener.take() == []


def test_a_listener_is_woken_once_for_what_waits_and_its_mistakes_are_its_own(rig: Rig) -> None:
    woken = []

    def wake() -> None:
        woken.append(1)
        raise ValueError("a mistake")

    listener = rig.bridge.subscribe(Received, wake=wake)
    rig.turns(0.3)
    assert len(woken) == 1
    assert len(listener.take()) > 3
    rig.turns(0.3)
    assert len(woken) == 2
    assert rig.bridge.link.state == LinkState.CONNECTED


def test_commands_and_their_answers_pass_by_everyone(rig: Rig) -> None:
    ack = rig.did(rig.bridge.command(SetRate(500)))
    assert isinstance(ack, Ack)
    assert [e.command for e in rig.told if isinstance(e, Sent)][-1] == SetRate(500)
    out = b"".join(e.data for e in rig.told if isinstance(e, Raw) and e.outgoing)
    assert len(out) == rig.bridge.totals.bytes_out > 0


def test_a_mistake_in_someones_work_is_theirs(rig: Rig) -> None:
    for work, error in (
        (lambda _: 1 / 0, ZeroDivisionError),
        (lambda s: s.nothing, AttributeError),
    ):
        with pytest.raises(error):
            rig.did(rig.bridge.call(work))
    with pytest.raises(UsageError, match="rate = 70000 is outside"):
        rig.did(rig.bridge.command(SetRate(70_000)))
    with pytest.raises(FixpropError, match="refused"):
        rig.did(rig.bridge.command(Learn(7)))
    assert rig.did(rig.bridge.command(SetRate(300))).result == Result.OK
    assert rig.bridge.link.state == LinkState.CONNECTED
    assert rig.certain()


def test_a_mistake_in_a_frames_listener_is_told_and_the_line_opened_anew(rig: Rig) -> None:
    def mistaken(_frame: object) -> None:
        raise KeyError("bearing")

    rig.did(rig.bridge.call(lambda session: session.listeners.append(mistaken)))
    rig.turns(0.2)
    lost = [link for link in rig.links() if link.state == LinkState.LOST]
    assert [link.text for link in lost] == [
        "error in the reader: KeyError('bearing'); opening the line anew"
    ]
    rig.turns(2.0)
    assert rig.bridge.link.state == LinkState.CONNECTED


def test_too_much_work_is_refused_at_once_and_the_rest_is_done(rig: Rig) -> None:
    futures = [rig.bridge.call(lambda _: 1) for _ in range(COMMANDS_WAITING + 1)]
    with pytest.raises(FixpropError, match="commands wait for the board; try again later"):
        futures[-1].result(timeout=0)
    rig.turn()
    assert [future.result(timeout=0) for future in futures[:-1]] == [1] * COMMANDS_WAITING


def test_work_that_makes_work_does_not_keep_the_reader_from_reading(rig: Rig) -> None:
    done: list[Future[None]] = []

    def again(_session: Session) -> None:
        done.append(rig.bridge.call(again))

    rig.bridge.call(again)
    frames = rig.bridge.totals.frames
    rig.turns(0.5)
    assert 1 < len(done) < 10
    assert rig.bridge.totals.frames > frames + 10


def test_what_a_strange_driver_raises_is_a_line_that_does_not_open() -> None:
    def connect() -> NativeBoard:
        raise RuntimeError("no such thing")

    bridge = Bridge(connect, clock=lambda: 0.0)
    bridge.turn()
    assert bridge.link == Link(
        0.0, LinkState.CONNECTING, "cannot open the line: RuntimeError('no such thing')"
    )


def test_a_board_of_another_protocol_is_refused_and_its_hello_believed_by_nobody() -> None:
    rig = Rig()

    def spoil(frame):  # type: ignore[no-untyped-def]
        if isinstance(frame.message, Hello):
            return replace(frame, message=replace(frame.message, fingerprint=1))
        return frame

    rig.bridge._connect = lambda: ThroughABadLine(spoil)
    rig.turn()
    assert rig.bridge.link.state == LinkState.CONNECTING
    assert "has fingerprint 00000001, this host" in rig.bridge.link.text
    assert not rig.twin.in_step
    rig.bridge._connect = rig.cable.connect
    rig.turns(1.0)
    assert rig.certain()


def test_the_end_answers_everyone(rig: Rig) -> None:
    waiting = rig.bridge.command(Learn(1))
    rig.bridge.close()
    rig.bridge.close()
    after = rig.bridge.command(Learn(1))
    for future in (waiting, after):
        with pytest.raises(FixpropError, match="the board is not there: closed"):
            future.result(timeout=0)
    assert [event.text for event in rig.all.take() if isinstance(event, Link)] == ["closed"]


def test_a_thread_reads_and_many_ask_at_once() -> None:
    bridge = Bridge(lambda: NativeBoard(World(3)))
    listener = bridge.subscribe(Received)
    bridge.start()
    answers: list[Ack] = []

    def ask() -> None:
        for bearing in range(20):
            answers.append(bridge.command(Mark(bearing, 1)).result(PATIENCE_S))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    bridge.close()
    assert len(answers) == 60
    assert bridge.totals.lost == 0
    assert bridge.totals.frames == len(listener.take()) + listener.dropped


def test_close_does_not_wait_for_a_board_that_never_says_hello() -> None:
    opened = threading.Event()

    class Mute:
        url = "test://"

        def read(self, seconds: float) -> bytes:
            opened.set()
            return b""

        def write(self, data: bytes) -> None:
            """Nothing hears it."""

        def time_s(self) -> float:
            return 0.0  # the patience for a hello never ends

        def close(self) -> None:
            """Nothing to do."""

    bridge = Bridge(Mute)
    bridge.start()
    assert opened.wait(PATIENCE_S)
    bridge.close()
    assert bridge.link.state == LinkState.CLOSED


def test_readings_are_numbered_without_a_hole(rig: Rig) -> None:
    rig.turns(3.0)
    frames = [e.frame.message for e in rig.told if isinstance(e, Received)]
    indices = [m.reading_index for m in frames if isinstance(m, Reading)]
    assert indices == list(range(len(indices)))


def test_damage_is_counted_over_all_connections(rig: Rig) -> None:
    read, spoilt = rig.board.read, [True]

    def spoil(seconds: float) -> bytes:
        data = read(seconds)
        if data and spoilt:
            spoilt.pop()
            return data[:3] + bytes([data[3] ^ 0x55 or 1]) + data[4:]
        return data

    rig.board.read = spoil  # type: ignore[method-assign]
    for number in (1, 2):
        rig.turns(0.3)
        totals = rig.bridge.totals
        assert totals.crc_errors + totals.malformed == totals.lost == number
        rig.cable.unplug()
        rig.turns(0.3)
        rig.cable.plug_in()
        rig.turns(0.5)
        assert rig.bridge.link.state == LinkState.CONNECTED
        spoilt.append(True)
