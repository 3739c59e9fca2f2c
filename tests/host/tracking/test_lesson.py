"""The samples of a lesson are those that the board itself was offered."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from fixprop.board.native import NativeBoard
from fixprop.formats import NO_TARGET
from fixprop.session import Session
from fixprop.sim.scene import World
from fixprop.tracking.definition import VALUES
from fixprop.tracking.evaluation import Track, track_of
from fixprop.tracking.learner import MirrorLearner, View
from fixprop.tracking.lesson import lesson_samples
from fixprop.tracking.twin import Twin
from fixprop.wire.records import Reading, State
from tests.host.recorded import Recording, feed, lesson


@pytest.fixture(scope="module")
def world() -> World:
    return World(7)


@pytest.fixture(scope="module")
def recording(world: World) -> Recording:
    return lesson(Session(NativeBoard(world)), world, 10)


@pytest.fixture(scope="module")
def taught(recording: Recording, world: World) -> Track:
    told = [f.message for f in recording.frames() if isinstance(f.message, Reading)]
    return track_of([r for r in told if r.state & State.TEACHING], 0.0, world)


class Offered(MirrorLearner):
    """Keeps what is offered to the replay memory, and does not train."""

    def __init__(self) -> None:
        self.samples: list[tuple[list[int], int, int]] = []
        super().__init__(0)

    def _store(self, view: View, label: int, next_label: int) -> None:
        self.samples.append((view.inputs()[0].tolist(), label, next_label))
        super()._store(view, label, next_label)

    def train(self, steps: int) -> NDArray[np.float64]:
        self._step += steps
        return np.zeros(steps)


def test_the_samples_are_those_the_board_was_offered(recording: Recording, taught: Track) -> None:
    offered = Offered()
    feed(Twin(offered), recording.events)
    inputs, targets = lesson_samples(taught)
    *lessons, _mark, last = offered.samples  # the last waited for the reading behind the mark
    lessons.append(last)
    assert inputs.tolist() == [view for view, _, _ in lessons]
    unknown = VALUES["LABEL_UNKNOWN"]
    for (_, label, next_label), target in zip(lessons, targets.tolist(), strict=True):
        absent = label == unknown
        assert target[0] == (NO_TARGET if absent else label * 256)
        has_next = not absent and next_label != unknown
        assert target[1] == (next_label * 256 if has_next else NO_TARGET)
        assert target[2] == VALUES["PRESENCE_TARGET"] * (-1 if absent else 1)


def test_a_reading_of_a_loose_wire_is_left_out(taught: Track) -> None:
    count = len(lesson_samples(taught)[0])
    loose = taught.left.copy()
    loose[-5] = VALUES["READING_HIGHEST"] + 1
    spoiled = Track(**{**vars(taught), "left": loose})
    assert len(lesson_samples(spoiled)[0]) == count - 1


def test_readings_without_a_label_give_no_sample(taught: Track) -> None:
    labelled = (taught.state & int(State.LABELLED)) != 0
    assert len(lesson_samples(taught)[0]) == int(np.sum(labelled)) < len(taught.state)
