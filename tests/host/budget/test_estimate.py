"""What fits, by how much, and what it is told to people."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from fixprop.bench.growth import fits as chip_learns
from fixprop.budget.check import Pair, Row
from fixprop.budget.estimate import FLASH_ROOM, SRAM_ROOM, estimate, largest, memory
from fixprop.budget.mode import Mode
from fixprop.budget.tables import sentence, show, verdict
from fixprop.budget.target import parse_topology
from fixprop.network import Topology


def of(text: str) -> Topology:
    return parse_topology(text)


def test_the_room_is_the_unos() -> None:
    assert (FLASH_ROOM, SRAM_ROOM) == (32_256, 2_048)


def test_the_largest_hidden_layer_fits_and_the_next_does_not() -> None:
    found = largest(of("2-8-1:sigmoid"), Mode.TRAIN)
    assert found is not None
    assert memory(found, Mode.TRAIN).fits
    wider = of(f"2-{found.sizes[1] + 1}-1:sigmoid")  # as the benchmark has it
    assert not memory(wider, Mode.TRAIN).fits
    assert chip_learns(found.sizes[1])
    assert not chip_learns(wider.sizes[1])


@pytest.mark.parametrize("text", ["4-64-64-3", "4-10-200-3", "4-2-2-3"])
def test_several_hidden_layers_are_proposed_alike(text: str) -> None:
    found = largest(of(text), Mode.TRAIN)
    assert found is not None
    width = found.sizes[1]
    assert found.sizes == (4, width, width, 3)
    assert memory(found, Mode.TRAIN).fits
    assert not memory(of(f"4-{width + 1}-{width + 1}-3"), Mode.TRAIN).fits
    told = sentence(estimate(of(text), Mode.TRAIN))
    assert told.endswith(f"; largest hidden layers that fit: 4-{width}-{width}-3")


def test_there_may_be_no_hidden_layer_that_fits() -> None:
    assert largest(of("40-40"), Mode.TRAIN) is None
    assert largest(of("250-2-250"), Mode.TRAIN) is None


def test_a_sentence_for_what_fits_and_what_does_not() -> None:
    small = estimate(of("2-8-2"), Mode.TRAIN)
    assert small.memory.fits
    assert sentence(small).startswith(f"fits: {small.memory.sram_left:,} bytes of SRAM and ")
    wide = estimate(of("2-150-1"), Mode.TRAIN)
    missing = wide.memory.sram_bytes + wide.memory.stack_bytes - SRAM_ROOM
    best = largest(wide.topology, Mode.TRAIN)
    expected = f"does not fit: SRAM by {missing:,} bytes; largest hidden layer that fits: {best}"
    assert sentence(wide) == expected
    none = estimate(of("250-2-250"), Mode.TRAIN)
    assert sentence(none).endswith("bytes; no hidden layer is small enough")


def test_weights_in_flash_leave_sram_free_until_flash_is_full() -> None:
    digits = of("64-32-10:tanh,softmax")
    assert not memory(digits, Mode.TRAIN).fits
    assert memory(digits, Mode.FLASH).fits
    full = memory(of("100-200-50"), Mode.FLASH)
    assert full.flash_left < 0 < full.sram_left


def test_what_learns_takes_more_of_everything() -> None:
    infers, learns, remembers = (
        memory(of("4-8-3"), mode) for mode in (Mode.INFERENCE, Mode.TRAIN, Mode.MOMENTUM)
    )
    assert infers.flash_bytes < learns.flash_bytes < remembers.flash_bytes
    assert infers.sram_bytes < learns.sram_bytes < remembers.sram_bytes


def test_what_does_not_learn_has_no_training_step() -> None:
    told = estimate(of("4-8-3"), Mode.INFERENCE)
    assert told.train is None
    figures = told.as_json()
    assert figures["train_cycles"] is None
    assert figures["train_steps_per_reading"] is None


def test_steps_between_two_readings() -> None:
    told = estimate(of("4-8-3"), Mode.TRAIN)
    assert told.train is not None
    assert told.steps_per_reading == pytest.approx(16_000_000 * 0.038 / told.train.mean)
    assert told.train.low <= told.train.mean <= told.train.high


def test_the_table_shows_every_figure() -> None:
    told = estimate(of("2-8-2:tanh,softmax"), Mode.TRAIN)
    output = io.StringIO()
    show(told, Console(file=output, width=100))
    text = output.getvalue()
    in_sram = told.memory.sram_bytes + told.memory.stack_bytes
    assert told.train is not None
    for count in (told.memory.flash_bytes, in_sram, told.infer.mean, told.train.mean):
        assert f"{count:,.0f}" in text
    assert "stack" in text
    assert text.splitlines()[-1] == sentence(told)


def test_a_deviation_beyond_the_limit_fails_the_check() -> None:
    same = Pair(40, 40)
    good = Row(of("2-2"), {"flash": Pair(102, 100), "sram": same, "stack": same, "infer": same})
    bad = Row(of("2-2"), {**good.pairs, "infer": Pair(96, 100)})
    deep = Row(of("2-2"), {**good.pairs, "stack": Pair(40, 50)})
    assert (good.holds, bad.holds, deep.holds) == (True, False, False)
    assert verdict([good]).startswith("verdict: pass: 1 networks, worst deviations flash 2.00%")
    assert verdict([good, bad]).startswith("verdict: FAIL")
