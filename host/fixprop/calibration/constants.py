"""What makes one board and its two sensors differ from the typical ones, and centimetres from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from fixprop.sim.gp2y0a21 import Floats, output_mv
from fixprop.tracking.definition import VALUES
from fixprop.wire.records import Calibration, SetCalibration

FAR_MV = 405.0  # typical output at 80 cm, where the datasheet states the offset's spread
NEAREST_CM, FARTHEST_CM = 6.5, 150.0  # nearer the curve folds back; farther it is the background
ADC_CODES = 1024
GAIN_ONE = 1 << 14  # UQ2.14 on the wire
_DISTANCES_CM = np.linspace(NEAREST_CM, FARTHEST_CM, 4096)
_OUTPUTS_MV = output_mv(_DISTANCES_CM)


def reading_mv(reading: ArrayLike) -> Floats:
    """Millivolts of readings in eighths of a count, scaled to the nominal supply.

    A code is the floor of what was measured, so half a count is added.
    """
    counts = np.asarray(reading, dtype=np.float64) / VALUES["BURST_RANKS"] + 0.5
    return np.asarray(counts * VALUES["SUPPLY_NOMINAL_MV"] / ADC_CODES)


@dataclass(frozen=True)
class SensorConstants:
    """One sensor: output = 405 mV + gain * (typical output - 405 mV) + offset_mv."""

    gain: float = 1.0
    offset_mv: float = 0.0
    beam_deg: float | None = None  # half-angle; None: not measured
    crosstalk_mv: float = 0.0  # what the other sensor's light adds

    def output_mv(self, range_cm: ArrayLike) -> Floats:
        """This unit's output for a card at `range_cm`."""
        typical_mv = output_mv(range_cm)
        return np.asarray(FAR_MV + self.gain * (typical_mv - FAR_MV) + self.offset_mv)

    def range_cm(self, reading: ArrayLike) -> Floats:
        """Centimetres of readings, 6.5 to 150, for a target as wide as the beam."""
        return self.range_cm_of_mv(reading_mv(reading))

    def range_cm_of_mv(self, millivolts: ArrayLike) -> Floats:
        """The same of this unit's output."""
        typical_mv = FAR_MV + (np.asarray(millivolts) - self.offset_mv - FAR_MV) / self.gain
        return np.asarray(np.interp(typical_mv, _OUTPUTS_MV[::-1], _DISTANCES_CM[::-1]))


@dataclass(frozen=True)
class UnitConstants:
    """A board and its sensors; `unix_s` 0: never calibrated."""

    left: SensorConstants = SensorConstants()
    right: SensorConstants = SensorConstants()
    bandgap_mv: int = VALUES["BANDGAP_MV"]
    unix_s: int = 0

    def message(self) -> SetCalibration:
        """The command that stores them, rounded as it carries them."""
        return SetCalibration(
            unix_s=self.unix_s,
            bandgap_mv=self.bandgap_mv,
            **_fields("left", self.left),
            **_fields("right", self.right),
        )


def _fields(side: str, sensor: SensorConstants) -> dict[str, int]:
    beam_deg = sensor.beam_deg or 0.0
    return {
        f"{side}_gain": _within(sensor.gain * GAIN_ONE, 0, 0xFFFF),
        f"{side}_offset": _within(sensor.offset_mv * 10, -0x8000, 0x7FFF),
        f"{side}_beam": _within(beam_deg * 10, 0, 0xFF),
        f"{side}_crosstalk": _within(sensor.crosstalk_mv, -0x80, 0x7F),
    }


def _within(value: float, low: int, high: int) -> int:
    return min(max(round(value), low), high)


def constants_of(told: Calibration) -> UnitConstants:
    """What a board says of itself; typical sensors if it was never calibrated."""
    if not told.unix_s:
        return UnitConstants()
    return UnitConstants(
        _sensor(told, "left"), _sensor(told, "right"), told.bandgap_mv, told.unix_s
    )


def _sensor(told: Any, side: str) -> SensorConstants:
    gain, offset, beam, crosstalk = (
        getattr(told, f"{side}_{name}") for name in ("gain", "offset", "beam", "crosstalk")
    )
    return SensorConstants(gain / GAIN_ONE, offset / 10, beam / 10 or None, float(crosstalk))
