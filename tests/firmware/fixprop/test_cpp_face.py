"""Fixprop.hpp is fixprop.h: the same bits on this computer, the same cycles on the chip."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fixprop.firmware_build import AVR_PACKAGES
from fixprop.formats import ACTIVATION, MOMENTUM, PASS_WEIGHT, RATE, WEIGHT, Integers
from fixprop.native import Native
from fixprop.network import Topology
from fixprop.sim.program import ProgramRun, run_program
from fixprop.toolchain import PROJECT_ROOT, require_tool

sys.path.insert(0, str(PROJECT_ROOT))

from tests.firmware.fixprop.sketch import LIBRARY, build_bare, library_sources

HEADERS = f"-I{LIBRARY / 'src'}"
CPP = ["-std=c++11", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"]
CPP += ["-fno-exceptions", "-fno-rtti"]

ON_CHIP = """
int main(void) {{
  {begin}
  for (uint8_t i = 0; i < 50; i++) {{
    {inputs}
    MARK(1);
    {train}
    MARK(2);
    {forward}
    MARK(3);
    put_byte((uint8_t){output});
  }}
  DONE();
}}
"""
IN_C = """#include <fixprop.h>
#include "program.h"
static const fixprop_layer layers[] = {{2, 3, &fixprop_sigmoid, 0}, {3, 1, &fixprop_sigmoid, 0}};
static int16_t weights[13];
static uint8_t residuals[13];
static int16_t values[6];
static int32_t deltas[4];
static fixprop_network network = {layers, 2, weights, residuals, values, deltas, 0};
static const int16_t targets[] = {16000};
""" + ON_CHIP.format(
    begin="""fixprop_generator generator;
  fixprop_seed(&generator, 1);
  network.rate = 4096;
  fixprop_initialise(&network, &generator, 2048);""",
    inputs="values[0] = 5000, values[1] = -6000;",
    train="fixprop_train(&network, targets);",
    forward="fixprop_forward(&network);",
    output="values[5]",
)
IN_CPP = """#include <Fixprop.hpp>
#include "program.h"
static fixprop::Network<2, fixprop::Sigmoid<3>, fixprop::Sigmoid<1>> network;
static_assert(sizeof network == 13 + 3 * 13 + 2 * (2 + 4) + 4 * 4, "README.md: memory");
static const int16_t targets[] = {16000};
""" + ON_CHIP.format(
    begin="network.rate(4096);\n  network.initialise(1, 2048);",
    inputs="network.input(0, 5000), network.input(1, -6000);",
    train="network.train(targets);",
    forward="network.forward();",
    output="network.output(0)",
)
# The start-up loop over global constructors (a sketch with Serial has it anyway), and the
# constructor that connects and clears the arrays, less the pointers that C copies from flash.
CONSTRUCTORS_BYTES, CONNECT_BYTES = 36, 52


def cycles(run: ProgramRun, begin: int, end: int) -> list[int]:
    pairs = zip(run.marks, run.marks[1:], strict=False)
    return [b.cycle - a.cycle for a, b in pairs if (a.value, b.value) == (begin, end)]


def test_cpp_takes_the_cycles_of_c_and_a_constructor_of_flash() -> None:
    c = run_program(build_bare("face-c", ".c", IN_C))
    cpp = run_program(build_bare("face-cpp", ".cpp", IN_CPP))
    assert cpp.output == c.output
    assert len(c.output) == 50
    assert cycles(cpp, 1, 2) == cycles(c, 1, 2)
    assert cycles(cpp, 2, 3) == cycles(c, 2, 3)
    more_flash = cpp.uno.flash_bytes - c.uno.flash_bytes
    more_sram = cpp.uno.static_sram_bytes - c.uno.static_sram_bytes
    print(f"C++: {more_flash:+} bytes of flash, {more_sram:+} of SRAM; cycles the same")
    assert more_flash <= CONSTRUCTORS_BYTES + CONNECT_BYTES
    assert more_sram <= 1  # avr-gcc rounds .data up


# Every layer and every way of learning; numbers stand where the test puts them.
ON_HOST = """#include <Fixprop.hpp>
#include <cstdio>
using namespace fixprop;
static Network<{network}> network;
static Changes<decltype(network)> changes(network, 40000);
int main() {{
  for (uint16_t i = 0; i < network.weight_count; i++)
    network.weight(i, 1 << 17);
  network.initialise{initialise};
  network.rate(3000);
  uint32_t state = 1;
  for (int step = 0; step < 200; step++) {{
    int16_t targets[network.output_count];
    for (uint8_t i = 0; i < network.input_count; i++) {{
      state = state * 1664525u + 1013904223u;
      network.input(i, int16_t(state >> 16));
    }}
    for (int16_t &target : targets) {{
      state = state * 1664525u + 1013904223u;
      target = int16_t((state >> 17) | 1);
    }}
    {step}
  }}
  network.forward();
  for (uint8_t j = 0; j < network.output_count; j++)
    std::printf("%d ", network.output(j));
  for (uint16_t i = 0; i < network.weight_count; i++)
    std::printf("%d ", int(network.weight(i)));
}}
"""
STEPS = {
    "train": "network.train(targets);",
    "momentum": "changes.train(targets);",
    "batch": "changes.accumulate(targets); if (step % 8 == 7) changes.apply();",
}
NETWORKS = {
    "3, Sigmoid<4>, Tanh<3>, Linear<2>": ((3, 4, 3, 2), ("sigmoid", "tanh", "linear"), ()),
    "2, Relu<5>, FixedBias<LeakyRelu<3>>, Softmax<3>": (
        (2, 5, 3, 3),
        ("relu", "leaky_relu", "softmax"),
        (False, True, False),
    ),
    "1, FixedBias<Tanh<1>>, SigmoidCrossEntropy<2>": (
        (1, 1, 2),
        ("tanh", "sigmoid_cross_entropy"),
        (True, False),
    ),
}
INITIALISE = {"(7)": "initialise", "_xavier(7)": "initialise_xavier", "_he(7)": "initialise_he"}


def samples(count: int, inputs: int, outputs: int) -> tuple[Integers, Integers]:
    """What the loop in ON_HOST draws (the generator of Numerical Recipes)."""
    state, rows = 1, []
    for index in range(count * (inputs + outputs)):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        is_input = index % (inputs + outputs) < inputs
        rows.append(((state >> 16) ^ 0x8000) - 0x8000 if is_input else state >> 17 | 1)
    table = np.array(rows).reshape(count, inputs + outputs)
    return table[:, :inputs], table[:, inputs:]


def in_c(topology: Topology, initialise: str, way: str) -> list[int]:
    """The same in the library's C, through Python."""
    network = Native(topology, 3000)
    network.set_flat_weights(np.full(topology.weight_count, 1 << 17))
    spread = (1 << PASS_WEIGHT.fraction,) if initialise == "initialise" else ()
    getattr(network, initialise)(7, *spread)
    inputs, targets = samples(200, topology.sizes[0], topology.sizes[-1])
    changes = network.changes(40000)
    if way == "train":
        network.train(inputs, targets)
    elif way == "momentum":
        network.train_momentum(inputs, targets, changes)
    else:
        for start in range(0, 200, 8):
            batch = slice(start, start + 8)
            network.accumulate(inputs[batch], targets[batch], changes)
            network.apply(changes)
    return [*network.forward(inputs[-1:])[0], *network.flat_weights()]


@pytest.fixture(scope="module")
def objects(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The library, compiled as C for this computer."""
    folder = tmp_path_factory.mktemp("objects")
    sources = [str(path) for path in library_sources() if path.suffix == ".c"]
    cc = [require_tool("cc", "gcc libc6-dev"), "-std=c11", "-O1", HEADERS, "-c", *sources]
    subprocess.run(cc, cwd=folder, check=True)
    return [str(path) for path in sorted(folder.glob("*.o"))]


def compile_cpp(text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [require_tool("g++", "g++"), *CPP, HEADERS, "-x", "c++", "-", "-x", "none"]
    return subprocess.run([*command, *arguments], input=text, capture_output=True, text=True)


@pytest.mark.parametrize("way", STEPS)
@pytest.mark.parametrize("network", NETWORKS)
def test_cpp_equals_c_in_every_bit(
    network: str, way: str, objects: list[str], tmp_path: Path
) -> None:
    topology = Topology(*NETWORKS[network])
    initialise = list(INITIALISE)[(list(STEPS).index(way) + len(topology.sizes)) % 3]
    text = ON_HOST.format(network=network, initialise=initialise, step=STEPS[way])
    built = compile_cpp(text, *objects, "-o", str(tmp_path / "face"))
    assert not built.returncode, built.stderr
    run = subprocess.run([tmp_path / "face"], capture_output=True, text=True, check=True)
    assert [int(n) for n in run.stdout.split()] == in_c(topology, INITIALISE[initialise], way)


def test_literals_are_the_nearest_units() -> None:
    decimals = [0.0, 0.1, 0.3, 0.5, 0.99, 1.0, 2.0, 7.5, 20.0]
    suffixes = {"q15": ACTIVATION, "rate": RATE, "momentum": MOMENTUM}
    suffixes |= {"spread": PASS_WEIGHT, "weight": WEIGHT}
    checks = [
        f'static_assert({x}_{suffix} == {int(number.from_float(x))}, "{x}_{suffix}");'
        for suffix, number in suffixes.items()
        for x in decimals
    ]
    text = "#include <Fixprop.hpp>\nusing namespace fixprop::literals;\n" + "\n".join(checks)
    built = compile_cpp(text, "-fsyntax-only")
    assert not built.returncode, built.stderr


def test_literals_on_the_chip_are_within_a_unit_as_the_readme_says() -> None:
    """An AVR's compiler rounds a decimal to 24 bits before it is scaled."""
    decimals = np.random.default_rng(1).uniform(8, 16, 60).round(6)
    nearest = [int(WEIGHT.from_float(float(x))) for x in decimals]
    text = (
        "#include <Fixprop.hpp>\nusing namespace fixprop::literals;\nextern const long units[];\n"
    )
    text += f"const long units[] = {{{', '.join(f'{x}_weight' for x in decimals)}}};\n"
    avr = [require_tool("avr-g++", AVR_PACKAGES), "-mmcu=atmega328p", "-std=c++11", HEADERS]
    built = subprocess.run(
        [*avr, "-S", "-x", "c++", "-", "-o", "-"],
        input=text,
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.findall(r"^\s+\.byte\s+(-?\d+)$", built.stdout, re.M)
    units = np.frombuffer(bytes(int(octet) & 255 for octet in found), "<i4")
    apart = np.abs(units - nearest)
    assert len(apart) == 60
    assert apart.max() == 1
    assert np.mean(apart) == pytest.approx(1 / 4, abs=0.12)  # two deviations of 60 draws


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("Network<2, Softmax<3>, Sigmoid<1>> network;", "this layer can only be the last"),
        ("Network<2, Sigmoid<255>> network;", "a layer has 1 to 254 neurons"),
        ("Network<0, Sigmoid<2>> network;", "a network has 1 to 254 inputs"),
        ("Network<2> network;", "1 to 255 layers"),
        ("Network<2, Tanh<1>> a; Network<2, Tanh<1>> b(a);", "deleted function"),
        (
            "Network<2, Tanh<2>> n; void f(int16_t (&t)[1]) { n.train(t); }",
            "invalid initialization|cannot convert",
        ),
    ],
)
def test_mistakes_do_not_compile(code: str, message: str) -> None:
    built = compile_cpp(
        f"#include <Fixprop.hpp>\nusing namespace fixprop;\n{code}", "-fsyntax-only"
    )
    assert built.returncode
    assert re.search(message, built.stderr)
