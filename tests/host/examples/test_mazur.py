"""Mazur's published numbers, to the digit in float64 and to the bit between all fixed-point places."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fixprop.examples.mazur import MAZUR
from fixprop.examples.places import InFloat64, InNative
from fixprop.examples.run import run_training
from fixprop.examples.training import half_squared_error


def test_float64_gives_every_published_digit_and_fixed_point_comes_within_two_percent() -> None:
    report = run_training(MAZUR, seed=1, with_chip=False)
    assert report.passed
    last = report.rows[-1].values
    assert f"{last['float64']:.10f}" == "0.0000351085"
    assert last["mirror"] == last["native"] == pytest.approx(3.51085e-5, rel=0.02)


def test_the_chip_is_equal_to_the_bit_after_300_steps() -> None:
    short = replace(MAZUR, steps=300, figures=MAZUR.figures[:-1])
    report = run_training(short, seed=1, with_chip=True)
    assert report.passed
    assert all(set(row.values) == {"float64", "mirror", "native", "chip"} for row in report.rows)


def test_the_article_s_error_after_step_1_comes_from_weights_already_changed() -> None:
    before = InFloat64(MAZUR, 1)
    outputs = before.network.forward(MAZUR.inputs)
    delta = (MAZUR.targets - outputs) * outputs * (1 - outputs)
    before.train(np.array([0]))
    moved = before.state().weights  # right so far, but for the hidden layer
    hidden = InFloat64(MAZUR, 1).network
    hidden.forward(MAZUR.inputs)
    values = hidden.outputs[1]
    below = delta @ moved[6:].reshape(2, 3)[:, 1:] * values * (1 - values)
    first = hidden.flat_weights()[0, :6].reshape(2, 3)
    first[:, 1:] += MAZUR.rate * below.T * MAZUR.inputs
    moved[:6] = first.ravel()
    state = InFloat64(replace(MAZUR, weights=moved), 1).state()
    error = half_squared_error(state.outputs, MAZUR.targets, state.weights)
    assert f"{error:.9f}" == "0.291027924"


def test_fixed_biases_do_not_move() -> None:
    native = InNative(MAZUR, 1)
    before = native.state().weights
    native.train(np.zeros(50, np.int64))
    biases = [0, 3, 6, 9]
    assert np.array_equal(native.state().weights[biases], before[biases])
