"""What the chip keeps of its resets: the causes, and a watchdog that has bitten."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fixprop.sim.uno import CLOCK_HZ, SimulatedUno

Build = Callable[[str], Path]
MS = CLOCK_HZ // 1000
PORF, EXTRF, BORF, WDRF = 1, 2, 4, 8  # MCUSR
WDE = 8  # WDTCSR

KEEPS_CAUSES = """int main(void) { serial(); put(MCUSR); put(WDTCSR & _BV(WDE));
  for (;;) if (UCSR0A & _BV(RXC0)) switch (UDR0) {
    case 'W': wdt_enable(WDTO_15MS); for (;;) {}
    case 'C': MCUSR = 0; wdt_disable(); } }"""


def started(uno: SimulatedUno) -> list[tuple[int, ...]]:
    """MCUSR and WDE at each start within 5 ms."""
    uno.receive()
    uno.run(5 * MS)
    told = uno.receive()
    return list(zip(told[::2], told[1::2], strict=True))


def test_causes_gather_until_the_program_or_power_on_clears_them(build: Build) -> None:
    uno = SimulatedUno(build(KEEPS_CAUSES))
    assert started(uno) == [(PORF, 0)]
    uno.reset()
    assert started(uno) == [(PORF | EXTRF, 0)]
    uno.reset("brown-out")
    assert started(uno) == [(PORF | EXTRF | BORF, 0)]
    uno.send(b"C")
    uno.run(MS)
    uno.reset()
    assert started(uno) == [(EXTRF, 0)]
    uno.reset("power")
    assert started(uno) == [(PORF, 0)]


def test_a_watchdog_that_has_bitten_bites_until_its_flag_is_cleared(build: Build) -> None:
    uno = SimulatedUno(build(KEEPS_CAUSES))
    uno.run(MS)
    uno.send(b"W")
    uno.run(20 * MS)
    resets = uno.resets
    uno.run(160 * MS)
    assert 9 <= uno.resets - resets <= 10  # every 16 ms and a little
    uno.reset()
    assert started(uno) == [(PORF | EXTRF | WDRF, WDE)]
    resets = uno.resets
    uno.run(160 * MS)
    assert 9 <= uno.resets - resets <= 10  # the button does not help
    uno.reset("power")
    resets = uno.resets
    assert started(uno) == [(PORF, 0)]
    uno.run(160 * MS)
    assert uno.resets == resets


def test_a_cleared_flag_lets_the_watchdog_be(build: Build) -> None:
    uno = SimulatedUno(build(KEEPS_CAUSES))
    uno.run(MS)
    uno.send(b"W")
    uno.run(17 * MS)
    uno.send(b"C")
    uno.run(20 * MS)
    uno.reset()
    resets = uno.resets
    uno.run(160 * MS)
    assert uno.resets == resets
