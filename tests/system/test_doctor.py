"""fixprop doctor on simulated boards: each fault is told from the others, and health from all.

Two boards for each fault here; `python -m fixprop.doctor.trials --runs 100` is the long one.
"""

from __future__ import annotations

import pytest

from fixprop.board.simulated import SimulatedBoard
from fixprop.doctor.examination import Wishes, examine
from fixprop.doctor.person import Simulated
from fixprop.doctor.trials import EXPECTED, HEALTHY, findings
from fixprop.errors import FixpropError
from fixprop.firmware_build import build_firmware
from fixprop.session import Session
from fixprop.sim.faults import BY_NAME, make_bench
from fixprop.sim.paths import Still
from fixprop.sim.scene import World
from fixprop.sim.supply import Supply
from fixprop.wire.codec import decode
from fixprop.wire.records import Learn, Record, SetCalibration, SetPointer, State, Teach

BESIDES = {"weak_supply": ["supply_low"]}  # low, and failing: two things to know


@pytest.mark.parametrize("seed", [201, 202])
@pytest.mark.parametrize("fault", sorted(set(EXPECTED) - {HEALTHY}))
def test_each_fault_is_found_and_nothing_that_is_not_there(fault: str, seed: int) -> None:
    assert findings(fault, seed) == [*BESIDES.get(fault, []), EXPECTED[fault]]


@pytest.mark.parametrize("seed", [201, 202])
def test_a_healthy_board_has_no_findings(seed: int) -> None:
    assert findings(HEALTHY, seed) == []


def test_without_a_hand_and_without_write_nothing_changes_on_the_board() -> None:
    bench = make_bench(203)
    before = bench.line.board.uno.eeprom
    rows = examine(bench.port, Wishes())
    assert not [finding for row in rows for finding in row.findings]
    assert {row.check for row in rows if row.skipped} == {"hand", "servo"}
    assert bench.line.board.uno.eeprom == before


def test_a_calibrated_board_with_4300_mv_is_found_where_another_is_not_sure() -> None:
    """4.3 V is less than the sensors need, but an unknown bandgap may say so of 4.7 V."""
    for bandgap_mv, calibrated, expected in (
        (1100, 0, []),
        (1100, 1100, ["supply_low"]),
        (1050, 1050, ["supply_low"]),
    ):
        bench = make_bench(204)
        bench.world.supply = Supply(idle_mv=4300, bandgap_mv=bandgap_mv)
        board = SimulatedBoard(build_firmware().elf, bench.world)
        if calibrated:
            calibrate(board, calibrated)
        rows = examine(board, Wishes(Simulated(bench.world, board)))
        assert [finding.kind for row in rows for finding in row.findings] == expected


def calibrate(board: SimulatedBoard, bandgap_mv: int) -> None:
    session = Session(board)
    session.open()
    session.command(SetCalibration(1, bandgap_mv, 1 << 14, 0, 0, 0, 1 << 14, 0, 0, 0))
    session.run(1.0)


@pytest.mark.parametrize("off", [0.004, -0.004])
def test_a_clock_within_its_resonators_limit_is_no_finding(off: float) -> None:
    bench = make_bench(205)
    bench.line.clock = 1 + off
    rows = examine(bench.port, Wishes())
    assert not [finding for row in rows for finding in row.findings]


def test_a_lesson_is_not_disturbed() -> None:
    world = World(1, Still())
    board = SimulatedBoard(build_firmware().elf, world)
    session = Session(board)
    session.open()
    session.command(Teach(30))
    with pytest.raises(FixpropError, match="a lesson goes on at sim://"):
        examine(board, Wishes(Simulated(world, board)))


def test_the_weights_are_the_same_after_a_round_trip_through_every_slot() -> None:
    bench = make_bench(206)
    session = Session(bench.line.board)
    before = session.open().weights_crc
    examine(bench.port, Wishes(write=True))
    assert session.hello().weights_crc == before
    assert bench.line.board.uno.eeprom.count(0xFF) < 300  # four slots of 221 cells are filled


def test_a_board_that_learns_goes_on_so_after_a_round_trip_and_after_a_reset() -> None:
    bench = make_bench(208)
    session = Session(bench.line.board)
    session.open()
    session.command(Learn(1))
    rows = examine(bench.port, Wishes(write=True))
    assert not [finding for row in rows for finding in row.findings]
    assert session.hello().state & State.LEARNING
    bench.line.board.power_cycle()
    assert session.open().state & State.LEARNING


def test_the_pointer_is_let_go_when_the_person_breaks_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Leaves(Simulated):
        def sees_pointer(self, side: int) -> bool:
            raise KeyboardInterrupt

    bench, sent = make_bench(209), list[Record]()
    obey = bench.line.write

    def write(data: bytes) -> None:
        sent.append(decode(data.strip(b"\0")).message)
        obey(data)

    monkeypatch.setattr(bench.line, "write", write)
    with pytest.raises(KeyboardInterrupt):
        examine(bench.port, Wishes(Leaves(bench.world, bench.port)))
    assert sent[-1] == SetPointer(0)
    assert [type(record) for record in sent].count(SetPointer) == 2


def test_a_pulse_that_does_not_reach_the_servo_is_the_servos_finding_alone() -> None:
    assert findings("servo_unplugged", 207) == ["servo_still"]
    assert BY_NAME["servo_unplugged"].text.startswith("the servo")
