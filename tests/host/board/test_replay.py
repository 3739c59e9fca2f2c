"""A recording as a port: the bytes that came, at the times at which they came, and no commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixprop.board.replay import RecordedGap, RecordingEnded, Replay
from fixprop.errors import FixpropError, UsageError
from fixprop.live.events import Link, LinkState
from fixprop.recording.facts import facts_here
from fixprop.recording.items import Item, Kind
from fixprop.recording.layout import BLOCK_HEAD_BYTES
from fixprop.recording.links import pack_link
from fixprop.recording.writer import Writer
from fixprop.session import Session
from fixprop.wire.codec import encode_record
from fixprop.wire.records import GetHello, Learn
from tests.host.recording.recorded import Live

LOST = pack_link(Link(0.0, LinkState.LOST, "someone pulled the plug"))
ROWS = (
    (100_000, Kind.IN, b"one"),
    (250_000, Kind.OUT, b"asked"),
    (300_000, Kind.IN, b"two"),
    (400_000, Kind.LINK, LOST),
    (900_000, Kind.IN, b"three"),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    writer = Writer(tmp_path / "x.fixrec", facts_here("sim://"))
    for row in ROWS:
        writer.write(Item(*row))
    writer.close()
    return writer.path


def test_bytes_come_at_their_times(path: Path) -> None:
    port = Replay(path).connect()
    assert (port.read(0.04), port.time_s()) == (b"", 0.04)
    assert (port.read(1.0), port.time_s()) == (b"one", 0.1)
    assert (port.read(0.15), port.time_s()) == (b"", 0.25), "the host sent something"
    assert (port.read(0.05), port.time_s()) == (b"two", 0.3)


def test_what_was_sent_is_offered_where_it_was_sent(path: Path) -> None:
    replay = Replay(path)
    port = replay.connect()
    port.read(1.0)
    assert not replay.unheard
    port.read(1.0)
    assert [item.data for item in replay.unheard] == [b"asked"]
    port.write(b"asked")  # by the one who tells of it
    with pytest.raises(FixpropError, match="is a recording: it takes no commands"):
        port.write(b"other")


def test_a_gap_is_a_lost_line_and_the_next_connection_goes_on(path: Path) -> None:
    replay = Replay(path)
    port = replay.connect()
    for _ in range(3):
        port.read(1.0)
    for _ in range(2):
        with pytest.raises(RecordedGap, match="pulled the plug"):
            port.read(1.0)
    assert not replay.finished
    again = replay.connect()
    assert (again.read(1.0), again.time_s()) == (b"three", 0.9)
    assert replay.finished


def test_the_end_says_how_long_it_was(path: Path) -> None:
    replay = Replay(path)
    for _ in range(4):
        try:
            while True:
                replay.read(1.0)
        except RecordedGap:
            continue
        except RecordingEnded as end:
            assert str(end) == f"the recording {path} ends after 0.9 s"
            break
    with pytest.raises(RecordingEnded):
        replay.connect()


@pytest.mark.parametrize(
    ("bytes_lost", "what"),
    [
        (2, r"the last \d+ bytes are no whole block"),
        (BLOCK_HEAD_BYTES + 1, "its last block is missing"),
    ],
)
def test_an_end_that_was_cut_off_is_told(path: Path, bytes_lost: int, what: str) -> None:
    path.write_bytes(path.read_bytes()[:-bytes_lost])
    replay = Replay(path)
    port = replay.connect()
    with pytest.raises(RecordedGap):
        while True:
            port.read(1.0)
    port = replay.connect()
    port.read(1.0)
    with pytest.raises(RecordingEnded, match="it is cut short, " + what):
        replay.connect()


def test_an_ordinary_session_finds_the_board(tmp_path: Path) -> None:
    live = Live.start()
    recorder = live.recorder(tmp_path / "x.fixrec")
    live.bridge.turn(2.0)
    recorder.close()
    session = Session(Replay(tmp_path / "x.fixrec").connect())
    assert session.open() == live.bridge.link.hello
    session.port.write(b"\0" + encode_record(GetHello(), 0))  # it may ask again
    with pytest.raises(FixpropError, match="it takes no commands"):
        session.command(Learn(1))


def test_no_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot read .*none: No such file"):
        Replay(tmp_path / "none")
