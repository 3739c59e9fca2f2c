"""Readings without the chip are the readings of the simulated world."""

from __future__ import annotations

import numpy as np

from fixprop.sim import offline
from fixprop.sim.offline import adc_counts, burst_filter, offline_readings
from fixprop.sim.paths import Follow, Still, Track, sweep_deg
from fixprop.sim.scene import World
from fixprop.sim.uno import CLOCK_HZ
from fixprop.toolchain import FIRMWARE
from fixprop.tracking.definition import VALUES

CONVERSION = 1664


def test_counts_are_the_chips() -> None:
    assert adc_counts([0, 4, 5, 2500, 4995, 4996, 5000]).tolist() == [
        0,
        0,
        1,
        512,
        1022,
        1023,
        1023,
    ]


def test_the_filter_keeps_eight_low_middle_reads() -> None:
    reads = np.array([5] + [10] * 8 + [900] * 7)
    assert burst_filter(np.random.default_rng(1).permutation(reads)) == 80
    assert burst_filter(np.full(16, 1023)) == 8184


def test_offline_readings_are_those_of_the_online_world_bit_for_bit() -> None:
    offline = offline_readings(7, 12, Track(8))
    world, online = World(7, Track(8)), []
    for n in range(len(offline.left)):
        start = round((0.1 + 0.0383 * n) * CLOCK_HZ)
        for side in (0, 1):
            first = start + side * 17 * CONVERSION
            reads = [world.adc_mv(side, first + CONVERSION * i) for i in range(17)]
            online.append(int(burst_filter(adc_counts(reads[1:]))))
    assert online[0::2] == offline.left.tolist()
    assert online[1::2] == offline.right.tolist()
    assert np.array_equal(world.truths(offline.time_s), offline.truth, equal_nan=True)


def test_a_still_hand_reads_the_same_but_for_noise() -> None:
    quiet = offline_readings(9, 20, Still(0, 20), noise=0)
    noisy = offline_readings(9, 20, Still(0, 20))
    assert np.ptp(quiet.left[2:]) == np.ptp(quiet.right[2:]) == 0
    # eight reads of 54 mV and 8 mV held: 14 to 24 mV, in 1/8 counts
    assert 14 < noisy.left[2:].std() / 8 * 5000 / 1024 < 26
    # low-middle ranks lie about 12 mV below the middle, and spikes move them by less than that
    low_mv = (quiet.left[2:].mean() - noisy.left[2:].mean()) / 8 * 5000 / 1024
    assert 0 < low_mv < 30


def test_following_a_sweep_labels_the_readings_within_a_few_degrees() -> None:
    readings = offline_readings(10, 60, Follow(10, rest_s=2), pointer=sweep_deg)
    truth = readings.truth
    error = sweep_deg(readings.time_s) - truth.bearing_deg
    assert np.array_equal(truth.present, readings.time_s >= 2)
    assert np.sqrt(np.nanmean(error**2)) < 2  # 60 ms at up to 12 degrees a second, 1 degree rms


def test_the_left_reading_is_high_where_the_left_beam_is() -> None:
    readings = offline_readings(11, 300, Track(11))
    truth = readings.truth
    near = truth.present & (truth.range_cm < 22)
    left_only = near & truth.visible_left & ~truth.visible_right
    right_only = near & truth.visible_right & ~truth.visible_left
    assert left_only.sum() > 50 and right_only.sum() > 50
    assert (readings.left > readings.right)[left_only].mean() > 0.9
    assert (readings.right > readings.left)[right_only].mean() > 0.9
    assert (np.abs(truth.bearing_deg[left_only]) > 4).all()


def test_bursts_are_those_that_the_firmware_takes() -> None:
    first = VALUES["BURST_FIRST_RANK"]
    assert VALUES["BURST_READS"] == offline.READS
    assert slice(first, first + VALUES["BURST_RANKS"]) == offline.KEPT
    source = (FIRMWARE / "src" / "adc.c").read_text()
    assert f"#define DISCARD {offline.DISCARDED} " in source
