"""fixprop record, replay and report: what they print, what they write, how they end."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from fixprop.board.native import NativeBoard
from fixprop.commands.hello import hello
from fixprop.commands.record import record
from fixprop.commands.replay import replay
from fixprop.commands.report import report
from fixprop.errors import FixpropError, UsageError
from fixprop.model import Model, header
from fixprop.recording.reader import Reader
from fixprop.recording.take import Plan, take
from fixprop.sim.scene import World
from tests.host.recording.recorded import Live

LESSON = Path(__file__).parents[2] / "data" / "recordings" / "lesson.fixrec"
FAST = ("--port", "native://", "--speed", "0", "--started", "none")


def run(command: click.Command, *arguments: str | Path) -> Result:
    """The command's end, with what it returns as exit status, as the command line takes it."""
    return CliRunner().invoke(command, list(map(str, arguments)), standalone_mode=False)


def test_replay_tells_of_the_twin_and_the_weights() -> None:
    result = run(replay, LESSON)
    assert result.return_value == 0
    first, twin, weights = result.output.splitlines()
    assert first.startswith(f"{LESSON}: sim://, 15.0 s, ")
    assert first.endswith(" frames, 0 lost, 0 damaged")
    assert twin.startswith("twin identical, ")
    assert weights.startswith("weights: step ")


def test_replay_tells_of_a_line_that_was_lost(tmp_path: Path) -> None:
    live, path = Live.start(), tmp_path / "x"
    recorder = live.recorder(path)
    live.bridge.turn(1.0)
    live.pull_the_plug()
    recorder.close()
    assert "the line was lost once" in run(replay, path).output.splitlines()


def test_replay_exports_the_weights_in_both_forms(tmp_path: Path) -> None:
    said = tmp_path / "said.json"
    run(replay, LESSON, "--export", tmp_path / "m.h", "--json", said)
    run(replay, LESSON, "--export", tmp_path / "m.json")
    one, other = header.read(tmp_path / "m.h"), Model.read(tmp_path / "m.json")
    assert one.weights.tolist() == other.weights.tolist()
    summary = json.loads(said.read_text())
    assert summary["twin"]["identical"] is True
    assert other.provenance["steps"] == summary["step"]


def test_replay_refuses_another_kind_of_model_before_it_plays(tmp_path: Path) -> None:
    result = run(replay, LESSON, "--export", tmp_path / "m.txt")
    assert isinstance(result.exception, UsageError)
    assert result.output == ""


def test_replay_of_a_torn_file_says_so_and_of_an_altered_one_ends(tmp_path: Path) -> None:
    whole, path = LESSON.read_bytes(), tmp_path / "x"
    path.write_bytes(whole[:-40])
    assert "cut short: the last " in run(replay, path).output
    path.write_bytes(whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:])
    result = run(replay, path)
    assert isinstance(result.exception, FixpropError)
    assert "was altered" in str(result.exception)


def test_record_keeps_what_a_board_says(tmp_path: Path) -> None:
    path = tmp_path / "x.fixrec"
    figures = tmp_path / "new" / "figures.json"
    result = run(record, "-o", path, "--seconds", "2", "--json", figures, *FAST)
    assert result.exception is None
    told = json.loads(figures.read_text())
    assert (told["port"], told["events_dropped"]) == ("native://", 0)
    assert (told["seconds"], told["bytes"]) == (2.0, path.stat().st_size)
    assert f"{path}: 2.0 s, {path.stat().st_size:,} bytes" in result.output
    assert Reader(path).facts.started is None
    assert run(replay, path).return_value == 0


def test_equal_recordings_of_a_simulated_board_are_equal_files(tmp_path: Path) -> None:
    for name in ("a", "b"):
        run(record, "-o", tmp_path / name, "--teach", "5", "--seconds", "1", *FAST)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_record_writes_the_time_that_it_is_told(tmp_path: Path) -> None:
    run(record, "-o", tmp_path / "x", "--seconds", "1", *FAST[:-1], "2026-05-01T10:00")
    assert Reader(tmp_path / "x").facts.started == "2026-05-01T10:00:00"
    result = run(record, "-o", tmp_path / "y", *FAST[:-1], "yesterday")
    assert isinstance(result.exception, click.BadParameter)


def test_record_leaves_nothing_where_there_is_no_board(tmp_path: Path) -> None:
    result = run(record, "-o", tmp_path / "x", "--port", "/dev/none")
    assert isinstance(result.exception, FixpropError)
    assert "no port /dev/none" in str(result.exception)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("seconds", ["nan", "inf"])
def test_record_refuses_seconds_that_are_no_number(tmp_path: Path, seconds: str) -> None:
    result = run(record, "-o", tmp_path / "x", *FAST, "--seconds", seconds)
    assert isinstance(result.exception, click.BadParameter)
    assert not list(tmp_path.iterdir())


def test_record_waits_as_long_as_it_was_told_for_a_board_that_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = NativeBoard(World(1))
    slept: list[float] = []

    def read(seconds: float) -> bytes:
        if board.time_s() > 1.0:
            raise FixpropError("lost it: someone pulled the plug")
        return NativeBoard.read(board, seconds)

    monkeypatch.setattr(board, "read", read)
    monkeypatch.setattr("fixprop.recording.take.open_port", lambda _: board)
    monkeypatch.setattr("fixprop.recording.take._Taking._sleep", slept.append)
    take(Plan("/dev/ttyACM0", tmp_path / "x", seconds=5.0))
    assert sum(slept) == pytest.approx(4.0, abs=0.3)


def test_record_takes_any_length_of_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    take(Plan("native://", tmp_path / "x", seconds=1e12, speed=0.0), interrupt)
    assert Reader(tmp_path / "x").facts.url == "native://"


def test_hello_of_a_recording_that_begins_late(tmp_path: Path) -> None:
    live, path = Live.start(), tmp_path / "x"
    live.bridge.turn(1.0)
    recorder = live.recorder(path)
    live.bridge.turn(1.0)
    recorder.close()
    result = run(hello, "--port", f"replay://{path}")
    assert "fixprop 4-8-3" in result.output


def test_record_refuses_a_file_that_exists_and_a_recording_as_board(tmp_path: Path) -> None:
    shutil.copy(LESSON, tmp_path / "x")
    result = run(record, "-o", tmp_path / "x", *FAST)
    assert isinstance(result.exception, UsageError)
    assert (tmp_path / "x").read_bytes() == LESSON.read_bytes()
    result = run(record, "-o", tmp_path / "y", "--port", f"replay://{LESSON}")
    assert isinstance(result.exception, UsageError)


def test_a_short_lesson_gets_a_page_of_what_is_known(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    page, said = tmp_path / "p.html", tmp_path / "s.json"
    result = run(report, LESSON, "-o", page, "--json", said)
    assert result.return_value == 0
    text, summary = page.read_text(), json.loads(said.read_text())
    assert "twin identical" in text
    assert (summary["truth"], summary["readings"] > 350) == ("known", True)
    against = summary["bearing_against_label_rmse_deg"]
    assert against["last_third"] < against["first_third"]
    assert f"{against['last_third']:.2f}°" in text
    for name in ("loss", "bearing", "sensors", "weights", "line"):
        assert f'id="{name}"' in text
    assert run(report, LESSON, "-o", tmp_path / "q.html").return_value == 0
    assert (tmp_path / "q.html").read_text() == text


def test_a_lesson_that_a_real_board_will_forget_is_told_with_how_to_keep_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fixprop.recording.take.open_port", lambda _: NativeBoard(World(1)))
    path = tmp_path / "x.fixrec"
    monkeypatch.setattr("fixprop.recording.take.SLICE_S", 1.0)
    result = run(record, "-o", path, "--port", "socket://here:1", "--teach", "5")
    assert result.exception is None
    *_, last = result.stdout.splitlines()
    assert last.startswith("the board forgets this lesson at its next reset")
    export, push = last.partition("keep it there: ")[2].split(" && ")
    assert export == f"fixprop replay {path} --export model.json"
    assert push == "fixprop push model.json --save --port socket://here:1"
    assert run(replay, path, "--export", tmp_path / "model.json").return_value == 0
    simulated = run(record, "-o", tmp_path / "y", "--teach", "5", *FAST)
    assert "forgets" not in simulated.stdout
