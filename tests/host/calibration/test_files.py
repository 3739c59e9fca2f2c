"""A calibration's file: read back as it was written, or refused in one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fixprop.board.native import NativeBoard
from fixprop.calibration.files import read_calibration, write_calibration
from fixprop.calibration.scripted import ScriptedHolder, world_with_card
from fixprop.calibration.walk import Outcome, walk
from fixprop.errors import FixpropError
from fixprop.session import Session

UNIX_S = 1_800_000_000


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    world = world_with_card(3)
    board = NativeBoard(world)
    session = Session(board)
    session.open()
    return walk(session, ScriptedHolder(world, board), lambda *_: None, unix_s=UNIX_S)


def test_the_constants_come_back_as_rounded_and_as_the_board_gets_them(
    outcome: Outcome, tmp_path: Path
) -> None:
    path = tmp_path / "unit.json"
    picture = write_calibration(path, outcome, "native://")
    read, made = read_calibration(path), outcome.constants
    assert (read.unix_s, read.bandgap_mv) == (UNIX_S, made.bandgap_mv)
    assert read.left.gain == pytest.approx(made.left.gain, abs=5e-5)  # four decimals
    assert read.right.offset_mv == pytest.approx(made.right.offset_mv, abs=0.05)
    assert read.left.beam_deg == pytest.approx(made.left.beam_deg, abs=0.005)
    assert read.right.crosstalk_mv == pytest.approx(made.right.crosstalk_mv, abs=0.05)
    assert sorted(tmp_path.iterdir()) == [path, picture]


def test_an_altered_figure_another_format_and_another_file_are_refused(
    outcome: Outcome, tmp_path: Path
) -> None:
    path = tmp_path / "unit.json"
    write_calibration(path, outcome, "native://")
    whole = json.loads(path.read_text())
    whole["left"]["gain"] += 0.1
    for content, words in (
        (whole, "altered after it was written"),
        (whole | {"format": 1}, "format 1, this host reads 2"),
        ({"format": 2}, "is no calibration"),
        ([], "is no calibration"),
    ):
        path.write_text(json.dumps(content))
        with pytest.raises(FixpropError, match=f"{words}.*fixprop calibrate"):
            read_calibration(path)
    with pytest.raises(FixpropError, match=r"cannot read .*none: No such file"):
        read_calibration(tmp_path / "none")
