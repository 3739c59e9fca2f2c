"""Supply, clock, memory, readings and line, at both sides of each limit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fixprop.doctor import board
from fixprop.doctor.kinds import Finding
from fixprop.doctor.watch import Line, Watch
from fixprop.firmware_build import STACK_RESERVE_BYTES
from fixprop.wire.records import Calibration, Hello, ResetCause
from tests.host.doctor.watched import HEALTH, PERIOD_US, phase, watch

FLAT = [500] * 130
CALIBRATED = Calibration(1, 1090, 16384, 0, 0, 0, 16384, 0, 0, 0)
HELLO = Hello(3, 0, 1, 1, 38000, 0, 0, 0, 3, bytes(6), 500, 0, 0, 0)


def kinds(found: list[Finding]) -> list[str]:
    return [finding.kind for finding in found]


def at_supply(millivolts: int, *, calibrated: bool = False) -> Watch:
    made = watch(phase(FLAT, FLAT, supply_mv=millivolts))
    made.calibration = CALIBRATED if calibrated else replace(CALIBRATED, bandgap_mv=0)
    return made


@pytest.mark.parametrize(
    ("millivolts", "calibrated", "expected"),
    [
        (4125, False, []),
        (4124, False, ["supply_low"]),
        (6050, False, []),
        (6051, False, ["supply_high"]),
        (4500, True, []),
        (4499, True, ["supply_low"]),
        (5500, True, []),
        (5501, True, ["supply_high"]),
    ],
)
def test_supply(millivolts: int, calibrated: bool, expected: list[str]) -> None:
    assert kinds(board.judge_supply(at_supply(millivolts, calibrated=calibrated))) == expected


@pytest.mark.parametrize(("sag_mv", "expected"), [(89, []), (90, ["supply_sags"])])
def test_supply_that_falls_while_the_servo_turns(sag_mv: int, expected: list[str]) -> None:
    made = at_supply(5000)
    made.servo = phase([500] * 20, [500] * 20, supply_mv=5000 - sag_mv)
    assert kinds(board.judge_supply(made)) == expected


@pytest.mark.parametrize("sign", [-1, 1])
def test_clock(sign: int) -> None:
    for off, expected in ((0.0099, []), (0.0101, ["clock_off"])):
        made = watch(phase(FLAT, FLAT, clock=1 + sign * off))
        assert kinds(board.judge_clock(made)) == expected


def test_clock_over_a_line_that_is_up_to_16_ms_late() -> None:
    rng = np.random.default_rng(5)
    for off, expected in ((0.009, []), (0.015, ["clock_off"])):
        for _ in range(50):
            made = watch(phase(FLAT, FLAT, clock=1 + off))
            late = rng.uniform(0, 0.016, 130)
            made.rest.arrivals_s = [float(a) for a in np.array(made.rest.arrivals_s) + late]
            assert kinds(board.judge_clock(made)) == expected


def test_clock_goes_on_where_the_boards_count_wraps() -> None:
    made = watch(phase(FLAT, FLAT))
    start = 2**32 - 1_000_000
    made.rest.readings = [
        replace(r, time_us=(r.time_us + start) % 2**32) for r in made.rest.readings
    ]
    clock = board.clock_of(made.rest)
    assert clock is not None and abs(clock.faster) < 1e-9


@pytest.mark.parametrize(
    ("free", "expected"),
    [(STACK_RESERVE_BYTES, []), (STACK_RESERVE_BYTES - 1, ["memory_low"]), (0, ["memory_low"])],
)
def test_memory(free: int, expected: list[str]) -> None:
    made = watch(phase(FLAT, FLAT))
    made.health = replace(HEALTH, stack_free=free)
    assert kinds(board.judge_memory(made)) == expected


def test_a_missed_reading_is_seen_in_the_times_before_the_board_tells() -> None:
    made = watch(phase(FLAT, FLAT))
    assert board.judge_readings(made) == []
    late = made.rest.readings
    late[60:] = [replace(r, time_us=r.time_us + 38_000) for r in late[60:]]
    assert kinds(board.judge_readings(made)) == ["readings_missed"]


def test_lost_frames_are_no_missed_readings() -> None:
    made = watch(phase(FLAT, FLAT))
    del made.rest.readings[50:60]
    assert board.judge_readings(made) == []


@pytest.mark.parametrize(
    "field", ["lost_tx_frames", "rx_crc_errors", "rx_overruns"], ids=lambda name: str(name)
)
def test_what_the_board_tells_of_the_line(field: str) -> None:
    made = watch(phase(FLAT, FLAT))
    assert board.judge_line(made) == []
    made.health = replace(HEALTH, **{field: 1})
    assert kinds(board.judge_line(made)) == ["line_errors"]


UNO_VENDOR, CH340_VENDOR = 0x2341, 0x1A86


@pytest.mark.parametrize(
    ("vendor", "minutes", "damaged", "expected"),
    [
        (UNO_VENDOR, 0.1, 3, []),
        (0x2A03, 0.1, 3, []),
        (UNO_VENDOR, 0.1, 4, ["line_errors"]),
        (UNO_VENDOR, 1.9, 6, []),
        (UNO_VENDOR, 1.9, 7, ["line_errors"]),
        (CH340_VENDOR, 1.9, 1, ["line_errors"]),
        (None, 1.9, 1, ["line_errors"]),
    ],
)
def test_a_16u2_may_damage_a_few_frames_a_minute(
    vendor: int | None, minutes: float, damaged: int, expected: list[str]
) -> None:
    readings = round(minutes * 60_000_000 / PERIOD_US)
    made = watch(phase([500] * readings, [500] * readings))
    made.usb_vendor = vendor
    made.line = Line(damaged=damaged, lost=damaged)  # a damaged frame is a lost one too
    assert kinds(board.judge_line(made)) == expected


@pytest.mark.parametrize("field", ["rx_overruns", "lost_tx_frames"])
def test_what_a_16u2_does_not_do_counts_with_it_too(field: str) -> None:
    made = watch(phase(FLAT, FLAT))
    made.usb_vendor = UNO_VENDOR
    made.health = replace(HEALTH, **{field: 1})
    assert kinds(board.judge_line(made)) == ["line_errors"]


def test_damage_behind_a_16u2_names_its_firmware_and_elsewhere_the_cable() -> None:
    made = watch(phase(FLAT, FLAT))
    made.line = Line(damaged=50)
    (elsewhere,) = board.judge_line(made)
    assert elsewhere.line().startswith("frames 50 damaged; limit 0: try another USB cable")
    made.usb_vendor = UNO_VENDOR
    (uno,) = board.judge_line(made)
    assert uno.seen == "frames 50 damaged; limit 3"
    assert "LUFA firmware (151115) or HoodLoader2" in uno.do


RESTARTED = (0, ResetCause.POWER_ON, ResetCause.BROWN_OUT)


@pytest.mark.parametrize(
    ("supply_mv", "cause", "expected"),
    [
        *((4124, cause, ["brown_out"]) for cause in RESTARTED),
        *((5000, cause, ["restarts"]) for cause in RESTARTED),
        (4124, ResetCause.WATCHDOG, ["restarts"]),
        (4124, ResetCause.EXTERNAL, ["restarts"]),
        (6051, 0, ["restarts"]),
    ],
)
def test_a_restart_with_a_weak_supply_is_perhaps_a_brown_out(
    supply_mv: int, cause: int, expected: list[str]
) -> None:
    made = at_supply(supply_mv)
    assert board.judge_restarts(made) == []
    made.restarts = [ResetCause(cause)]
    assert kinds(board.judge_restarts(made)) == expected


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (ResetCause.EXTERNAL, []),
        (ResetCause.BROWN_OUT, ["brown_out"]),
        (ResetCause.POWER_ON | ResetCause.BROWN_OUT, []),  # power that comes on slowly sets both
        (ResetCause.WATCHDOG, ["hung"]),
    ],
)
def test_why_the_board_started(cause: ResetCause, expected: list[str]) -> None:
    assert kinds(board.judge_start(replace(HELLO, reset_cause=int(cause)))) == expected
