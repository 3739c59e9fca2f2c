"""The library as others use it: its manifests, its examples on a simulated Uno."""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import fixprop
from fixprop.bench.bare import run_bare
from fixprop.bench.tasks import networks
from fixprop.budget.figures import measured
from fixprop.budget.memory import stack_bytes
from fixprop.budget.mode import Mode
from fixprop.budget.target import parse_topology
from fixprop.sim.elf import read_elf
from fixprop.sim.uno import CLOCK_HZ, SimulatedUno
from fixprop.toolchain import FIRMWARE, PROJECT_ROOT, require_tool

sys.path.insert(0, str(PROJECT_ROOT))

from tests.firmware.fixprop.sketch import LIBRARY, build_sketch, library_sources, serial_output

EXAMPLES = ("Iris", "Mazur", "SevenSegment", "Tracker", "TwoNetworks", "Xor")
FLOAT_ROUTINE = re.compile(r"__\w+(sf|df)\w*|.*(printf|strtod).*")
HEAP_ROUTINE = re.compile(r"malloc|realloc|calloc|_Znw\w+|_Zna\w+")

# Arduino IDE 1.x refuses a library that lacks one of these (UserLibrary.java).
MANDATORY = {"name", "version", "author", "maintainer", "sentence", "paragraph", "url"}


def example(name: str) -> Path:
    return build_sketch(name, [LIBRARY / "examples" / name / f"{name}.ino"])


def properties() -> dict[str, str]:
    lines = (LIBRARY / "library.properties").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


def test_manifests_agree_with_the_package() -> None:
    manifest = json.loads((LIBRARY / "library.json").read_text())
    assert manifest["version"] == properties()["version"] == fixprop.__version__
    assert manifest["name"] == properties()["name"] == fixprop.__name__
    assert properties().keys() >= MANDATORY
    for header in [*manifest["headers"], *properties()["includes"].split(",")]:
        assert (LIBRARY / "src" / header).is_file()


def test_every_example_is_named_after_its_folder_and_tested() -> None:
    sketches = sorted(LIBRARY.glob("examples/*/*.ino"))
    assert [path.stem for path in sketches] == [path.parent.name for path in sketches]
    assert tuple(path.stem for path in sketches) == EXAMPLES


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_example_links_float_or_the_heap(name: str) -> None:
    firmware = read_elf(example(name))
    print(f"{name}: {firmware.flash_bytes} bytes of flash, {firmware.static_sram_bytes} of SRAM")
    assert [s for s in firmware.symbols if FLOAT_ROUTINE.fullmatch(s)] == []
    assert [s for s in firmware.symbols if HEAP_ROUTINE.fullmatch(s)] == []


PLATFORMIO_PROJECT = f"""[platformio]
src_dir = {LIBRARY / "examples" / "Iris"}
workspace_dir = workspace
[env:uno]
platform = symlink://{FIRMWARE / "platforms" / "system"}
board = uno
framework = arduino
lib_extra_dirs = {LIBRARY.parent}
lib_ldf_mode = chain
build_flags = -Werror
"""


def test_platformio_builds_an_example(tmp_path: Path) -> None:
    (tmp_path / "platformio.ini").write_text(PLATFORMIO_PROJECT)
    variables = {k: v for k, v in os.environ.items() if not k.startswith("PLATFORMIO_")} | {
        "PLATFORMIO_CORE_DIR": str(tmp_path / "core"),
        "PLATFORMIO_SETTING_ENABLE_TELEMETRY": "no",
        "PLATFORMIO_DISABLE_UPGRADE_CHECK": "true",
    }
    command = [sys.executable, "-m", "platformio", "run", "-d", str(tmp_path)]
    run = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    assert not run.returncode, run.stdout + run.stderr
    firmware = read_elf(tmp_path / "workspace" / "build" / "uno" / "firmware.elf")
    assert "fixprop_train" in firmware.symbols


def run_example(name: str, last: str, limit_s: float) -> list[str]:
    """Every line that the example prints up to `last`, within simulated time."""
    return serial_output(SimulatedUno(example(name)), last, limit_s).splitlines()


def figures(lines: list[str], pattern: str) -> list[float]:
    return [float(found[1]) for line in lines if (found := re.search(pattern, line))]


def test_xor_is_learned() -> None:
    lines = run_example("Xor", "1 xor 1", limit_s=3)
    assert figures(lines, r" xor . = (\d)") == [0, 1, 1, 0]
    worst = figures(lines, r"worst error, thousandths: (\d+)")
    assert len(worst) == 10
    assert worst[0] > 500 > 50 > worst[-1]


def test_mazurs_loss_is_the_published_one() -> None:
    lines = run_example("Mazur", "step 10000:", limit_s=4)
    losses = figures(lines, r"loss ([\d.]+)")
    assert losses[0] == pytest.approx(0.298371109, rel=1e-3)
    assert losses[1] == pytest.approx(0.291027774, rel=1e-3)  # as fixprop.examples.mazur explains
    assert losses[-1] == pytest.approx(3.51e-5, rel=0.02)


def test_irises_are_told_apart() -> None:
    lines = run_example("Iris", "epoch 100:", limit_s=12)
    right = figures(lines, r"right: (\d+) of 150")
    assert right[0] < 75  # it did not know them before
    assert right[-1] >= 0.95 * 150
    doubt = figures(lines, r"thousandths: (\d+)")
    assert doubt[-1] < 0.1 * doubt[0]


def test_irises_in_the_example_are_fishers() -> None:
    """Every byte is the measurement, scaled to the range that was measured, to the nearest unit."""
    datasets = pytest.importorskip("sklearn.datasets")
    measured, species = datasets.load_iris(return_X_y=True)
    text = (LIBRARY / "examples" / "Iris" / "flowers.h").read_text()
    rows = re.findall(r"\{(-?\d+), (-?\d+), (-?\d+), (-?\d+)\}", text)
    low, high = measured.min(axis=0), measured.max(axis=0)
    scaled = (2 * (measured - low) / (high - low) - 1) * 128
    assert np.abs(np.array(rows, int) - np.minimum(scaled, 127)).max() <= 0.5 + 1e-9
    assert list(species) == [flower // 50 for flower in range(150)]


def test_seven_segment_digits_are_read() -> None:
    lines = run_example("SevenSegment", "9 is read as", limit_s=8)
    read = figures(lines, r"is read as (\d+)")
    assert read == list(range(10))
    losses = figures(lines, r"millionths: (\d+)")
    assert losses[0] > 200_000  # all outputs near one half: 250,000
    assert losses[-1] < 1_000


def test_two_networks_learn_side_by_side() -> None:
    lines = run_example("TwoNetworks", "epoch 500:", limit_s=6)
    sine = figures(lines, r"worst error of sine, thousandths: (\d+)")
    assert sine[0] > 500 > 25 > sine[-1]
    right = figures(lines, r"parities right: (\d)")
    assert right[0] < 8
    assert right[-1] == 8


def world_mv(channel: int, cycle: int) -> int:
    """Something swings from side to side in 2 s; two sensors that saturate a little, and the knob."""
    bearing = math.sin(math.pi * cycle / CLOCK_HZ)
    volts = (2.5 + 1.6 * bearing - 0.4 * bearing**2, 2.5 - 1.5 * bearing, 2.5 + 2.0 * bearing)
    return round(1000 * volts[channel]) if channel < len(volts) else 0


def test_tracker_points_where_the_knob_was() -> None:
    uno = SimulatedUno(example("Tracker"), adc_mv=world_mv)
    uno.drive("D2", False)
    uno.run(4 * CLOCK_HZ)
    uno.drive("D2", None)  # the pull-up takes it
    uno.receive()
    uno.pulses()
    uno.run(2 * CLOCK_HZ)
    text = uno.receive().decode("ascii").replace("\r", "")
    pairs = re.findall(r"pointing: label (-?\d+), answer (-?\d+)\n", text)
    assert len(pairs) >= 8
    labels, answers = np.array(pairs, int).T
    assert labels.max() - labels.min() > 140
    assert np.abs(answers - labels).max() <= 6  # hundredths; 4 here
    widths = [pulse.width_us for pulse in uno.pulses()]
    assert len(widths) == pytest.approx(100, abs=2)  # 50 a second
    assert min(widths) == pytest.approx(1500 - 0.8 * 500, abs=0.06 * 500)
    assert max(widths) == pytest.approx(1500 + 0.8 * 500, abs=0.06 * 500)


def test_the_library_alone_carries_its_licence() -> None:
    assert (LIBRARY / "LICENSE").read_bytes() == (PROJECT_ROOT / "LICENSE").read_bytes()


def readme_code(language: str) -> str:
    text = (LIBRARY / "README.md").read_text()
    [code] = re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)
    return str(code)


def test_xor_of_the_readme_gives_the_same_numbers_on_board_and_pc(tmp_path: Path) -> None:
    (tmp_path / "xor.c").write_text(readme_code("c"))
    (tmp_path / "xor.ino").write_text(readme_code("cpp"))
    sources = [path for path in library_sources() if path.suffix == ".c"]
    cc = [require_tool("cc", "gcc libc6-dev"), f"-I{LIBRARY / 'src'}", "xor.c", *map(str, sources)]
    subprocess.run(cc, cwd=tmp_path, check=True)
    on_pc = subprocess.run([tmp_path / "a.out"], capture_output=True, text=True, check=True).stdout
    board = SimulatedUno(build_sketch("readme", [tmp_path / "xor.ino"]))
    board.run(2 * CLOCK_HZ)
    assert board.receive().decode("ascii").replace("\r", "") == on_pc
    assert [int(n) / 32768 for n in on_pc.split()] == pytest.approx([0, 1, 1, 0], abs=0.05)


def test_stack_of_the_readme_is_that_measured() -> None:
    text = " ".join((LIBRARY / "README.md").read_text().split())
    [(fixed, each)] = re.findall(r"deepest (\d+) bytes of stack and (\d+) for each neuron", text)
    [softmax] = re.findall(r"Softmax takes at least (\d+)", text)
    depths = measured().stack[Mode.TRAIN.value]
    assert depths["hidden"] == [int(fixed), int(each)]
    assert depths["softmax"] == [int(softmax), 0]
    examples = re.findall(r"(\d+) for ([\d-]+\d)\b", text.split("of stack")[1].split("Softmax")[0])
    assert len(examples) == 3
    for told, topology in examples:
        assert int(told) == stack_bytes(parse_topology(topology), Mode.TRAIN, measured()), topology


def readme_row(name: str) -> list[int]:
    text = (LIBRARY / "README.md").read_text()
    [row] = re.findall(rf"^\| {name} \|(.*)\|$", text, re.M)
    return [int(cell.replace(",", "")) for cell in row.split("|")]


def test_cycles_of_the_readme_are_those_measured() -> None:
    """Within 5 %: the kernels may still gain a little without a new table."""
    tasks = networks()
    trains, infers = readme_row("training step"), readme_row("inference")
    for task, train, infer in zip(tasks, trains, infers, strict=True):
        measured = run_bare(task, epochs=50)
        steps = [span.cycles for span in measured.steps]
        inferences = [span.cycles for span in measured.inferences]
        assert train == pytest.approx(np.mean(steps), rel=0.05), task.topology
        assert infer == pytest.approx(np.mean(inferences), rel=0.05), task.topology
