"""Recordings of the simulated Uno: killed, interrupted, and judged as the demo judges its own run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, fields
from pathlib import Path

import numpy as np
import pytest

from fixprop.firmware_build import build_firmware
from fixprop.recording.as_demo import demo_run_of, why_not
from fixprop.recording.items import Kind
from fixprop.recording.played import Player
from fixprop.recording.reader import Reader
from fixprop.recording.story import story_of
from fixprop.recording.take import Plan, take
from fixprop.toolchain import PROJECT_ROOT
from fixprop.tracking import demo

PATIENCE_S = 60
LOOK_EVERY_S = 0.02


@contextmanager
def recording(path: Path, *more: str) -> Iterator[subprocess.Popen[str]]:
    """`fixprop record` at the pace of the wall clock, in a process of its own."""
    build_firmware()  # not while we wait
    program = "from fixprop.commands.record import record; record()"
    command = [sys.executable, "-c", program, "-o", str(path), "--port", "sim://", *more]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(PROJECT_ROOT / "host")},
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def grown(path: Path, process: subprocess.Popen[str], size: int) -> int:
    """The file's size once it has reached `size`."""
    for _ in range(round(PATIENCE_S / LOOK_EVERY_S)):
        if path.exists() and path.stat().st_size >= size:
            return path.stat().st_size
        with suppress(subprocess.TimeoutExpired):
            process.wait(LOOK_EVERY_S)
            pytest.fail(f"it ended with {process.returncode}: {process.communicate()[1]}")
    pytest.fail(f"{path} did not grow to {size} bytes")


def test_what_a_killed_recorder_had_on_the_disk_is_good(tmp_path: Path) -> None:
    path = tmp_path / "x.fixrec"
    with recording(path) as process:
        before = grown(path, process, 6_000)
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE_S)
    played = Player(path).play()
    assert played.identical
    assert played.totals.lost == played.totals.crc_errors == 0
    assert path.stat().st_size - played.replay.reader.torn_bytes >= before
    readings = sum(item.kind == Kind.TRUTH for item in Reader(path))
    assert readings > 40
    # a reading every 38 ms, and the last of them at most a second before the end
    assert played.seconds - 1.0 < readings * 0.038 + 0.2 < played.seconds + 1.0


def test_an_interrupt_ends_a_recording_in_good_order(tmp_path: Path) -> None:
    path = tmp_path / "x.fixrec"
    with recording(path) as process:
        grown(path, process, 3_000)
        process.send_signal(signal.SIGINT)
        told, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    assert f"{path}: " in told
    assert f"{path.stat().st_size:,} bytes" in told
    reader = Reader(path)
    assert list(reader)[-1].kind in (Kind.LINK, Kind.NOTE, Kind.TRUTH)
    assert reader.torn_bytes == 0


SEED, TEACH_S, TRACK_S = 3, 8, 23.0


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recording") / "x.fixrec"
    take(Plan("sim://", path, TRACK_S + demo.TRACK_LEAD_S, TEACH_S, SEED, speed=0))
    return path


def test_a_recorded_demo_is_the_demo(taken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So its summary and its report are too: they depend on the run alone."""
    monkeypatch.setattr(demo, "TEACH_S", TEACH_S)
    monkeypatch.setattr(demo, "TRACK_S", TRACK_S)
    run = demo.run_on_board(build_firmware(), SEED, lambda *_: None)
    again = demo_run_of(story_of(taken))
    assert again is not None
    for track, track_again in ((run.lesson, again.lesson), (run.test, again.test)):
        for field in fields(track):
            if field.name != "truth":
                ours, theirs = getattr(track, field.name), getattr(track_again, field.name)
                assert np.array_equal(ours, theirs), field.name
        for name, values in track.truth._asdict().items():
            # one position at a time or many: the sine may round differently
            assert np.allclose(values, getattr(track_again.truth, name), 1e-12, equal_nan=True)
    assert np.array_equal(run.initial_weights, again.initial_weights)
    assert np.array_equal(run.final_weights, again.final_weights)
    assert [s.step for s in run.snapshots] == [s.step for s in again.snapshots]
    assert run.twin.state == again.twin.state
    assert run.device_seconds == pytest.approx(again.device_seconds, abs=1e-6)
    assert run.lesson_start_s == again.lesson_start_s
    for name in ("cycles_per_step", "peak_stack_bytes", "frames", "lost", "crc_errors", "health"):
        assert getattr(run, name) == getattr(again, name), name
    ours = {name: getattr(run.build, name) for name in asdict(again.build)}  # type: ignore[call-overload]
    assert ours == asdict(again.build)  # type: ignore[call-overload]


def test_what_is_missing_for_the_demos_report_is_named(tmp_path: Path) -> None:
    take(Plan("native://", tmp_path / "x", 2.0, 5, SEED, speed=0))
    assert why_not(story_of(tmp_path / "x")) == "it is not of a lesson on a simulated Uno"
    assert demo_run_of(story_of(tmp_path / "x")) is None
