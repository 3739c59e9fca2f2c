"""The recorded lesson of tests/data/recordings, made on the simulated Uno, still gives its weights.

If protocol, formats or firmware changed: python tests/data/recordings/make.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fixprop.fingerprint import fingerprint
from fixprop.formats import Integers
from fixprop.recording.items import Kind
from fixprop.recording.played import Played, Player
from fixprop.recording.reader import Reader
from fixprop.tracking.definition import TOPOLOGY
from fixprop.tracking.learner import MirrorLearner
from fixprop.tracking.twin import Twin, weights_of
from fixprop.wire.frames import FrameReader
from fixprop.wire.records import Weights

LESSON = Path(__file__).parents[2] / "data" / "recordings" / "lesson.fixrec"
MOST_BYTES = 100_000


@pytest.fixture(scope="module")
def played() -> Played:
    return Player(LESSON).play()


def sent_by_the_board() -> Integers:
    """The weights in the recording's own bytes, without a session or a twin."""
    reader, weights = FrameReader(), np.zeros(TOPOLOGY.weight_count, np.int64)
    for item in Reader(LESSON):
        for frame in reader.feed(item.data) if item.kind == Kind.IN else ():
            if isinstance(part := frame.message, Weights):
                weights[part.offset :][: part.count] = weights_of(part.data, part.count)
    return weights


def test_it_is_a_small_file() -> None:
    assert LESSON.stat().st_size < MOST_BYTES


def test_the_replayed_weights_are_those_that_the_board_sent(played: Played) -> None:
    assert played.weights is not None
    assert np.array_equal(played.weights, sent_by_the_board())
    assert played.identical
    # 12 s at 2,200 steps a second, less the 4 s of rest that are learned ever faster
    assert 10_000 < played.twin.state.steps_replayed < 40_000
    assert played.twin.state.checksums_equal == played.twin.state.checksums_compared > 20


def test_nothing_was_lost(played: Played) -> None:
    totals = played.totals
    assert (totals.lost, totals.crc_errors, totals.malformed, played.gaps, played.dropped) == (
        0, 0, 0, 0, 0,
    )  # fmt: skip
    assert played.seconds == pytest.approx(15, abs=0.5)
    assert totals.frames > 15 / 0.038


def test_the_readable_learner_comes_to_the_same_weights() -> None:
    player = Player(LESSON)
    player.played.twin = Twin(MirrorLearner(0))
    played = player.play()
    assert played.identical
    assert played.weights is not None
    assert np.array_equal(played.weights, sent_by_the_board())


def test_its_header_says_what_it_is(played: Played) -> None:
    facts = played.replay.reader.facts
    assert (facts.url, facts.world_seed, facts.started) == ("sim://", 7, None)
    assert facts.fingerprint == fingerprint(TOPOLOGY)
    assert facts.firmware is not None
