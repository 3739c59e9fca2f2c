"""The C header: back without a bit lost, clean under every compiler, refused when edited."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from fixprop.activations import ACTIVATIONS
from fixprop.errors import FixpropError, UsageError
from fixprop.formats import WEIGHT
from fixprop.model import Model, header
from fixprop.network import Topology
from fixprop.sim.program import build_program, run_program
from fixprop.toolchain import FIRMWARE
from tests.host.model.examples import iris_like, models

SOURCES = FIRMWARE / "lib" / "fixprop" / "src"
STRICT = ["-Wall", "-Wextra", "-Werror", "-Wconversion", "-Wpedantic", f"-I{SOURCES}", "-c"]
COMPILERS = {
    "avr": ["avr-gcc", "-mmcu=atmega328p", "-std=c11", "-Os", "-x", "c"],
    "pc": ["cc", "-std=c11", "-O2", "-x", "c"],
    "arduino": ["avr-g++", "-mmcu=atmega328p", "-std=gnu++11", "-Os", "-x", "c++"],
}


@settings(max_examples=60, deadline=None)
@given(model=models())
def test_any_model_comes_back_identical(model: Model) -> None:
    for flash in (False, True):
        assert header.parse(header.text(model, "net", flash=flash)) == model


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
def test_every_activation_comes_back_identical(activation: str) -> None:
    topology = Topology((3, 4), (activation,))
    weights = np.random.default_rng(3).integers(WEIGHT.low, WEIGHT.high, topology.weight_count)
    model = Model.of_network(topology, weights)
    assert header.parse(header.text(model)) == model


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("flash", [False, True])
def test_the_header_compiles_without_a_warning(tmp_path: Path, compiler: str, flash: bool) -> None:
    text = header.text(iris_like(), flash=flash)
    run = subprocess.run(
        [*COMPILERS[compiler], *STRICT, "-", "-o", str(tmp_path / "out.o")],
        input=text,
        text=True,
        capture_output=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("flash", [False, True])
def test_the_chip_gives_the_models_outputs_for_raw_values(flash: bool) -> None:
    model = iris_like()
    raw = np.array([[14, 2], [51, 19], [200, -7]])
    put = "put_byte((uint8_t)q); put_byte((uint8_t)(q >> 8));"
    back = "const int32_t b = model_raw_output(i, q); " + put.replace("q", "b")
    rows = ", ".join(f"{{{a}, {b}}}" for a, b in raw)
    source = f"""{header.text(model, flash=flash)}
#include "program.h"
static const int16_t rows[3][2] = {{{rows}}};
int main(void) {{
  for (uint8_t n = 0; n < 3; n++) {{
    model_set_input(0, rows[n][0]);
    model_set_input(1, rows[n][1]);
    const int16_t *o = model_run();
    for (uint8_t i = 0; i < 2; i++) {{ const int16_t q = o[i]; {put} {back} }}
  }}
  DONE();
}}
"""
    output = run_program(build_program(f"header-{flash:d}", source)).output
    told = np.frombuffer(bytes(output), "<i2").reshape(3, 2, 2)
    values = raw * 0.1
    assert np.array_equal(told[:, :, 0], model.outputs_q(values))
    units = [c.raw_of_q(told[:, n, 0]) for n, c in enumerate(model.outputs)]
    assert np.array_equal(told[:, :, 1], np.stack(units, axis=1))


def edited(old: str, new: str) -> str:
    text = header.text(iris_like())
    assert text.count(old) == 1
    return text.replace(old, new)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("int x;\n", "not a header that `fixprop export` wrote"),
        (header.text(iris_like())[:900], "cut off"),
        (
            edited("{2, 3, &fixprop_tanh, 0}", "{2, 3, &fixprop_relu, 0}"),
            r"edited by hand: line 11",
        ),
        (edited('"seed": 1', '"seed": 2'), "altered after it was written"),
        (edited('"flash": false', '"flash": 0.5'), "edited by hand"),
        (
            edited("static uint8_t model_residuals[17]", "static uint8_t other[17]"),
            "edited by hand",
        ),
        (header.text(iris_like()) + "\n#define MORE\n", "edited by hand"),
        (edited("[2, 3, 2]", "[2, 3000000000, 2]"), "3000000000 neurons have only 17 weights"),
    ],
)
def test_an_edited_header_is_refused_with_the_command_that_helps(text: str, words: str) -> None:
    with pytest.raises(FixpropError, match=words) as refusal:
        header.parse(text)
    assert "\n" not in str(refusal.value)


def test_every_edited_weight_is_noticed() -> None:
    text = header.text(iris_like())
    begin = text.index("model_weights[17] = {") + len("model_weights[17] = {")
    end = text.index("}", begin)
    for place in [n for n in range(begin, end) if text[n].isdigit()]:
        other = text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :]
        with pytest.raises(FixpropError):
            header.parse(other)


@pytest.mark.parametrize("name", ["", "1st", "my-net", "int", "class", "setup", "näh"])
def test_names_that_c_does_not_take_are_refused(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name"):
        header.text(iris_like(), name)


@pytest.mark.parametrize("description", ["1" * 5000, "[" * 100_000])
def test_a_description_that_python_does_not_take_is_refused(description: str) -> None:
    text = f"{header.MARK}\n{header.BEGIN}\n{description}\n#endif\n"
    with pytest.raises(FixpropError, match="edited by hand"):
        header.parse(text)
