"""`make hardware` writes everything, and refuses what cannot be with one line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from fixprop.sim.optics import Mount
from hardware import build, pictures
from hardware.render import View, png_source

HAS_TOOLS = all(shutil.which(tool) for tool in ("openscad", "rsvg-convert"))


@pytest.mark.skipif(
    not HAS_TOOLS, reason="no openscad or rsvg-convert: make hardware installs them"
)
def test_another_mount_is_built_beside_and_the_kept_files_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("trimesh", reason="no trimesh: pip install 'fixprop[hardware]'")
    small = {"assembly": View(155, 24, 90, 60, 0.6, (0, 0, 30))}  # drawn in a moment
    monkeypatch.setattr(pictures, "VIEWS", small)
    before = {path: path.read_bytes() for path in build.kept_texts()}
    arguments = ["--out", str(tmp_path), "--baseline", "8", "--toe-in", "3.75"]
    result = CliRunner().invoke(build.main, arguments)
    assert result.exit_code == 0, result.output
    assert "8 cm apart, toed in 3.75 degrees" in result.output
    made = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert {"mount.stl", "pointer.stl", "bom.csv", "connections.csv", "current.csv"} <= made
    assert {"schematic.svg", "schematic.png", "wiring.svg", "wiring.png"} <= made
    assert "baseline = 80;" in (tmp_path / "mount" / "parameters.scad").read_text()
    data = (tmp_path / "assembly.png").read_bytes()
    mount = Mount(baseline_cm=8, toe_in_deg=3.75)
    assert png_source(data) == pictures.digest("assembly", mount)
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize(("option", "value"), [("--baseline", "3"), ("--toe-in", "40")])
def test_a_mount_that_cannot_be_is_misuse_and_nothing_is_written(
    tmp_path: Path, option: str, value: str
) -> None:
    out = tmp_path / "out"
    result = CliRunner().invoke(build.main, ["--out", str(out), option, value])
    assert result.exit_code == 2
    assert value in result.output and len(result.output.strip().splitlines()) == 1
    assert not out.exists()


def test_without_openscad_the_line_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    out = tmp_path / "out"
    result = CliRunner().invoke(build.main, ["--out", str(out)])
    assert result.exit_code == 1
    assert "apt-get install" in result.output and "openscad" in result.output
    assert not out.exists()
