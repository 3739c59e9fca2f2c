"""native://: the firmware's tracker on this computer, for machines without a simulator.

There is no chip, so there is no time to spend: `steps_per_reading` stands in for it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cffi

from fixprop.native import LIBRARY as NETWORK
from fixprop.sim.offline import CONVERSION_S, DISCARDED
from fixprop.sim.scene import World
from fixprop.sim.uno import CLOCK_HZ, EEPROM_BYTES
from fixprop.toolchain import FIRMWARE, build_shared_library
from fixprop.tracking.definition import READING_PERIOD_S, VALUES
from fixprop.tracking.lights import LIGHTS
from fixprop.tracking.native_learner import MODEL, TRACKER

WIRE = FIRMWARE / "lib" / "wire" / "src"
STORE = FIRMWARE / "lib" / "store" / "src"
DECLARATIONS = """
void native_begin(void);
void native_receive(const uint8_t *, uint32_t);
uint16_t native_take(uint8_t *);
uint16_t native_pulse(void);
uint8_t native_light(void);
uint32_t native_work(uint32_t);
uint8_t *native_eeprom(void);
void tracker_reading(uint16_t, uint16_t, uint32_t, uint16_t);
void tracker_burst(uint16_t, uint16_t, uint16_t, uint32_t);
bool tracker_press(int);
uint16_t burst_reading(uint16_t *);
"""
STEPS_PER_READING = 80
SERVO_PERIOD_S = 0.02
OUTBOX_BYTES = 4096
ERASED = 0xFF  # a cell of EEPROM


def load_tracker(
    name: str,
    declarations: str,
    altered: Mapping[str, Path] | None = None,
    more: Sequence[Path] = (),
) -> tuple[cffi.FFI, Any]:
    """(ffi, library) of the tracker's C, `more` sources with it; each with memory of its own.

    `altered` replaces sources by others, by their names.
    """
    folders = [NETWORK, STORE, WIRE, TRACKER]
    found = [source for folder in folders for source in sorted(folder.glob("*.c"))]
    sources = [(altered or {}).get(source.name, source) for source in found]
    sources += [Path(__file__).with_suffix(".c"), *more]
    built = build_shared_library(name, sources, include=[*folders, MODEL])
    ffi = cffi.FFI()
    ffi.cdef(declarations)
    with tempfile.NamedTemporaryFile(suffix=".so") as copy:  # one file, one set of variables
        copy.write(built.read_bytes())
        copy.flush()
        return ffi, ffi.dlopen(copy.name)


class NativeTracker:
    """The tracker's C with a line and a pulse; each instance has memory of its own.

    `eeprom`: what an earlier one kept; without it all cells are erased. `altered` replaces sources by
    others, by their names.
    """

    def __init__(
        self, eeprom: bytes | None = None, altered: Mapping[str, Path] | None = None
    ) -> None:
        self._ffi, self._c = load_tracker("tracker", DECLARATIONS, altered)
        self._bytes = self._ffi.new("uint8_t[]", OUTBOX_BYTES)
        self._cells = self._ffi.buffer(self._c.native_eeprom(), EEPROM_BYTES)
        self._cells[:] = eeprom or bytes([ERASED]) * EEPROM_BYTES
        self._c.native_begin()

    @property
    def eeprom(self) -> bytes:
        """The 1,024 bytes of EEPROM as they are now."""
        return bytes(self._cells)

    def set_cell(self, address: int, value: int) -> None:
        """Change a byte of the EEPROM behind the tracker's back, as wear does."""
        self._cells[address] = bytes([value])

    def read(self) -> bytes:
        """What the tracker has sent since the last call."""
        count = self._c.native_take(self._bytes)
        return bytes(self._ffi.buffer(self._bytes, count))

    def write(self, data: bytes) -> None:
        """Bytes from the host; commands take effect at once."""
        self._c.native_receive(data, len(data))

    def reading(
        self, left: int, right: int, time_us: int, supply_mv: int = VALUES["SUPPLY_NOMINAL_MV"]
    ) -> None:
        """A reading of both sensors, counts x 8, scaled to the nominal supply already."""
        self._c.tracker_reading(left, right, time_us & 0xFFFFFFFF, supply_mv)

    def burst_reading(self, left: int, right: int, bandgap: int, time_us: int) -> None:
        """The same as it comes from the ADC, with the sum of the bandgap's conversions."""
        self._c.tracker_burst(left, right, bandgap, time_us & 0xFFFFFFFF)

    def press(self, long: bool = False) -> bool:
        """A press of the button; False: it cannot be taken now."""
        return bool(self._c.tracker_press(2 if long else 1))

    def light(self) -> str:
        """The pattern that the LED shows."""
        return LIGHTS[self._c.native_light()].name

    def work(self, turns: int) -> int:
        """At most so many training steps, parts of a dump or of a save; how many were done."""
        return int(self._c.native_work(turns))

    def pulse_us(self) -> int:
        """The servo pulse in force."""
        return int(self._c.native_pulse())

    def burst(self, reads: list[int]) -> int:
        """The firmware's reading of a burst of ADC codes."""
        return int(self._c.burst_reading(self._ffi.new("uint16_t[]", reads)))


class NativeBoard:
    """A Port: the tracker in a world with a hand and two sensors; see NativeTracker for `eeprom`."""

    def __init__(
        self, world: World, url: str = "native://", *, eeprom: bytes | None = None
    ) -> None:
        self.url, self.world = url, world
        self.tracker = NativeTracker(eeprom)
        self.first_burst_s = READING_PERIOD_S
        self._readings, self._next_pulse_s = 0, 0.0
        self._time_s = 0.0

    def power_cycle(self) -> None:
        """Off and on: only the EEPROM is kept."""
        self.tracker = NativeTracker(self.tracker.eeprom)

    def read(self, seconds: float) -> bytes:
        """See Port; the tracker works until something has come or the time is over."""
        end_s = self._time_s + seconds
        while not (data := self.tracker.read()):
            next_s = (self._readings + 1) * READING_PERIOD_S
            if next_s > end_s:
                self._time_s = end_s
                break
            self._live_until(next_s)
        return data

    def _live_until(self, reading_s: float) -> None:
        self.tracker.work(STEPS_PER_READING)
        self._pulse_until(reading_s)
        bandgap = self._bandgap(reading_s)
        left, right = (
            self._burst(side, reading_s + side * (DISCARDED + VALUES["BURST_READS"]) * CONVERSION_S)
            for side in (0, 1)
        )
        self.tracker.burst_reading(left, right, bandgap, round(reading_s * 1e6))
        self._readings += 1
        self._time_s = reading_s

    def _pulse_until(self, time_s: float) -> None:
        while self._next_pulse_s < time_s:
            self.world.servo_pulse(self.tracker.pulse_us(), self._next_pulse_s)
            self._next_pulse_s += SERVO_PERIOD_S

    def _burst(self, side: int, start_s: float) -> int:
        times = (start_s + (DISCARDED + n) * CONVERSION_S for n in range(VALUES["BURST_READS"]))
        cycles = [round(t * CLOCK_HZ) for t in times]
        return self.tracker.burst([self._code(self.world.adc_mv(side, c), c) for c in cycles])

    def _code(self, millivolts: int, cycle: int) -> int:
        return min(1023, millivolts * 1024 // self.world.supply_mv(cycle))

    def _bandgap(self, reading_s: float) -> int:
        """The sum of the bandgap's conversions before a burst."""
        first = VALUES["SUPPLY_SETTLE"]
        start_s = reading_s - VALUES["SUPPLY_LEAD_MS"] / 1000
        times = (start_s + (first + n) * CONVERSION_S for n in range(VALUES["SUPPLY_READS"]))
        bandgap_mv = self.world.supply.bandgap_mv
        return sum(self._code(bandgap_mv, round(t * CLOCK_HZ)) for t in times)

    def write(self, data: bytes) -> None:
        """See Port."""
        self.tracker.write(data)

    def time_s(self) -> float:
        """See Port."""
        return self._time_s

    def close(self) -> None:
        """See Port."""
