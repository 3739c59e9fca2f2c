"""What the network sees of a reading, what it is taught, and which samples are kept."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.formats import ACTIVATION, NO_TARGET
from fixprop.sim.servo import pulse_to_deg
from fixprop.tracking.definition import VALUES
from fixprop.tracking.learner import (
    UNKNOWN,
    MirrorLearner,
    Sample,
    View,
    cell_of,
    change_of,
    degrees_of_bearing,
    label_of_bearing,
    label_of_pulse,
    sample_of,
    towards,
    weights_crc,
)
from fixprop.wire.crc import crc16

HIGHEST = 8 * 1023  # a reading's, in eighths of a count


def test_inputs_are_sum_and_difference_of_levels_and_changes() -> None:
    view = View(2148, 2058, 10, -4)
    # gains 10, 40, 64, 64; the level's zero is 2048 for each sensor
    assert view.inputs().tolist() == [[110 * 10, 90 * 40, 6 * 64, 14 * 64]]


@pytest.mark.parametrize("left", [0, HIGHEST])
@pytest.mark.parametrize("right", [0, HIGHEST])
@pytest.mark.parametrize("change", [-128, 127])
def test_inputs_saturate_at_the_extremes(left: int, right: int, change: int) -> None:
    for other in (-128, 127):
        inputs = View(left, right, change, other).inputs()
        assert ACTIVATION.low <= inputs.min() <= inputs.max() <= ACTIVATION.high


def test_a_change_fits_a_byte() -> None:
    assert change_of(HIGHEST, 0) == 127
    assert change_of(0, HIGHEST) == -128
    assert change_of(1007, 1000) == 0
    assert change_of(1000, 1001) == -1  # a shift, not a division: downwards


@pytest.mark.parametrize("pulse_us", range(1450 - 300, 1450 + 301, 50))
def test_a_pulse_is_labelled_with_the_angle_that_the_servo_takes(pulse_us: int) -> None:
    # half a quarter degree of rounding; the scale 97/256 for 4 * 180 / 1900 is off by 0.02 %
    assert label_of_pulse(pulse_us) / 4 == pytest.approx(pulse_to_deg(pulse_us), abs=0.125 + 0.01)


def test_labels_end_at_127_and_never_mean_unknown() -> None:
    assert [label_of_pulse(us) for us in (500, 2400)] == [-127, 127]
    assert [label_of_bearing(q15) for q15 in (-32768, 32767)] == [-127, 127]
    assert UNKNOWN == -128


def test_a_label_and_a_bearing_are_the_same_angle() -> None:
    for label in range(-127, 128):
        bearing = label * VALUES["BEARING_PER_LABEL"]
        assert label_of_bearing(bearing) == label
        assert degrees_of_bearing(bearing) == label / 4


def test_targets_of_a_hand_that_moves_a_hand_that_ends_and_nobody() -> None:
    view, there = View(3000, 3000), VALUES["PRESENCE_TARGET"]
    assert sample_of(view, 8, 11).targets().tolist() == [[8 * 256, 11 * 256, there]]
    assert sample_of(view, 8).targets().tolist() == [[8 * 256, NO_TARGET, there]]
    assert sample_of(view, UNKNOWN, 11).targets().tolist() == [[NO_TARGET, NO_TARGET, -there]]
    too_far = sample_of(view, -127, 127)  # 254 quarter degrees do not fit the byte they are kept in
    assert too_far.targets().tolist() == [[-127 * 256, NO_TARGET, there]]
    far = Sample(view, bearing=127 * 256, ahead_step=127)
    assert far.targets().tolist() == [[127 * 256, ACTIVATION.high, there]]


def test_every_band_of_bearing_and_distance_has_a_cell_of_its_own() -> None:
    levels = [VALUES[f"LEVEL_EDGE_{n}"] for n in (1, 2, 3)]
    sums = [0, *[edge + 1 for edge in levels]]
    labels = range(-64, 64, 8)  # a band is 8 quarter degrees
    cells = [cell_of(View(s, 0), label) for s in sums for label in labels]
    assert cells == list(range(VALUES["MEMORY_CELLS"]))
    assert [cell_of(View(e, 0), -64) // 16 for e in levels] == [0, 1, 2]  # an edge is below
    assert (cell_of(View(0, 0), -127), cell_of(View(0, 0), 127)) == (0, 15)  # bands at the end


def test_a_running_mean_goes_a_quarter_of_the_way_and_arrives_nearly() -> None:
    assert towards(0, 8) == 2
    assert towards(0, 2) == 1  # halves upwards
    mean = 0
    for _ in range(30):
        mean = towards(mean, 1000)
    assert mean >= 999  # where a quarter of what is left rounds to nothing


def test_a_cell_keeps_the_mean_of_the_levels_and_the_changes_of_the_latest() -> None:
    learner = MirrorLearner(1)
    learner.read(3000, 3000)
    learner.mark(0)
    learner.read(3080, 2920)
    learner.mark(4)
    assert learner.memory_count() == 1
    (kept,) = [sample for sample in learner.memory if sample is not None]
    assert kept == Sample(View(3020, 2980, 10, -10), bearing=256, ahead_step=UNKNOWN)


def test_a_lessons_sample_is_kept_when_the_next_label_is_known() -> None:
    learner = MirrorLearner(1)
    learner.read(3000, 3000)
    learner.label_lesson(0)
    assert learner.memory_count() == 0
    learner.read(3000, 3000)
    learner.label_lesson(3)
    (kept,) = [sample for sample in learner.memory if sample is not None]
    assert kept.ahead_step == 3
    learner.label_none()
    assert learner.waiting is None


def test_of_nobody_the_latest_eight_are_kept() -> None:
    learner = MirrorLearner(1)
    for level in range(10):
        learner.read(level, 0)
        learner.mark(UNKNOWN)
    absent = learner.memory[VALUES["MEMORY_CELLS"] :]
    assert [s.view.left for s in absent if s] == [8, 9, 2, 3, 4, 5, 6, 7]
    assert learner.memory_count() == 8


def test_training_lowers_the_error_on_what_was_taught() -> None:
    learner = MirrorLearner(1)
    taught = [(2000 + 15 * label, 2000 - 15 * label, label) for label in range(-24, 25, 8)]

    def error() -> float:
        told = [learner.read(left, right)[0] - label * 256 for left, right, label in taught]
        return float(np.sqrt(np.mean(np.square(told))))

    before = error()
    for left, right, label in taught:
        learner.read(left, right)
        learner.mark(label)
    learner.train(1500)
    assert error() < before / 3


def test_the_same_seed_gives_the_same_weights_and_order() -> None:
    def trained(seed: int) -> tuple[list[int], int]:
        learner = MirrorLearner(seed)
        for label in (-8, 8):
            learner.read(3000, 3000 + 50 * label)
            learner.mark(label)
        learner.train(50)
        return learner.weights().tolist(), learner.order_state()

    assert trained(1) == trained(1) != trained(2)


def test_the_checksum_covers_every_byte_of_the_weights() -> None:
    weights = np.array([1, -1, -(1 << 23), (1 << 23) - 1], np.int64)
    data = b"".join(int(w).to_bytes(3, "little", signed=True) for w in weights)
    assert weights_crc(weights) == crc16(data)
    for index in range(4):
        for bit in (0, 8, 16):
            changed = weights.copy()
            changed[index] ^= 1 << bit
            assert weights_crc(changed) != weights_crc(weights)
