"""Faults do what they say, and a bench without one is the plain simulated board."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.board.port import Port
from fixprop.board.simulated import SimulatedBoard
from fixprop.firmware_build import build_firmware
from fixprop.sim.faults import BY_NAME, FAULTS, FaultyWorld, make_bench
from fixprop.sim.uno import CLOCK_HZ, OPEN


def read(port: Port, seconds: float) -> bytes:
    data = b""
    end_s = port.time_s() + seconds
    while (left_s := end_s - port.time_s()) > 0:
        data += port.read(left_s)
    return data


def test_names_are_unique_and_there_are_more_than_ten() -> None:
    assert len(BY_NAME) == len(FAULTS) > 10


def test_without_a_fault_a_bench_sends_what_the_plain_board_sends() -> None:
    plain = SimulatedBoard(build_firmware().elf, FaultyWorld(5))
    assert read(make_bench(5).port, 1.0) == read(plain, 1.0)


def test_the_same_seed_has_the_same_fault() -> None:
    one, two, other = (read(make_bench(s, BY_NAME["bits_flipped"]).port, 1.0) for s in (6, 6, 7))
    assert one == two != other


@pytest.mark.parametrize("name", ["bits_flipped", "bytes_lost"])
def test_one_byte_of_400_is_hit(name: str) -> None:
    garble = BY_NAME[name].garble(np.random.default_rng(1))
    clean = bytes(range(256)) * 400
    dirty = garble(clean)
    hits = len(clean) - len(dirty)
    if name == "bits_flipped":
        hits = sum(a != b for a, b in zip(clean, dirty, strict=True))
    assert hits == pytest.approx(256, abs=5 * 16)  # five standard deviations of a count


def test_a_clock_that_is_off_makes_the_boards_second_longer_or_shorter() -> None:
    bench = make_bench(8)
    bench.line.clock = 1.02
    read(bench.port, 1.0)
    assert bench.line.board.time_s() == pytest.approx(1.02, abs=0.003)


def test_an_unplugged_pin_wanders_and_its_neighbour_does_not() -> None:
    bench = make_bench(9, BY_NAME["left_unplugged"])
    cycles = [round(t * CLOCK_HZ) for t in np.arange(0.5, 1.0, 0.001)]
    left, right = ([bench.world.adc_mv(side, cycle) for cycle in cycles] for side in (0, 1))
    assert all(level & OPEN for level in left)
    assert np.std(left) > 150  # 0.3 V of hum at least: 0.21 V
    assert np.std(right) < 100


@pytest.mark.parametrize("seed", range(10))
def test_a_loose_pin_is_steady_near_what_was_measured_before_it(seed: int) -> None:
    bench = make_bench(seed, BY_NAME["right_loose"])
    cycles = [round(t * CLOCK_HZ) for t in np.arange(0.5, 1.0, 0.001)]
    left, right = ([bench.world.adc_mv(side, cycle) for cycle in cycles] for side in (0, 1))
    assert all(level & OPEN for level in right)
    near = min(abs(np.mean(right) - OPEN - before) for before in (1100, np.mean(left)))
    assert near < 400 and np.std(right) < 8 < 30 < np.std(left)


def test_a_bad_contact_opens_and_closes() -> None:
    bench = make_bench(9, BY_NAME["left_intermittent"])
    cycles = [round(t * CLOCK_HZ) for t in np.arange(0.0, 10.0, 0.02)]
    seen = [bench.world.adc_mv(0, cycle) & OPEN > 0 for cycle in cycles]
    assert 0 < sum(seen) < len(seen) / 2


def test_worn_cells_stay_erased_whatever_is_written() -> None:
    bench = make_bench(10, BY_NAME["worn_eeprom"])
    uno, wear = bench.line.board.uno, bench.line.each_slice
    uno._load_eeprom(bytes(1024))
    assert wear is not None and uno.eeprom.count(0xFF) == 0
    wear(bench.line.board)
    assert uno.eeprom.count(0xFF) == 8
