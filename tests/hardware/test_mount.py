"""The mount has the simulated optics' baseline and toe-in, and can be printed in one piece."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fixprop.errors import FixpropError, UsageError
from fixprop.sim.optics import Mount
from hardware import mesh
from hardware.geometry import LARGEST_TOE_IN_DEG, SMALLEST_BASELINE_CM, parameters_scad

needs_openscad = pytest.mark.skipif(
    shutil.which("openscad") is None,
    reason="no openscad: apt-get install --no-install-recommends openscad",
)
MOUNTS = (
    Mount(),
    Mount(baseline_cm=SMALLEST_BASELINE_CM, toe_in_deg=0.0),
    Mount(baseline_cm=10.0, toe_in_deg=5.0),
    Mount(baseline_cm=12.0, toe_in_deg=-LARGEST_TOE_IN_DEG),
)


def built(folder: Path, mount: Mount, part: str) -> Any:
    pytest.importorskip("trimesh", reason="no trimesh: pip install 'fixprop[hardware]'")
    model = mesh.copy_model(folder, mount)
    return mesh.load(mesh.build_stl(model, part, folder / f"{part}.stl"))


def test_the_parameters_are_those_of_the_optics() -> None:
    text = parameters_scad(Mount(baseline_cm=8.0, toe_in_deg=3.75))
    assert "baseline = 80;\n" in text
    assert "toe_in = 3.75;\n" in text
    assert "sensor_hole_distance = 37;\n" in text  # Sharp GP2Y0A21YK, outline dimensions


def test_the_model_uses_every_parameter() -> None:
    model = mesh.MODEL.read_text(encoding="utf-8")
    for name in re.findall(r"^(\w+) = ", parameters_scad(Mount()), re.MULTILINE):
        assert re.search(rf"\b{name}\b", model), name


@pytest.mark.parametrize(
    ("mount", "value"),
    [
        (Mount(baseline_cm=5.3), "5.3"),
        (Mount(baseline_cm=float("nan")), "nan"),
        (Mount(toe_in_deg=15.1), "15.1"),
        (Mount(toe_in_deg=-16.0), "-16"),
    ],
)
def test_a_mount_that_cannot_be_is_refused_by_name_and_limit(mount: Mount, value: str) -> None:
    with pytest.raises(UsageError, match=value):
        parameters_scad(mount)


@needs_openscad
@pytest.mark.parametrize("mount", MOUNTS, ids=lambda m: f"{m.baseline_cm:g}-{m.toe_in_deg:g}")
def test_the_mount_is_one_closed_body_that_fits_on_a_printer(tmp_path: Path, mount: Mount) -> None:
    solid = built(tmp_path, mount, "mount")
    assert mesh.problems(solid) == []
    assert solid.extents[0] == pytest.approx(10 * mount.baseline_cm + 42)
    assert 20_000 < solid.volume < 120_000  # mm3: 25 to 150 g of PLA


@needs_openscad
def test_the_pointer_is_one_closed_body(tmp_path: Path) -> None:
    assert mesh.problems(built(tmp_path, Mount(), "pointer")) == []


@needs_openscad
@pytest.mark.parametrize("mount", MOUNTS[:3], ids=lambda m: f"{m.baseline_cm:g}-{m.toe_in_deg:g}")
def test_the_sensors_stand_and_look_as_in_the_optics(tmp_path: Path, mount: Mount) -> None:
    sensors = built(tmp_path, mount, "sensors")
    for side, body in enumerate(sorted(sensors.split(), key=lambda b: b.centroid[0])):
        ahead = (body.face_normals[:, 1] > 0.9) & (np.abs(body.face_normals[:, 2]) < 1e-6)
        assert ahead.any()
        x, y = (body.face_normals[ahead] * body.area_faces[ahead, None]).sum(axis=0)[:2]
        assert np.degrees(np.arctan2(x, y)) == pytest.approx(mount.axis_deg(side), abs=0.05)
        assert body.bounds[:, 0].mean() == pytest.approx(10 * mount.position_cm(side), abs=4.5)


def clash_mm3(folder: Path, *changes: str) -> float:
    """Volume that mount and carried parts share; changes: `name=value` of mount.scad."""
    pytest.importorskip("trimesh", reason="no trimesh: pip install 'fixprop[hardware]'")
    target = folder / "clash.stl"
    coarse = "$fn=12"  # circles of mount and parts alike: four times as fast
    options = [word for change in ('part="clash"', coarse, *changes) for word in ("-D", change)]
    model = mesh.copy_model(folder, Mount())
    subprocess.run([mesh.openscad(), "-q", *options, "-o", target, model], check=False)
    if not target.is_file():
        return 0.0  # OpenSCAD writes nothing for nothing
    a, b, c = np.moveaxis(np.array(mesh.load(target).triangles), 1, 0)
    return float((a * np.cross(b, c)).sum() / 6)


@needs_openscad
def test_what_the_mount_carries_only_touches_it(tmp_path: Path) -> None:
    assert abs(clash_mm3(tmp_path)) < 0.1


@needs_openscad
def test_a_window_too_narrow_for_the_sensor_would_be_noticed(tmp_path: Path) -> None:
    assert clash_mm3(tmp_path, "window_width=12") > 10


@needs_openscad
def test_openscads_own_words_are_passed_on(tmp_path: Path) -> None:
    model = mesh.copy_model(tmp_path, Mount())
    parameters = tmp_path / "parameters.scad"
    parameters.write_text(parameters.read_text().replace("baseline = 70", "baseline = 30"))
    with pytest.raises(FixpropError, match="baseline 30 mm leaves no room"):
        mesh.build_stl(model, "mount", tmp_path / "mount.stl")


def test_what_cannot_be_printed_is_found() -> None:
    trimesh = pytest.importorskip("trimesh", reason="no trimesh: pip install 'fixprop[hardware]'")
    box = trimesh.creation.box(extents=(10, 10, 10))
    box.apply_translation((0, 0, 5))
    assert mesh.problems(box) == []
    open_box = trimesh.Trimesh(box.vertices, box.faces[1:])
    assert "holes" in mesh.problems(open_box)[0]
    two = trimesh.util.concatenate([box, box.copy().apply_translation((30, 0, 0))])
    assert mesh.problems(two) == ["it is in 2 pieces"]
    assert "do not fit" in mesh.problems(box.copy().apply_scale((50, 1, 1)))[0]
    assert "above the bed" in mesh.problems(box.copy().apply_translation((0, 0, 1)))[0]
