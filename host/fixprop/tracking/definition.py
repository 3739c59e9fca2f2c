"""Pins, periods, scales and limits of the tracker, once; the C header is generated from here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fixprop.formats import PASS_WEIGHT, RATE
from fixprop.library_headers import banner
from fixprop.network import Topology
from fixprop.tracking.lights import lights_h, standalone_md


@dataclass(frozen=True)
class Constant:
    """One number that the firmware and the host share."""

    name: str
    value: int
    unit: str
    text: str


TOPOLOGY = Topology((4, 8, 3), ("tanh", "linear"))
OUTPUTS = ("bearing", "bearing_ahead", "presence")

CONSTANTS = (
    Constant("PIN_LEFT_SENSOR", 0, "A", "analog input of the left sensor"),
    Constant("PIN_RIGHT_SENSOR", 1, "A", "analog input of the right sensor"),
    Constant("PIN_SERVO", 9, "D", "OC1A: the pulse comes from Timer1 itself"),
    Constant("PIN_BUTTON", 2, "D", "to ground; the chip's own resistor pulls it up"),
    Constant("PIN_LED", 13, "D", "the Uno's own, says what is going on"),
    # The sensors free-run at 38.3 +- 9.6 ms [Sharp E4-A00201EN]: more readings would repeat.
    Constant("READING_PERIOD_MS", 38, "ms", "from one reading to the next"),
    Constant("BURST_READS", 16, "conversions", "of one sensor in one reading"),
    # Spikes only read high, so the reading is the mean of the low middle of the sorted burst.
    Constant("BURST_FIRST_RANK", 1, "rank", "lowest read of the sorted burst that counts"),
    Constant("BURST_RANKS", 8, "ranks", "reads that count; their sum is the reading"),
    Constant("READING_HIGHEST", 8 * 1000, "counts x 8", "above it the sensor's wire is loose"),
    # The ADC is off by 2 counts at most (ATmega328P datasheet, table 28-9). Nobody near a sensor in
    # a large room may read as little: only for a hand is it impossible.
    Constant("READING_LOWEST", 8 * 2 + 1, "counts x 8", "below it a hand's sensor is dead"),
    # The sensors' output does not follow the supply, the ADC's reference does: before each burst
    # the supply is measured against the chip's bandgap (ATmega328P datasheet, 24.5 and, for its
    # limits, "System and Reset Characteristics").
    Constant("SUPPLY_NOMINAL_MV", 5000, "mV", "readings are scaled to this supply"),
    Constant("SUPPLY_LEAD_MS", 5, "ms", "before a burst: the supply's measurement begins"),
    Constant("SUPPLY_SETTLE", 20, "conversions", "2 ms: the bandgap drives the ADC weakly"),
    Constant("SUPPLY_READS", 16, "conversions", "of the bandgap; their sum is used"),
    Constant("BANDGAP_MV", 1100, "mV", "typical; a calibration knows the unit's"),
    Constant("BANDGAP_LOWEST_MV", 1000, "mV", "of any chip"),
    Constant("BANDGAP_HIGHEST_MV", 1200, "mV", "of any chip"),
    # Without a PC: the button.
    Constant("BUTTON_DEBOUNCE_MS", 20, "ms", "a level counts when it has lasted so long"),
    Constant("BUTTON_LONG_MS", 2000, "ms", "a press of this length forgets"),
    Constant("BUTTON_LESSON_S", 60, "s", "a lesson started by the button ends by itself"),
    # Network inputs, Q0.15, from readings in eighths of a count.
    Constant("LEVEL_ZERO", 2048, "counts x 8", "reading that the network sees as 0"),
    Constant("LEVEL_GAIN", 10, "", "Q0.15 per eighth of a count, of the sum"),
    Constant("DIFFERENCE_GAIN", 40, "", "Q0.15 per eighth of a count, of left less right"),
    Constant("CHANGE_SHIFT", 3, "bits", "change since the last reading, to fit int8"),
    Constant("CHANGE_GAIN", 64, "", "Q0.15 per step of the change"),
    # The replay memory: a cell for each band of bearings and of distance, and the absent.
    Constant("BEARING_BANDS", 16, "bands", "of bearings, ends open"),
    Constant("BEARING_BAND_SHIFT", 3, "bits", "a band is 8 quarter degrees"),
    Constant("LEVEL_EDGE_1", 2600, "counts x 8", "sum of both readings: beyond about 37 cm below"),
    Constant("LEVEL_EDGE_2", 3400, "counts x 8", "25 cm"),
    Constant("LEVEL_EDGE_3", 4600, "counts x 8", "17 cm"),
    Constant("MEMORY_CELLS", 64, "cells", "BEARING_BANDS times four bands of distance"),
    Constant("MEMORY_ABSENT", 8, "samples", "of no hand, the latest"),
    Constant("MEMORY_SAMPLES", 72, "samples", "in all"),
    Constant("MEMORY_MEAN_SHIFT", 2, "bits", "a cell goes a quarter of the way to a new sample"),
    # Bearings: int8 labels in quarter degrees; Q0.15 on the network's side, 1.0 is 32 degrees.
    Constant("BEARING_PER_LABEL", 256, "", "Q0.15 per quarter degree"),
    Constant("BEARING_LABEL_SHIFT", 8, "bits", "the same as a shift"),
    Constant("BEARING_FULL_SCALE_DEG", 32, "deg", "bearing of the output 1.0"),
    Constant("LABEL_UNKNOWN", -128, "", "label of a bearing that nobody knows"),
    Constant("LABEL_WIDEST", 4 * 20, "quarter degrees", "no sensor sees a hand beyond it"),
    Constant("PRESENCE_TARGET", 16384, "Q0.15", "a hand is there; none: its negative"),
    # SG90: 500 to 2400 us for 180 degrees.
    Constant("SERVO_CENTRE_US", 1450, "us", "pulse that points straight ahead"),
    Constant("SERVO_LOW_US", 500, "us", "shortest pulse"),
    Constant("SERVO_HIGH_US", 2400, "us", "longest pulse"),
    Constant("SERVO_US_PER_FULL_SCALE", 338, "us", "pulse change for 32 degrees"),
    Constant("LABEL_PER_US_Q8", 97, "", "quarter degrees per us of pulse, times 256"),
    Constant("TEACH_REST_READINGS", 105, "readings", "the pointer rests, nobody is there"),
    Constant("TEACH_SETTLE_READINGS", 40, "readings", "time to take up the pointer, unlabelled"),
    Constant("TEACH_SWEEP_US", 175, "us", "the pointer sweeps so far to each side: 16.6 degrees"),
    Constant("TEACH_SLOWEST_US", 5, "us", "slowest sweep, per reading"),
    Constant("TEACH_SPEEDS", 8, "", "sweeps go at slowest, slowest + 1, ..."),
    Constant(
        "RATE_START", 1 << (RATE.fraction - 3), "UQ3.13", "learning rate at the start of a lesson"
    ),
    Constant("RATE_LOWEST", 1 << (RATE.fraction - 7), "UQ3.13", "it halves no further than this"),
    Constant("RATE_HALVING_READINGS", 400, "readings", "of a lesson, until the rate halves"),
    Constant("WEIGHT_SPREAD", 1 << (PASS_WEIGHT.fraction - 1), "Q4.11", "of initial weights"),
    Constant("CHECK_READINGS", 16, "readings", "from one weight checksum to the next"),
    Constant("HEALTH_READINGS", 26, "readings", "from one health message to the next"),
)

VALUES = {constant.name: constant.value for constant in CONSTANTS}
READING_PERIOD_S = VALUES["READING_PERIOD_MS"] / 1000


def definition_text() -> str:
    """Every constant on a line: the tracker's part of the fingerprint."""
    return "".join(f"{c.name} {c.value}\n" for c in CONSTANTS)


def tracker_definition_h() -> str:
    """firmware/lib/tracker/src/tracker_definition.h."""
    lines = [banner("host/fixprop/tracking/definition.py")]
    lines += ["#ifndef TRACKER_DEFINITION_H\n#define TRACKER_DEFINITION_H\n\n"]
    for c in CONSTANTS:
        unit = f"{c.unit}: " if c.unit else ""
        value = f"({c.value})" if c.value < 0 else f"{c.value}"
        lines.append(f"#define {c.name} {value} /* {unit}{c.text} */\n")
    lines.append("\n#endif\n")
    return "".join(lines)


def generated_files() -> dict[Path, str]:
    """Contents of the tracker's generated files, by path from the project's root."""
    return {
        Path("firmware/lib/tracker/src/tracker_definition.h"): tracker_definition_h(),
        Path("firmware/lib/tracker/src/lights.h"): lights_h(),
        Path("docs/standalone.md"): standalone_md(),
    }
