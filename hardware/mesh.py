"""The mount's solids: OpenSCAD makes them, trimesh checks that they can be printed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from fixprop.errors import FixpropError, MissingTool
from fixprop.files import write_whole
from fixprop.sim.optics import Mount
from hardware.geometry import BED_MM, PARAMETERS, parameters_scad

MODEL = PARAMETERS.with_name("mount.scad")
PRINTED = ("mount", "pointer")
CARRIED = ("sensors", "lenses", "servo", "horn", "screws", "pointing")
_TIMEOUT_S = 300


def openscad() -> str:
    """The program's path; raises MissingTool."""
    found = shutil.which("openscad")
    if not found:
        raise MissingTool(
            "no openscad: run apt-get install --no-install-recommends openscad (23 MB)"
        )
    return found


def copy_model(folder: Path, mount: Mount) -> Path:
    """mount.scad and its parameters for `mount`, in `folder`; the model's path."""
    write_whole(folder / PARAMETERS.name, parameters_scad(mount))
    write_whole(folder / MODEL.name, MODEL.read_text(encoding="utf-8"))
    return folder / MODEL.name


def build_stl(model: Path, part: str, target: Path) -> Path:
    """Have OpenSCAD make one part; raises FixpropError with its own words."""
    command = [openscad(), "-q", "-D", f'part="{part}"', "-o", str(target), str(model)]
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        run = subprocess.run(
            command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise FixpropError(f"openscad took longer than {_TIMEOUT_S} s for {part}") from error
    if run.returncode != 0 or not target.is_file() or "WARNING" in run.stderr:
        words = [line for line in run.stderr.splitlines() if "ERROR" in line or "WARNING" in line]
        raise FixpropError(f"openscad failed on {part}: {(words or ['no words'])[0]}")
    return target


def load(path: Path) -> Any:
    """A trimesh of an STL file; raises MissingTool."""
    try:
        import trimesh
    except ImportError as error:
        raise MissingTool("no trimesh: run pip install 'fixprop[hardware]'") from error
    return trimesh.load(path, file_type="stl")


def problems(mesh: Any) -> list[str]:
    """Why a part cannot be printed as one piece; empty if it can."""
    found = []
    if not mesh.is_watertight:
        found.append("its surface has holes")
    if not mesh.is_winding_consistent:
        found.append("its triangles are turned differently")
    if not mesh.volume > 0:
        found.append(f"its volume is {mesh.volume:.0f} mm3")
    if mesh.body_count != 1:
        found.append(f"it is in {mesh.body_count} pieces")
    if any(size > bed for size, bed in zip(mesh.extents, BED_MM, strict=True)):
        size = " x ".join(f"{x:.0f}" for x in mesh.extents)
        found.append(f"{size} mm do not fit on {BED_MM[0]:g} x {BED_MM[1]:g} mm")
    if mesh.bounds[0][2] != 0:
        found.append(f"it lies {mesh.bounds[0][2]:.2f} mm above the bed")
    return found
