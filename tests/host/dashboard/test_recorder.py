"""The page's record button."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from fixprop.errors import FixpropError
from tests.host.dashboard.play import Play


@pytest.fixture
def play(tmp_path: Path) -> Play:
    return Play(folder=tmp_path / "recordings")


def test_what_passes_on_the_line_is_in_the_file(play: Play, tmp_path: Path) -> None:
    play.turn()
    recording, before = play.dashboard.actions.recording, play.bridge.totals.bytes_in
    path = tmp_path / "recordings" / "2026-11-22T00-00-00.fixrec"
    assert recording.start() == f"recording to {path}"
    assert play.dashboard.status()["recording"] == str(path)
    for _ in range(30):
        play.turn()
    said = recording.stop()
    assert said.startswith(f"recorded {path}: 3 s, ")
    assert path.stat().st_size > play.bridge.totals.bytes_in - before > 1000
    assert play.dashboard.status()["recording"] is None


def test_there_is_one_at_a_time(play: Play) -> None:
    play.turn()
    recording = play.dashboard.actions.recording
    with pytest.raises(FixpropError, match="nothing is being recorded"):
        recording.stop()
    recording.start()
    with pytest.raises(FixpropError, match="already"):
        recording.start()
    recording.close()
    recording.close()


def test_a_disk_that_is_full_is_told_once_and_the_file_let_go(play: Play) -> None:
    play.turn()
    recording = play.dashboard.actions.recording
    recording.start()
    recorder = recording._recorder
    assert recorder is not None
    recorder.error = FixpropError("cannot go on recording to x: No space left on device")
    page, _ = play.dashboard.open()
    for _ in range(3):
        play.turn()
    notes = [json.loads(m) for m in asyncio.run(page.take()) if isinstance(m, str)]
    told = [m["text"] for m in notes if m["kind"] == "note"]
    assert told == ["cannot go on recording to x: No space left on device"]
    assert recorder._writer.closed
