"""What the readings, the health message and the clock tell about board, supply and line."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from fixprop.doctor import limits
from fixprop.doctor.kinds import FIRMWARE_16U2, Finding
from fixprop.doctor.watch import Phase, Watch
from fixprop.firmware_build import STACK_RESERVE_BYTES
from fixprop.tracking.definition import VALUES
from fixprop.wire.records import Hello, ResetCause

WRAP_US = 2**32
PERIOD_US = 1000 * VALUES["READING_PERIOD_MS"]
WEAK_SUPPLY = ("supply_low", "supply_sags")
OTHER_CAUSES = ResetCause.WATCHDOG | ResetCause.EXTERNAL


def judge_start(hello: Hello) -> list[Finding]:
    """Why the board started."""
    cause, found = ResetCause(hello.reset_cause), []
    if ResetCause.BROWN_OUT in cause and ResetCause.POWER_ON not in cause:
        found.append(Finding("brown_out", "the board started after a brown-out, below 2700 mV"))
    if ResetCause.WATCHDOG in cause:
        found.append(Finding("hung", "the board was started by its watchdog"))
    return found


def judge_restarts(watch: Watch) -> list[Finding]:
    """A hello whose count of readings fell back; with a weak supply perhaps a brown-out.

    Boot loaders clear the chip's note of a brown-out, as Optiboot 4.4 and the Mega's do: no cause.
    """
    if not watch.restarts:
        return []
    seen = f"the board started anew {len(watch.restarts)} times, limit 0"
    weak = [finding for finding in judge_supply(watch) if finding.kind in WEAK_SUPPLY]
    if weak and not all(cause & OTHER_CAUSES for cause in watch.restarts):
        return [Finding("brown_out", f"{seen}, and {weak[0].seen}, perhaps a brown-out")]
    return [Finding("restarts", seen)]


def judge_supply(watch: Watch) -> list[Finding]:
    """Too low, too high, or falling while the servo turns."""
    if not watch.rest.readings:
        return []
    idle = float(np.median(watch.rest.supply_mv))
    calibrated = bool(watch.calibration and watch.calibration.bandgap_mv)
    low = limits.SUPPLY_LOWEST_MV if calibrated else limits.SUPPLY_SURELY_LOW_MV
    high = limits.SUPPLY_HIGHEST_MV if calibrated else limits.SUPPLY_SURELY_HIGH_MV
    if idle < low:
        return [Finding("supply_low", f"the supply is {idle:.0f} mV, limit {low}")]
    if idle > high:
        return [Finding("supply_high", f"the supply is {idle:.0f} mV, limit {high}")]
    if watch.servo.readings:
        sag = idle - float(watch.servo.supply_mv.min())
        if sag > limits.SAG_MV:
            seen = f"the supply falls by {sag:.0f} mV while the servo turns, limit {limits.SAG_MV}"
            return [Finding("supply_sags", seen)]
    return []


def judge_memory(watch: Watch) -> list[Finding]:
    """How close the stack came."""
    if watch.health is None or watch.health.stack_free >= STACK_RESERVE_BYTES:
        return []
    seen = f"the stack left {watch.health.stack_free} bytes untouched, limit {STACK_RESERVE_BYTES}"
    return [Finding("memory_low", seen)]


def judge_readings(watch: Watch) -> list[Finding]:
    """Readings that the main loop missed since the start."""
    told = watch.health.missed_readings if watch.health else 0
    late = _skipped(watch.rest)
    if not told and not late:
        return []
    return [Finding("readings_missed", f"{max(told, late)} readings came too late, limit 0")]


def _skipped(phase: Phase) -> int:
    """Periods without a reading between readings that follow each other."""
    pairs = zip(phase.readings, phase.readings[1:], strict=False)
    steps = [
        (b.time_us - a.time_us) % WRAP_US
        for a, b in pairs
        if b.reading_index == a.reading_index + 1
    ]
    return sum(round(step / PERIOD_US) - 1 for step in steps)


def judge_line(watch: Watch) -> list[Finding]:
    """Damage on the way, told by either end."""
    said, limit = line_damage(watch), _line_limit(watch)
    if not said or (limit and _damaged_frames(watch) <= limit and not _overflowed(watch)):
        return []
    cure = FIRMWARE_16U2 if limit else ""
    return [Finding("line_errors", f"frames {said}; limit {limit}", cure=cure)]


def line_damage(watch: Watch) -> str:
    """What became of frames, such as "2 damaged, 1 lost"; "" for nothing."""
    line, health = watch.line, watch.health
    said = {"damaged": line.damaged, "lost": line.lost}
    if health is not None:
        said["refused by the board"] = health.rx_crc_errors + health.rx_overruns
        said["dropped by the board"] = health.lost_tx_frames
    return ", ".join(f"{count} {what}" for what, count in said.items() if count)


def is_behind_16u2(watch: Watch) -> bool:
    """Whether the serial line is made by the 16U2 of a genuine board, by its USB vendor."""
    return watch.usb_vendor in limits.VENDORS_16U2


def _line_limit(watch: Watch) -> int:
    if not is_behind_16u2(watch):
        return 0
    return limits.LINE_ERRORS_16U2 * max(1, math.ceil(watch.listened_s / 60))


def _damaged_frames(watch: Watch) -> int:
    """A frame that came damaged is lost too, and counts once."""
    refused = watch.health.rx_crc_errors if watch.health else 0
    return max(watch.line.damaged, watch.line.lost) + refused


def _overflowed(watch: Watch) -> bool:
    """What the 16U2 does not do: either of the board's buffers ran over."""
    health = watch.health
    return health is not None and bool(health.rx_overruns or health.lost_tx_frames)


@dataclass(frozen=True)
class Clock:
    """The board's clock against this computer's: how much faster, and how sure."""

    faster: float
    standard_error: float


def clock_of(phase: Phase) -> Clock | None:
    """A straight line through the board's times over the host's; None for too few readings.

    A restart sets the board's time back and ends what can be compared.
    """
    board_us = np.array([r.time_us for r in phase.readings], dtype=np.int64)
    if len(board_us) < 10:
        return None
    steps = np.diff(board_us) % WRAP_US
    if steps.max() > WRAP_US // 2:
        return None
    board = np.concatenate([[0], np.cumsum(steps)]) / 1e6
    host = np.array(phase.arrivals_s) - phase.arrivals_s[0]
    middle = host - host.mean()
    square = float(middle @ middle)
    slope = float(middle @ (board - board.mean())) / square
    off = board - board.mean() - slope * middle
    return Clock(slope - 1, float(np.sqrt(off @ off / (len(off) - 2) / square)))


def judge_clock(watch: Watch) -> list[Finding]:
    """Off by more than a resonator may be, even if the line was as late as it seems."""
    clock = clock_of(watch.rest)
    if clock is None or abs(clock.faster) - 3 * clock.standard_error <= limits.CLOCK:
        return []
    seen = f"the board's clock is {100 * clock.faster:+.2f} % off this computer's"
    return [Finding("clock_off", f"{seen}, limit {100 * limits.CLOCK:g} %")]
