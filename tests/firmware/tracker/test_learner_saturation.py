"""What the firmware's learner cuts off is what its mirror cuts off, readings and targets included."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.formats import RATE, WEIGHT
from fixprop.saturation import Saturations
from fixprop.tracking.definition import VALUES
from fixprop.tracking.learner import Learner, MirrorLearner
from fixprop.tracking.native_learner import NativeLearner
from tests.firmware.tracker.test_learner import drive

LEARNERS = pytest.mark.parametrize("kind", [MirrorLearner, NativeLearner])
MIDDLE = VALUES["LEVEL_ZERO"]
SUM_END = 2 * MIDDLE + 32767 // VALUES["LEVEL_GAIN"]  # the largest sum of two that is not cut off
DIFFERENCE_END = 32767 // VALUES["DIFFERENCE_GAIN"]
CHANGE_END = 128 << VALUES["CHANGE_SHIFT"]  # the least change between readings that is cut off


@pytest.mark.parametrize("seed", range(3))
def test_sessions_saturate_alike(seed: int) -> None:
    mirror, native = MirrorLearner(seed), NativeLearner(seed)
    assert drive(mirror, seed) == drive(native, seed)
    counts = native.saturation
    assert counts == mirror.saturation
    assert min(counts.inputs, counts.nets, counts.errors) > 0


def test_weights_and_rates_at_their_ends_saturate_alike() -> None:
    learners = MirrorLearner(5), NativeLearner(5)
    rng = np.random.default_rng(5)
    weights = rng.choice([WEIGHT.low, WEIGHT.high], len(learners[0].weights()))
    samples = rng.integers(-32768, 32768, (40, 7))
    for learner in learners:
        learner.set_weights(0, weights)
        learner.set_rate(RATE.high)
        for sample in samples:
            learner.train_on(sample[:4], sample[4:])
    assert learners[0].saturation == learners[1].saturation
    met = learners[0].saturation
    assert min(met.nets, met.errors, met.deltas, met.steps, met.weights) > 0
    assert met.inputs == met.targets == met.changes == 0  # as the samples came from outside


@LEARNERS
@pytest.mark.parametrize(
    ("left", "right", "counted"),
    [
        (SUM_END // 2, SUM_END - SUM_END // 2, 0),
        (SUM_END // 2 + 1, SUM_END - SUM_END // 2, 1),
        (MIDDLE + DIFFERENCE_END, MIDDLE, 0),
        (MIDDLE + DIFFERENCE_END + 1, MIDDLE, 1),
        (MIDDLE, MIDDLE + DIFFERENCE_END + 1, 1),
    ],
)
def test_a_reading_beyond_the_scale(
    kind: type[Learner], left: int, right: int, counted: int
) -> None:
    learner = kind(1)  # type: ignore[call-arg]
    learner.read(left, right)
    assert learner.saturation.inputs == counted


@LEARNERS
@pytest.mark.parametrize(("more", "counted"), [(CHANGE_END - 1, 0), (CHANGE_END, 1)])
def test_a_change_between_readings_beyond_the_scale(
    kind: type[Learner], more: int, counted: int
) -> None:
    learner = kind(1)  # type: ignore[call-arg]
    learner.read(MIDDLE, MIDDLE)
    before = learner.saturation.inputs
    learner.read(MIDDLE + more // 2, MIDDLE)
    assert learner.saturation.inputs == before + (more // 2 > DIFFERENCE_END)
    learner.read(MIDDLE, MIDDLE)
    learner.clear_saturation()
    learner.read(MIDDLE + more, MIDDLE)
    assert learner.saturation.inputs == counted + (more > DIFFERENCE_END)


@LEARNERS
def test_a_cell_that_is_cut_off_counts_each_time_it_is_learned(kind: type[Learner]) -> None:
    learner = kind(1)  # type: ignore[call-arg]
    learner.read(MIDDLE + DIFFERENCE_END + 1, MIDDLE)
    learner.mark(20)
    learner.train(7)
    assert learner.saturation.inputs == 1 + 7


@LEARNERS
@pytest.mark.parametrize(("labels", "counted"), [((64, 127), 0), ((80, 80, 64, 127), 30)])
def test_a_bearing_ahead_of_the_scale(
    kind: type[Learner], labels: tuple[int, ...], counted: int
) -> None:
    """The cell's mean goes but a quarter of the way back to 64, and from there the step is 63."""
    learner = kind(1)  # type: ignore[call-arg]
    for label in labels:
        learner.read(MIDDLE, MIDDLE)
        learner.label_lesson(label)
    learner.train(30)
    assert learner.saturation.targets == counted


@LEARNERS
def test_counts_begin_anew_with_the_weights(kind: type[Learner]) -> None:
    learner = kind(1)  # type: ignore[call-arg]
    learner.read(8184, 0)
    assert learner.saturation.inputs == 2  # both sum and difference
    learner.reset(2)
    assert learner.saturation == Saturations()
    learner.read(8184, 0)
    learner.clear_saturation()
    assert learner.saturation == Saturations()


def test_learners_that_take_turns_count_for_themselves() -> None:
    """The C counts in one place; between two calls of one learner others compute."""
    turns, alone = [NativeLearner(1), NativeLearner(2)], [NativeLearner(1), NativeLearner(2)]
    rng = np.random.default_rng(1)
    readings = rng.integers(0, 8185, (40, 2, 2))
    for pair in readings.tolist():
        for learner, (left, right) in zip(turns, pair, strict=True):
            learner.read(left, right)
            learner.mark(0)
            learner.train(2)
    for number, learner in enumerate(alone):
        for left, right in readings[:, number].tolist():
            learner.read(left, right)
            learner.mark(0)
            learner.train(2)
    assert [n.saturation for n in turns] == [n.saturation for n in alone]
    assert turns[0].saturation != turns[1].saturation
