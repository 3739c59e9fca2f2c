"""fixprop bench device: its figures agree with each other, with the chip's own timer, with avr8js."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fixprop.bench import device, floor, growth, peers
from fixprop.bench.bare import SEED, SPREAD, run_bare
from fixprop.bench.device import DeviceFigures, NetworkFigures, differences, measure_network
from fixprop.bench.growth import Growth, fits, largest_2_h_1, line
from fixprop.bench.second_simulator import first_difference
from fixprop.bench.tasks import RATE_HALF, Task, networks
from fixprop.cli import run
from fixprop.errors import FixpropError, MissingTool
from fixprop.sim.program import build_program, run_program
from fixprop.sim.uno import Mark

EPOCHS = 3
ARGUMENT_CYCLES = 4  # two pointers of two LDI: the compiler may load them before the timer is read

# XOR on a 2-3-1, written on its own; counts with the chip's timer instead of marks.
BY_TIMER = f"""
#include "fixprop.h"
#include "program.h"
static const fixprop_layer layers[] = {{
    {{.inputs = 2, .neurons = 3, .activation = &fixprop_sigmoid}},
    {{.inputs = 3, .neurons = 1, .activation = &fixprop_sigmoid}}}};
static int16_t weights[13], values[6], target[1];
static uint8_t residuals[13];
static int32_t deltas[4];
static fixprop_network network = {{.layers = layers,
                                  .layer_count = 2,
                                  .weights = weights,
                                  .residuals = residuals,
                                  .values = values,
                                  .deltas = deltas,
                                  .rate = {RATE_HALF}}};

static void put_word(uint16_t word) {{
  put_byte((uint8_t)word);
  put_byte((uint8_t)(word >> 8));
}}

int main(void) {{
  fixprop_generator generator;
  fixprop_seed(&generator, {SEED});
  fixprop_initialise(&network, &generator, {SPREAD});
  TCCR1B = 1 << CS10; /* counts cycles */
  uint16_t start = TCNT1;
  put_word((uint16_t)(TCNT1 - start));
  for (uint8_t i = 0; i < {4 * EPOCHS}; i++) {{
    values[0] = i & 2 ? 32767 : 0;
    values[1] = i & 1 ? 32767 : 0;
    target[0] = values[0] != values[1] ? 32767 : 0;
    start = TCNT1;
    fixprop_train(&network, target);
    put_word((uint16_t)(TCNT1 - start));
  }}
  DONE();
}}
"""


@pytest.fixture(scope="module")
def xor() -> NetworkFigures:
    return measure_network(networks()[0], EPOCHS)


@pytest.fixture(scope="module")
def digits() -> NetworkFigures:
    return measure_network(networks()[-1], EPOCHS)


def test_the_chips_own_timer_counts_the_same(xor: NetworkFigures) -> None:
    words = np.frombuffer(run_program(build_program("by-timer", BY_TIMER)).output, "<u2")
    overhead, steps = words[0].astype(int), words[1:].astype(int)
    assert len(steps) == 4 * EPOCHS
    assert abs((steps - overhead).mean() - xor.train.mean) <= ARGUMENT_CYCLES


def test_figures_lie_between_floor_and_bar(xor: NetworkFigures, digits: NetworkFigures) -> None:
    for of in (xor, digits):
        assert floor.training_floor(of.sizes) <= of.train.low <= of.train.mean <= of.train.high
        assert floor.inference_floor(of.sizes) <= of.infer.low <= of.infer.mean <= of.infer.high
        assert of.train.mean <= peers.training_bar(of.sizes)
        assert of.infer.mean <= peers.inference_bar(of.sizes)
        assert of.holds


def test_the_parts_of_a_step_are_the_whole_of_it(digits: NetworkFigures) -> None:
    first_pass = run_bare(digits.task, EPOCHS).steps[: len(digits.task.inputs)]
    whole = np.mean([step.cycles for step in first_pass])
    assert sum(digits.parts.values()) == pytest.approx(whole)
    assert digits.parts["update"] > digits.parts["forward"] > digits.parts["output deltas"] > 4 * 78
    assert digits.parts["forward"] >= floor.inference_floor(digits.sizes)


def test_memory_is_what_the_arrays_take(digits: NetworkFigures) -> None:
    weights, neurons = 8 * 8 + 4 * 9, 12
    arrays = 3 * weights + 2 * (7 + neurons) + 4 * neurons + 2 * 4
    assert arrays < digits.sram_bytes < arrays + 60  # the network, its layers, the function
    assert 20 < digits.stack_bytes < 70  # 18 saved registers and a return address; STACK_LIMIT
    assert 0 < digits.flash_bytes - digits.flash_empty_bytes < digits.flash_bytes


def test_a_chip_with_other_weights_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    task = networks()[0]
    wrong = np.zeros(task.topology.weight_count, np.int64)
    monkeypatch.setattr("fixprop.bench.bare.expected_weights", lambda *_: wrong)
    with pytest.raises(FixpropError, match="2-3-1: the chip's weights differ"):
        run_bare(task, EPOCHS)


def test_avr8js_counts_the_same(xor: NetworkFigures, digits: NetworkFigures) -> None:
    try:
        assert differences([xor, digits], EPOCHS) == {}
    except MissingTool as error:
        pytest.skip(f"no second simulator: {error}")


def test_without_node_the_cross_check_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert run(["bench", "device", "--cross-check"]) == 1
    told = capsys.readouterr().err.strip().splitlines()[-1]
    assert told.startswith("fixprop: node is not installed")
    assert told.endswith("sudo apt-get install nodejs npm")


def test_a_difference_is_named_by_mark_and_cycle() -> None:
    ours = [Mark(1, 10), Mark(2, 30)]
    assert first_difference(ours, list(ours)) is None
    told = first_difference(ours, [Mark(1, 10), Mark(2, 31)])
    assert told == "mark 1: 2 at cycle 30 in simavr, 2 at cycle 31 in avr8js"
    assert first_difference(ours, ours[:1]) == "2 marks in simavr, 1 in avr8js"


def test_a_line_and_its_residual() -> None:
    exact = line([7, 9, 13], [1, 2, 4])
    assert (exact.fixed, exact.each_weight) == pytest.approx((5, 2))
    assert exact.worst_residual == pytest.approx(0, abs=1e-9)
    bent = line([0, 3, 0], [0, 1, 2])  # the best line is flat, at 1
    assert (bent.fixed, bent.each_weight) == pytest.approx((1, 0), abs=1e-9)
    assert bent.worst_residual == pytest.approx(2)
    assert bent.rms_residual == pytest.approx(2**0.5)


def test_the_largest_2_h_1_learns_and_the_next_does_not() -> None:
    largest = largest_2_h_1()
    assert largest >= peers.LARGEST_H_GOAL
    assert not fits(largest + 1)


@pytest.mark.parametrize("what", ["train", "infer", "memory", "avr8js"])
def test_any_missed_bar_fails_the_whole(xor: NetworkFigures, what: str) -> None:
    good = DeviceFigures([xor], Growth({}, {}), peers.LARGEST_H_GOAL, {})
    slow = replace(xor.train, mean=peers.training_bar(xor.sizes) + 1)
    bad = {
        "train": replace(good, networks=[replace(xor, train=slow)]),
        "infer": replace(good, networks=[replace(xor, infer=slow)]),
        "memory": replace(good, largest_2_h_1=peers.LARGEST_H_GOAL - 1),
        "avr8js": replace(good, differences={"2-3-1": "mark 1"}),
    }
    assert good.holds
    assert not bad[what].holds
    assert bad[what].as_json()["verdict"] == "fail"


def test_the_command_writes_tables_and_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def two() -> list[Task]:
        return [networks()[0], networks()[-1]]

    monkeypatch.setattr(device, "networks", two)
    monkeypatch.setattr(growth, "TOPOLOGIES", growth.TOPOLOGIES[:3])
    path = tmp_path / "new" / "device.json"
    assert run(["bench", "device", "--json", str(path)]) == 0
    told = json.loads(path.read_text())
    assert set(told["networks"]) == {"2-3-1", "7-8-4"}
    wanted = {
        *("train_cycles", "infer_cycles", "floor_train_cycles", "best_peer_train_cycles"),
        *("best_peer_infer_cycles", "flash_bytes", "sram_bytes", "stack_bytes"),
    }
    for figures in told["networks"].values():
        assert wanted <= set(figures)
        assert all(figures[name] > 0 for name in wanted)
    assert told["growth"]["by_weights"]["sram_bytes"]["each_weight"] >= 3
    assert told["largest_2_h_1"] >= 100
    output = capsys.readouterr().out
    assert "7-8-4" in output
    assert output.splitlines()[-1].startswith("verdict: pass")
