"""The labelled samples of a lesson, from what the board told of it."""

from __future__ import annotations

import numpy as np

from fixprop.formats import Integers
from fixprop.tracking.evaluation import Track
from fixprop.tracking.learner import (
    UNKNOWN,
    Sample,
    View,
    change_of,
    label_of_pulse,
    sample_of,
)
from fixprop.wire.records import State


def lesson_samples(lesson: Track) -> tuple[Integers, Integers]:
    """Inputs [samples, 4] and targets [samples, 3], Q0.15, of every labelled reading.

    The same samples that the board offered to its replay memory, in the same order.
    """
    samples = _samples(lesson)
    return (
        np.concatenate([s.view.inputs() for s in samples]),
        np.concatenate([s.targets() for s in samples]),
    )


def _samples(lesson: Track) -> list[Sample]:
    columns = (lesson.left, lesson.right, lesson.pointer_us, lesson.state)
    rows = list(zip(*(c.tolist() for c in columns), strict=True))
    labels = [_label(pulse_us, state) for _, _, pulse_us, state in rows]
    samples, before = [], rows[0][:2]
    for (left, right, _, _), label, next_label in zip(
        rows, labels, [*labels[1:], None], strict=True
    ):
        view = View(left, right, change_of(left, before[0]), change_of(right, before[1]))
        before = (left, right)
        if label is not None and view.plausible(label):
            samples.append(sample_of(view, label, UNKNOWN if next_label is None else next_label))
    return samples


def _label(pulse_us: int, state: int) -> int | None:
    if not state & State.LABELLED:
        return None
    return UNKNOWN if state & State.HAND_ABSENT_LABEL else label_of_pulse(pulse_us)
