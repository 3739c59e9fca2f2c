"""The twin's counts are the board's: of the same readings, steps and weights, and of no others."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.board import native
from fixprop.board.native import NativeBoard
from fixprop.saturation import Saturations
from fixprop.session import Session
from fixprop.sim.scene import World
from fixprop.tracking.learner import MirrorLearner, View
from fixprop.tracking.native_learner import NativeLearner
from fixprop.tracking.twin import Twin
from fixprop.wire.records import Learn, Reading, ResetWeights
from tests.host.recorded import Recording, feed, lesson
from tests.host.tracking.test_twin_stored import Watched


@pytest.fixture(scope="module")
def recording() -> Recording:
    """A lesson on native://; 10 steps a reading instead of 80, as the mirror is slow."""
    world = World(7)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(native, "STEPS_PER_READING", 10)
        return lesson(Session(NativeBoard(world)), world, 10)


def known(twin: Twin) -> tuple[bool, bool, bool]:
    """In step, the weights, and what saturated."""
    return twin.in_step, twin.weights_known, twin.saturation is not None


def test_mirror_and_native_twins_count_alike(recording: Recording) -> None:
    """The mirror is counted by numpy, value by value; the twin that works is the C."""
    ours, theirs = (feed(Twin(k(1)), recording.events) for k in (MirrorLearner, NativeLearner))
    assert ours.state.first_difference is None
    assert ours.saturation == theirs.saturation
    assert ours.saturation is not None and ours.saturation.inputs > 0


def test_a_board_that_only_looks_saturates_inputs_as_its_readings_tell() -> None:
    watched = Watched(NativeLearner(9))
    watched.session.command(Learn(0))
    watched.session.command(ResetWeights(3))
    watched.frames.clear()
    watched.session.run(3.0)
    readings = [f.message for f in watched.frames if isinstance(f.message, Reading)]
    beyond = 0
    for reading in readings:
        exact = View(reading.left, reading.right).inputs()[0]
        beyond += int(np.count_nonzero((exact == 32767) | (exact == -32768)))
    counts = watched.twin.saturation
    assert counts is not None and len(readings) > 50
    assert counts.inputs >= beyond  # the changes are cut off too
    assert counts == Saturations(inputs=counts.inputs, nets=counts.nets)  # no step was done


def test_counts_begin_anew_when_the_weights_do() -> None:
    watched = Watched(NativeLearner(9))
    watched.teach(5, 0.5)
    assert watched.twin.saturation != Saturations()
    watched.session.command(Learn(0))
    watched.session.command(ResetWeights(3))
    assert watched.twin.saturation == Saturations()


def test_a_load_begins_anew_and_unknown_weights_have_no_counts() -> None:
    first = Watched(NativeLearner(9))
    first.teach(5, 0.5)
    first.session.save()
    first.session.run(0.5)
    first.session.command(Learn(0))
    before = first.twin.saturation
    assert before is not None and before.total > 0
    first.session.load()
    after = first.twin.saturation
    assert after is not None and after.total < before.total

    second = Watched(NativeLearner(9), first.board.tracker.eeprom)
    assert known(second.twin) == (True, False, False)
    with second.session.paused():
        second.session.weights()
    assert known(second.twin) == (True, True, True)


def test_a_twin_that_fell_out_of_step_knows_nothing() -> None:
    twin = Watched(NativeLearner(9)).twin
    assert known(twin) == (True, True, True)
    twin.lost(1)
    assert known(twin) == (False, True, False)
    assert Twin(NativeLearner(1)).saturation is None
