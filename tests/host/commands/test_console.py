"""What the commands print with, on a terminal and elsewhere."""

from __future__ import annotations

import io
import os

import pytest

from fixprop.commands.console import Console, bars, counted, moving
from fixprop.commands.demo import STAGES, _Stages


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Standard error from now on."""
    made = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stderr", made)
    return made


def test_bars_are_drawn_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = terminal(monkeypatch)
    with counted() as shown:
        shown.add_task("counting", total=3, completed=3)
    assert "counting" in drawn.getvalue()
    assert "\u2501" in drawn.getvalue()


def test_elsewhere_nothing_is_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    with counted() as shown, moving("moving"):
        shown.add_task("counting", total=3, completed=3)
    assert capsys.readouterr() == ("", "")


def stages() -> None:
    with bars() as drawn:
        shown = _Stages(drawn)
        with shown.stage("build"):
            pass
        for done in range(61):
            shown.progress("teach", done, 60)
        with shown.stage("report"):
            pass


def test_the_demo_draws_a_bar_for_each_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = terminal(monkeypatch)
    stages()
    drawn = shown.getvalue()
    assert all(STAGES[name] in drawn for name in ("build", "teach", "report"))
    assert "\u2501" in drawn


def test_the_demo_has_a_clean_line_for_each_stage_elsewhere(
    capsys: pytest.CaptureFixture[str],
) -> None:
    stages()
    wanted = [STAGES[name] for name in ("build", "teach", "report")]
    assert capsys.readouterr().err.splitlines() == wanted


def test_a_closed_pipe_does_not_end_the_program_here() -> None:
    read, write = os.pipe()
    os.close(read)
    nobody = os.fdopen(write, "w")
    with pytest.raises(BrokenPipeError):
        Console(file=nobody).print("heard by nobody")
    with pytest.raises(BrokenPipeError):  # what it still holds
        nobody.close()
