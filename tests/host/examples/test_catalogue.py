"""Every worked example, briefly: its figures natively, its bits on the chip."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fixprop.examples.catalogue import CATALOGUE, TRAININGS
from fixprop.examples.chip import OnChip
from fixprop.examples.digits import LEARNING
from fixprop.examples.places import InMirror, InNative
from fixprop.examples.run import run_training
from fixprop.examples.training import Training
from fixprop.formats import Integers

QUICK = ("or", "and", "xor-2-2-1", "xor-2-3-1", "xor-2-3-1-momentum", "xor-2-3-2", "segments-best")
BRIEF = 40  # steps on the chip: several epochs of most examples


@pytest.mark.parametrize("name", [*QUICK, "gradient", "vanishing"])
def test_an_example_gives_what_its_source_promises(name: str) -> None:
    report = CATALOGUE[name].run(1, False)
    assert report.passed, [row for row in report.rows if not row.passed]


@pytest.mark.parametrize("example", [*TRAININGS, LEARNING], ids=lambda e: str(e.name))
def test_mirror_native_and_chip_agree_in_every_bit(example: Training) -> None:
    brief = replace(example, steps=BRIEF, stop=None, figures=(), inputs=example.inputs[:30])
    brief = replace(brief, targets=example.targets[:30])
    report = run_training(brief, seed=7, with_chip=True)
    assert report.differences == []


def test_the_chip_can_be_stopped_at_any_step() -> None:
    xor = next(e for e in TRAININGS if e.name == "xor-2-3-1")
    chip, native, order = OnChip(xor, 3), InNative(xor, 3), xor.order(3)
    for steps in (0, 1, 5, 30):
        part = order.take(steps)
        chip.train(part)
        native.train(part)
        assert np.array_equal(chip.state().weights, native.state().weights)
        assert np.array_equal(chip.state().outputs, native.state().outputs)


def test_a_bit_that_differs_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = InMirror.train

    def train(self: InMirror, order: Integers) -> None:
        wrong(self, order)
        self._network.weights[1][0, 0, 2] += 1

    monkeypatch.setattr(InMirror, "train", train)
    xor = next(e for e in TRAININGS if e.name == "xor-2-3-1")
    report = run_training(replace(xor, steps=8), seed=1, with_chip=False)
    assert not report.passed
    assert "after step 8, weight of layer 2, neuron 0, input 1: native" in report.differences[0]
