"""The loss and the gradient of a step, against the float64 network and between mirror and C."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.formats import ACTIVATION, NO_TARGET
from fixprop.network import Topology
from fixprop.reference import Reference
from fixprop.tracking.definition import TOPOLOGY
from fixprop.tracking.latest_step import LatestStep, loss_of
from fixprop.tracking.learner import Learner, MirrorLearner
from fixprop.tracking.native_learner import NativeLearner

SEED = 5
LEARNERS = pytest.mark.parametrize("kind", [MirrorLearner, NativeLearner])


def taught(kind: type[Learner]) -> Learner:
    """A learner with marks here and there, and one of no hand."""
    learner = kind(SEED)  # type: ignore[call-arg]
    rng = np.random.default_rng(1)
    for bearing in (-90, -30, 0, 45, 100):
        learner.read(*rng.integers(500, 5000, 2).tolist())
        learner.mark(bearing)
    learner.read(300, 320)
    learner.mark(127)
    for bearing in (10, 12, 15):  # of a lesson: they know where the hand will be
        learner.read(*rng.integers(500, 5000, 2).tolist())
        learner.label_lesson(bearing)
    return learner


def test_mirror_and_c_tell_the_same_losses_and_steps() -> None:
    mirror, native = taught(MirrorLearner), taught(NativeLearner)
    for count in (1, 7, 200):
        assert np.array_equal(mirror.train(count), native.train(count))
        ours, theirs = mirror.latest(), native.latest()
        for name in ("values", "targets", "deltas"):
            assert np.array_equal(getattr(ours, name), getattr(theirs, name)), name
    assert np.array_equal(mirror.weights(), native.weights())


@LEARNERS
def test_a_run_of_steps_is_the_steps_one_by_one(kind: type[Learner]) -> None:
    one, many = taught(kind), taught(kind)
    losses = many.train(50)
    singles = []
    for _ in range(50):
        singles.append(one.train(1)[0])
        assert one.latest().loss == singles[-1]
    assert losses.tolist() == singles
    assert losses.dtype == np.float64
    assert losses[0] > 0


@LEARNERS
def test_an_empty_memory_makes_no_steps(kind: type[Learner]) -> None:
    learner = kind(SEED)  # type: ignore[call-arg]
    assert len(learner.train(10)) == 0
    assert learner.step == 0
    assert not learner.latest().deltas.any()


@LEARNERS
def test_a_reading_between_does_not_change_what_the_latest_step_was(kind: type[Learner]) -> None:
    learner = taught(kind)
    learner.train(3)
    before = learner.latest()
    learner.read(4000, 300)
    after = learner.latest()
    assert np.array_equal(before.values, after.values)
    assert np.array_equal(before.deltas, after.deltas)


@LEARNERS
def test_loss_and_gradient_are_those_of_the_float64_network(kind: type[Learner]) -> None:
    learner, compared = taught(kind), 0
    for _ in range(40):
        seen = learner.weights() >> 8 << 8  # the passes see Q4.11
        network = Reference.from_fixed(TOPOLOGY, seen)
        (loss,) = learner.train(1)
        step = learner.latest()
        inputs = ACTIVATION.to_float(step.values[None, :4])
        targets = np.where(step.targets == NO_TARGET, np.nan, ACTIVATION.to_float(step.targets))
        errors = np.nan_to_num(targets - network.forward(inputs)[-1][0])
        if np.abs(errors).max() > 0.99:
            continue  # beyond what Q0.15 holds the step takes it for 1
        compared += 1
        assert loss == pytest.approx(network.loss(inputs, targets[None]), abs=2e-3)
        wanted = network.gradients(inputs, targets[None])
        for ours, theirs in zip(step.gradients(), wanted, strict=True):
            assert ours.shape == theirs.shape
            assert np.abs(ours - theirs).max() < 3e-3
    assert compared > 20


def test_the_loss_is_half_the_squared_error_of_what_has_a_target() -> None:
    one = 1 << ACTIVATION.fraction
    outputs = np.array([one // 2, 0, one // 4])
    assert loss_of(outputs, np.array([0, NO_TARGET, one // 4])) == 0.125
    assert loss_of(outputs, np.full(3, NO_TARGET)) == 0
    # the step saturates the error to what Q0.15 holds, and so does its loss
    assert loss_of(np.array([-32768]), np.array([32767])) == (32767 / 32768) ** 2 / 2


def test_a_fixed_bias_has_no_gradient() -> None:
    topology = Topology((1, 1), ("linear",), (True,))
    step = LatestStep(topology, np.array([16384, 0]), np.array([32767]), np.array([1 << 20]))
    assert step.gradients()[0].tolist() == [[0.0, -0.25]]
