"""native://: the tracker's C in a world, with a clock that only runs while it is read."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.board.native import NativeBoard, NativeTracker
from fixprop.sim.offline import burst_filter
from fixprop.sim.paths import Still
from fixprop.sim.scene import World
from fixprop.tracking.definition import READING_PERIOD_S
from fixprop.wire.frames import FrameReader
from fixprop.wire.records import Reading


def readings(board: NativeBoard, seconds: float, portion_s: float) -> tuple[bytes, list[Reading]]:
    data, end = b"", board.time_s() + seconds
    while board.time_s() < end - 1e-9:
        data += board.read(min(portion_s, end - board.time_s()))
    frames = FrameReader().feed(data)
    return data, [f.message for f in frames if isinstance(f.message, Reading)]


def test_time_passes_by_what_is_read_and_no_more() -> None:
    board = NativeBoard(World(1))
    board.read(1.0)  # the hello is there at once
    assert board.time_s() == 0
    assert board.read(0.01) == b""
    assert board.time_s() == pytest.approx(0.01)
    assert board.read(1.0) != b""
    assert board.time_s() == pytest.approx(READING_PERIOD_S)


@pytest.mark.parametrize("portion_s", [0.001, 0.01, 1.0])
def test_the_same_world_gives_the_same_bytes_in_portions_of_any_size(portion_s: float) -> None:
    expected, told = readings(NativeBoard(World(4)), 2.0, 0.3)
    data, again = readings(NativeBoard(World(4)), 2.0, portion_s)
    assert data == expected
    assert [r.reading_index for r in told] == list(range(52))  # 2 s of 38 ms periods
    assert again == told


def test_readings_see_the_hand() -> None:
    def mean(bearing_deg: float, range_cm: float) -> tuple[float, float]:
        _, told = readings(NativeBoard(World(4, Still(bearing_deg, range_cm))), 2.0, 1.0)
        late = told[10:]  # the sensors have measured
        return float(np.mean([r.left for r in late])), float(np.mean([r.right for r in late]))

    left, right = mean(-10, 20), mean(10, 20)
    assert left[0] > left[1] + 500  # the left sensor sees a hand on the left: 60 counts, x 8
    assert right[1] > right[0] + 500
    assert sum(mean(0, 15)) > sum(mean(0, 35)) + 500


def test_two_trackers_have_memory_of_their_own() -> None:
    one, other = NativeTracker(), NativeTracker()
    one.read(), other.read()
    one.reading(1000, 1000, 0)
    assert one.read() != b""
    assert other.read() == b""


def test_a_burst_is_filtered_by_the_firmwares_own_code() -> None:
    rng = np.random.default_rng(1)
    tracker = NativeTracker()
    for reads in rng.integers(0, 1024, (200, 16)):
        assert tracker.burst(reads.tolist()) == burst_filter(reads)
