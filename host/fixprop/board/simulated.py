"""sim://: the firmware's own ELF on a simulated Uno, in a world with a hand and two sensors."""

from __future__ import annotations

from pathlib import Path

from fixprop.sim.scene import World
from fixprop.sim.uno import CLOCK_HZ, SimulatedUno

SLICE_S = 0.002


class SimulatedBoard:
    """A Port. The same ELF, world and calls give the same bytes, on every machine."""

    def __init__(
        self, elf: Path, world: World, url: str = "sim://", *, eeprom: bytes | None = None
    ) -> None:
        self.url, self.world = url, world
        self.first_burst_s: float | None = None
        self.uno = SimulatedUno(
            elf,
            adc_mv=self._adc_mv,
            on_pulse=lambda pulse: world.servo_pulse(pulse.width_us, pulse.end_s),
            eeprom=eeprom,
            supply_mv=None if world.supply.is_nominal else world.supply_mv,
            bandgap_mv=world.supply.bandgap_mv,
        )

    def power_cycle(self) -> None:
        """Off and on: only the EEPROM is kept; a cell that was being written then holds anything."""
        self.uno.reset("power")

    def _adc_mv(self, channel: int, cycle: int) -> int:
        if self.first_burst_s is None:
            self.first_burst_s = cycle / CLOCK_HZ
        return self.world.adc_mv(channel, cycle)

    def read(self, seconds: float) -> bytes:
        """See Port; the chip runs until something has come or the time is over."""
        end = self.uno.cycle + max(1, round(seconds * CLOCK_HZ))
        while self.uno.cycle < end:
            self.uno.run(min(round(SLICE_S * CLOCK_HZ), end - self.uno.cycle))
            if data := self.uno.receive():
                return data
        return b""

    def write(self, data: bytes) -> None:
        """See Port."""
        self.uno.send(data)

    def time_s(self) -> float:
        """See Port."""
        return self.uno.time_s

    def close(self) -> None:
        """See Port."""
