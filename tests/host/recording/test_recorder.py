"""What a bridge told is in the file: every byte, every gap, and whatever could not be kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fixprop.errors import FixpropError
from fixprop.live.events import Link, LinkState, Raw
from fixprop.recording import recorder as recorder_module
from fixprop.recording.items import Kind
from fixprop.recording.links import unpack_link
from fixprop.recording.reader import Reader
from tests.host.recording.recorded import BYTES, Live


def test_all_bytes_of_both_directions_are_there_with_their_times(tmp_path: Path) -> None:
    live = Live.start()
    heard = live.bridge.subscribe(Raw)
    recorder = live.recorder(tmp_path / "x")
    live.teach(5)
    recorder.close()
    raw = [e for e in heard.take() if isinstance(e, Raw)]
    items = [item for item in Reader(tmp_path / "x") if item.kind in BYTES]
    assert [(i.kind == Kind.OUT, i.data) for i in items] == [(e.outgoing, e.data) for e in raw]
    first_s = raw[0].time_s
    assert [i.time_us for i in items] == [round((e.time_s - first_s) * 1e6) for e in raw]
    assert items[-1].time_us > 4_900_000


def test_a_thread_writes_them_too(tmp_path: Path) -> None:
    live = Live.start()
    heard = live.bridge.subscribe(Raw)
    recorder = live.recorder(tmp_path / "x")
    recorder.start()
    live.teach(5)
    recorder.close()
    raw = [e.data for e in heard.take() if isinstance(e, Raw)]
    assert [item.data for item in Reader(tmp_path / "x") if item.kind in BYTES] == raw


def test_a_gap_of_the_line_is_marked(tmp_path: Path) -> None:
    live = Live.start()
    recorder = live.recorder(tmp_path / "x")
    live.bridge.turn(1.0)
    live.pull_the_plug()
    live.bridge.close()
    recorder.close()
    links = [unpack_link(item) for item in Reader(tmp_path / "x") if item.kind == Kind.LINK]
    states = [link.state for link in links]
    assert states == [LinkState.CONNECTED, LinkState.LOST, LinkState.CONNECTED, LinkState.CLOSED]
    assert "pulled the plug" in links[1].text
    assert [link.is_gap for link in links] == [False, True, False, False]
    assert links[2].hello == hello_of(live)


def hello_of(live: Live) -> Any:
    """Of a board that started anew: the same each time."""
    other = Live.start()
    heard = other.bridge.subscribe(Link)
    other.bridge.turn(0.1)
    return next(e.hello for e in heard.take() if isinstance(e, Link))


def test_what_could_not_be_kept_is_counted_where_it_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder_module, "EVENTS_WAITING", 10)
    live = Live.start()
    recorder = live.recorder(tmp_path / "x")
    live.bridge.turn(0.2)
    recorder.pump()
    assert recorder.dropped == 0
    heard = live.bridge.subscribe(Raw)
    live.bridge.turn(2.0)
    recorder.close()
    raw = [e.data for e in heard.take() if isinstance(e, Raw)]
    items = list(Reader(tmp_path / "x"))
    place = next(n for n, item in enumerate(items) if item.kind == Kind.DROPPED)
    assert items[place].count() == recorder.dropped == len(raw) - 10
    assert [item.data for item in items[place + 1 :]] == raw[-10:]


def test_a_recording_that_begins_late_says_who_is_there(tmp_path: Path) -> None:
    live = Live.start()
    live.bridge.turn(1.0)
    recorder = live.recorder(tmp_path / "x")
    live.bridge.turn(1.0)
    recorder.close()
    first, *rest = Reader(tmp_path / "x")
    assert unpack_link(first).hello == live.bridge.link.hello is not None
    assert {item.kind for item in rest} == {Kind.IN}
    assert rest[0].time_us == 0


def test_a_full_disk_ends_the_recording_and_not_the_bridge(tmp_path: Path) -> None:
    live = Live.start()
    recorder = live.recorder(tmp_path / "x")
    live.bridge.turn(1.0)
    recorder.pump()
    recorder.flush()
    kept = len(list(Reader(tmp_path / "x")))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    recorder._writer._sync = full
    live.bridge.turn(1.0)
    with pytest.raises(FixpropError, match=r"No space left on device; its .* stay valid"):
        recorder.pump()
    assert recorder.error is not None
    live.bridge.turn(1.0)
    assert live.bridge.link.state == LinkState.CONNECTED
    with pytest.raises(FixpropError, match="No space left"):
        recorder.close()
    assert len(list(Reader(tmp_path / "x"))) == kept


def test_nothing_is_left_of_a_recording_of_nothing(tmp_path: Path) -> None:
    recorder = Live.start().recorder(tmp_path / "x")
    recorder.discard()
    assert not (tmp_path / "x").exists()
