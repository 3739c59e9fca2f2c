"""The firmware's learner equals its mirror in every bit: inputs, memory, order, weights."""

import numpy as np
import pytest

from fixprop.tracking.definition import VALUES
from fixprop.tracking.learner import UNKNOWN, Learner, MirrorLearner
from fixprop.tracking.native_learner import NativeLearner


def drive(learner: Learner, seed: int) -> list[tuple[int, ...]]:
    """A session of random readings, labels, marks, rates and training; what was seen of it."""
    rng = np.random.default_rng(seed)
    seen: list[tuple[int, ...]] = []
    for _ in range(300):
        left, right = (int(r) for r in rng.integers(0, 8185, 2))
        outputs = learner.read(left, right)
        label = UNKNOWN if rng.random() < 0.2 else int(rng.integers(-127, 128))
        action = rng.choice(["lesson", "none", "mark", "rate"], p=[0.8, 0.1, 0.05, 0.05])
        if action == "lesson":
            learner.label_lesson(label)
        elif action == "mark":
            learner.mark(label)
        elif action == "rate":
            learner.set_rate(int(rng.integers(0, 9000)))
        else:
            learner.label_none()
        learner.train(int(rng.integers(0, 4)))
        state = learner.step, learner.order_state(), learner.memory_count()
        seen.append((*outputs.tolist(), *state, *learner.weights().tolist()))
    return seen


@pytest.mark.parametrize("seed", range(4))
def test_sessions_are_equal_to_the_bit(seed: int) -> None:
    mirror, native = drive(MirrorLearner(seed), seed), drive(NativeLearner(seed), seed)
    for number, (ours, theirs) in enumerate(zip(mirror, native, strict=True)):
        assert ours == theirs, f"first difference after reading {number}"
    assert mirror[-1][3] != 0, "the session must have trained"


def test_every_pair_of_levels_gives_the_same_outputs() -> None:
    mirror, native = MirrorLearner(3), NativeLearner(3)
    for level in range(0, 8185, 37):
        for learner in (mirror, native):
            learner.read(8184 - level, level)
        other = 8184 - level // 2
        assert np.array_equal(mirror.read(level, other), native.read(level, other))


def test_an_impossible_reading_is_not_learned() -> None:
    for learner in (MirrorLearner(1), NativeLearner(1)):
        learner.read(VALUES["READING_HIGHEST"] + 1, 500)
        learner.mark(0)
        assert learner.memory_count() == 0
        learner.read(VALUES["READING_HIGHEST"], 500)
        learner.mark(0)
        assert learner.memory_count() == 1


def test_a_hand_that_cannot_be_there_is_not_learned() -> None:
    """A dead sensor, a label beyond the field. Nobody there may read as little in a large room."""
    low, widest = VALUES["READING_LOWEST"], VALUES["LABEL_WIDEST"]
    wrong = [(low - 1, 500, 0), (500, low - 1, 0), (500, 500, widest + 1), (500, 500, -widest - 1)]
    for learner in (MirrorLearner(1), NativeLearner(1)):
        for left, right, label in wrong:
            learner.read(left, right)
            learner.mark(label)
            assert learner.memory_count() == 0
        learner.read(0, 0)
        learner.mark(UNKNOWN)
        learner.read(low, low)
        learner.mark(widest)
        learner.mark(-widest)
        assert learner.memory_count() == 3


def test_nothing_is_trained_before_the_first_sample() -> None:
    for learner in (MirrorLearner(1), NativeLearner(1)):
        before = learner.weights()
        learner.train(5)
        assert learner.step == 0
        assert np.array_equal(learner.weights(), before)
