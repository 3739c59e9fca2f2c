"""A supply that a servo pulls down: measured between the bursts, and readings that do not follow it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from fixprop.board.native import NativeBoard
from fixprop.board.simulated import SimulatedBoard
from fixprop.firmware_build import build_firmware
from fixprop.session import Session
from fixprop.sim.paths import Still
from fixprop.sim.scene import World
from fixprop.sim.supply import Supply
from fixprop.sim.uno import CLOCK_HZ, SimulatedUno
from fixprop.tracking.definition import VALUES
from fixprop.tracking.native_learner import NativeLearner
from fixprop.tracking.twin import Twin
from fixprop.wire.records import Health, Reading, Teach
from tests.host.recorded import Recording, feed, record

ANY = -1  # a conversion of any channel
HALF_COUNT_MV = 12  # of the bandgap's 225 counts


def listen(supply: Supply, seconds: float, *, teach: bool = False) -> Recording:
    board = SimulatedBoard(build_firmware().elf, World(3, Still(0.0, 20.0), supply=supply))
    session = Session(board)
    recording = record(session)
    session.open()
    if teach:
        session.command(Teach(60))
    session.run(seconds)
    return recording


def readings(recording: Recording) -> list[Reading]:
    return [f.message for f in recording.frames() if isinstance(f.message, Reading)]


@pytest.mark.parametrize(("idle_mv", "bandgap_mv"), [(4600, 1100), (5250, 1100), (5000, 1060)])
def test_the_supply_told_is_the_supply_by_a_typical_bandgap(idle_mv: int, bandgap_mv: int) -> None:
    recording = listen(Supply(idle_mv=idle_mv, bandgap_mv=bandgap_mv), 1.2)
    expected = idle_mv * 1100 / bandgap_mv
    told = {r.supply_mv for r in readings(recording)}
    assert len(told) == 1
    assert told.pop() == pytest.approx(expected, abs=HALF_COUNT_MV + 1)
    health = [f.message for f in recording.frames() if isinstance(f.message, Health)]
    assert health and health[-1].supply_mv == readings(recording)[-1].supply_mv


def test_readings_do_not_follow_the_supply() -> None:
    means = []
    for idle_mv in (4600, 5000, 5400):
        part = readings(listen(Supply(idle_mv=idle_mv), 4.0))[5:]
        means.append(np.mean([(r.left, r.right) for r in part], axis=0))
    # half a count of the bandgap is 0.22 %; the same noise falls on all three
    assert means[0] == pytest.approx(means[1], rel=0.004)
    assert means[2] == pytest.approx(means[1], rel=0.004)


def test_a_servo_that_pulls_it_down_costs_no_reading_and_no_bit() -> None:
    recording = listen(Supply(sag_mv=400), 10.0, teach=True)
    told = readings(recording)
    assert {b.time_us - a.time_us for a, b in pairwise(told)} == {38_000}
    assert {round(r.supply_mv, -2) for r in told} >= {4600, 5000}
    twin = feed(Twin(NativeLearner(1)), recording.events)
    assert twin.state.first_difference is None
    assert twin.state.checksums_equal == twin.state.checksums_compared > 10


def test_it_is_converted_between_bursts_after_it_has_settled() -> None:
    """The chip's conversions: 16 of the bandgap and 20 before them end before the burst begins."""
    asked: list[tuple[int, int]] = []

    def adc_mv(channel: int, cycle: int) -> int:
        asked.append((channel, cycle))
        return 1000

    def supply_mv(cycle: int) -> int:
        asked.append((ANY, cycle))
        return 5000

    uno = SimulatedUno(build_firmware().elf, adc_mv=adc_mv, supply_mv=supply_mv)
    uno.run(CLOCK_HZ // 2)
    sensors = [c for channel, c in asked if channel >= 0]
    starts = [b for a, b in pairwise(sensors) if b - a > 16_000]
    all_conversions = sorted({c for channel, c in asked if channel == ANY})
    for start in starts[1:8]:
        before = [c for c in all_conversions if start - 6 * 16_000 < c < start]
        assert len(before) == VALUES["SUPPLY_SETTLE"] + VALUES["SUPPLY_READS"]
        assert start - before[-1] > 13 * 128  # the last one has ended
        assert before[VALUES["SUPPLY_SETTLE"]] - before[0] >= 2 * 16_000  # settled for 2 ms


def test_a_native_board_tells_the_same_supply() -> None:
    board = NativeBoard(World(3, Still(0.0, 20.0), supply=Supply(idle_mv=4600)))
    session = Session(board)
    recording = record(session)
    session.open()
    session.run(1.0)
    told = {r.supply_mv for r in readings(recording)}
    assert told == {r.supply_mv for r in readings(listen(Supply(idle_mv=4600), 1.0))}
