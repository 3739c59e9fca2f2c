"""Which solids are shown from where, and whether a kept picture is that of the present model."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from fixprop.sim.optics import Mount
from hardware.geometry import SERVO, parameters_scad
from hardware.mesh import CARRIED, MODEL, PRINTED, load
from hardware.render import Bytes, Solid, View, picture, png

COLOURS = {
    "mount": (232, 232, 226),
    "pointer": (228, 92, 62),
    "sensors": (62, 64, 70),
    "lenses": (128, 44, 56),
    "servo": (72, 124, 204),
    "horn": (246, 246, 246),
    "screws": (180, 184, 192),
    "pointing": (228, 92, 62),
}
LAID_OUT_MM = (0.0, -62.0, 0.0)  # beside the mount on the printer's bed
VIEWS = {
    "assembly": View(155, 24, 760, 460, 5.2, (2, 10, 30)),
    "back": View(-30, 32, 760, 540, 4.9, (-4, 8, 32)),
    "parts": View(18, 48, 760, 560, 4.6, (0, -22, 10)),
}


def digest(name: str, mount: Mount) -> str:
    """What a picture was made from, as its PNG says."""
    recipe = f"{VIEWS[name]} {COLOURS} {LAID_OUT_MM} {SERVO}"
    sources = MODEL.read_text(encoding="utf-8"), parameters_scad(mount), recipe
    return hashlib.sha256("\0".join(sources).encode()).hexdigest()[:16]


def _solid(folder: Path, part: str) -> Solid:
    return Solid(np.array(load(folder / f"{part}.stl").triangles), COLOURS[part])


def render(name: str, folder: Path) -> Bytes:
    """A picture of the parts' STL files in `folder`."""
    if name == "parts":
        solids = [_solid(folder, "mount"), _turned(_solid(folder, "pointer"))]
    else:
        solids = [_solid(folder, part) for part in ("mount", *CARRIED)]
    return picture(solids, VIEWS[name])


def _turned(pointer: Solid) -> Solid:
    """The pointer lying across, so that mount and pointer fill the picture."""
    x, y, z = np.moveaxis(pointer.triangles, -1, 0)
    lying = np.stack([y - 25, -x, z], axis=-1)
    return Solid(lying + LAID_OUT_MM, pointer.colour)


def write_pictures(folder: Path, mount: Mount, target: Path) -> list[Path]:
    """All pictures as PNG files in `target`."""
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for name in VIEWS:
        path = target / f"{name}.png"
        path.write_bytes(png(render(name, folder), digest(name, mount)))
        written.append(path)
    return written


ALL_PARTS = PRINTED + CARRIED
