"""hardware/calibration/simulated.json is what the command that its README names writes today."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from fixprop.calibration.files import read_calibration
from fixprop.commands.calibrate import FOLDER, calibrate

EXAMPLE = FOLDER / "simulated.json"


def layout(content: Any) -> Any:
    """The names in a JSON document, without its values."""
    if isinstance(content, dict):
        return {name: layout(value) for name, value in content.items()}
    return type(content).__name__


def test_the_example_is_what_the_command_writes(tmp_path: Path) -> None:
    path = tmp_path / "simulated.json"
    run = CliRunner().invoke(calibrate, ["--port", "sim://", "--seed", "1", "-o", str(path)])
    assert run.exit_code == 0, run.output
    kept, made = json.loads(EXAMPLE.read_text()), json.loads(path.read_text())
    assert layout(kept) == layout(made)
    assert kept["format"] == made["format"]
    one, other = read_calibration(EXAMPLE), read_calibration(path)
    for left, right in zip((one.left, one.right), (other.left, other.right), strict=True):
        # the moments of the readings, and so their noise, are those of the firmware's code
        assert left.gain == pytest.approx(right.gain, abs=0.002)
        assert left.offset_mv == pytest.approx(right.offset_mv, abs=2)
        assert left.beam_deg == pytest.approx(right.beam_deg, abs=0.1)
