"""Where healthy ends, and why. Readings are in eighths of an ADC count, as on the wire.

Sources: Sharp E4-A00201EN (the sensor), Atmel-8271 (the ATmega328P), USB 2.0; single reads of a
GP2Y0A21 have a standard deviation of 10 to 14 counts (wesmith/PID_balance_arm).
"""

from __future__ import annotations

import math

from fixprop.tracking.definition import VALUES

COUNTS = 8  # a reading is the sum of so many conversions
MV_PER_COUNT = VALUES["SUPPLY_NOMINAL_MV"] / 1024

# Standard deviation of the sum of ranks 1 to 8 of 16 normal reads of standard deviation 1; a test
# computes it anew.
BURST_SIGMA = 2.246
READ_SIGMA_LOW, READ_SIGMA_HIGH = 10.0, 14.0  # counts, of single reads
HELD_SIGMA_MV = 15.0  # what differs from one measurement of the sensor to the next, at most
ADC_SIGMA = 2.0  # counts: the ADC alone, with a quiet source (absolute accuracy, table 28-9)

HEALTHY_SIGMA = math.hypot(BURST_SIGMA * READ_SIGMA_HIGH, COUNTS * HELD_SIGMA_MV / MV_PER_COUNT)
STUCK_SIGMA = BURST_SIGMA * ADC_SIGMA
FLOATING_SIGMA = 5 * BURST_SIGMA * READ_SIGMA_LOW  # five times a sensor's own
STANDARD_ERRORS = 4.0


def noisy_sigma(readings: int) -> float:
    """The highest that so many readings of a healthy sensor show.

    The mean square successive difference of n values scatters by sqrt(3 / n) of itself (von
    Neumann 1941), its root by half of that.
    """
    return HEALTHY_SIGMA * (1 + STANDARD_ERRORS * 0.5 * math.sqrt(3 / readings))


# A unit is off by 0.15 V at 80 cm and by 0.25 of 1.90 V between 10 and 80 cm, at most [Sharp].
FAR_MV, PEAK_MV, WALL_MV = 405.0, 3140.0, 249.0  # typical: at 80 cm, highest, before 150 cm
GAIN_SPREAD, OFFSET_SPREAD_MV = 0.25 / 1.90, 150.0
BANDGAP_SPREAD = 0.1  # of a board that is not calibrated; readings are scaled by it

SHORTED = VALUES["READING_HIGHEST"]
_PEAK_MV = FAR_MV + (1 + GAIN_SPREAD) * (PEAK_MV - FAR_MV) + OFFSET_SPREAD_MV
HIGHEST = round((1 + BANDGAP_SPREAD) * COUNTS * _PEAK_MV / MV_PER_COUNT)
# The ADC is off by 2 counts at most, so a grounded pin reads 16; the weakest unit gives 78 mV
# before a wall at 150 cm, less what the low ranks of its noise take away: 64 or more.
LOW = 40

# A hand at 30 cm against the wall, for the lowest gain and a target that reads 19 % low; half of
# it, as the hand may cover half of the beam.
_HAND_MV = (1 - GAIN_SPREAD) * 0.81 * (930.0 - WALL_MV)
RISE = round(0.5 * COUNTS * _HAND_MV / MV_PER_COUNT)

# The sensor works from 4.5 to 5.5 V. The bandgap is 1.0 to 1.2 V, 1.1 V if it was never calibrated.
SUPPLY_LOWEST_MV, SUPPLY_HIGHEST_MV = 4500, 5500
SUPPLY_SURELY_LOW_MV = SUPPLY_LOWEST_MV * VALUES["BANDGAP_MV"] // VALUES["BANDGAP_HIGHEST_MV"]
SUPPLY_SURELY_HIGH_MV = SUPPLY_HIGHEST_MV * VALUES["BANDGAP_MV"] // VALUES["BANDGAP_LOWEST_MV"]
SAG_MV = 89  # 4 of the 225 codes of the bandgap at 5 V

# The Uno R3 runs its ATmega328P from a ceramic resonator: such have some 0.5 % of tolerance when new,
# and about as much again for temperature and ageing.
CLOCK = 0.01
# The 16U2 of genuine Unos and Megas spoils bytes at high speeds, in both directions: what is sent
# shortly before a full packet of 64 bytes comes gets into it (ArduinoCore-avr issues 167 and 296,
# grbl issue 845).
VENDORS_16U2 = (0x2341, 0x2A03)
LINE_ERRORS_16U2 = 3  # frames, in each minute begun
POINTER_DEG = 10.0  # of the 28 that the pulses ask for
