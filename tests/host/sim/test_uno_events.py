"""Marks and pulses stay right when there are more than one call to the simulator hands over."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from fixprop.sim.uno import SimulatedUno

AT_ONCE = 1024  # events that SimulatedUno asks the simulator for in one call
COUNT = 3 * AT_ONCE + 5

PROGRAM = f"""
int main(void) {{
  volatile uint8_t width; /* or the division would move into the pulse */
  DDRB |= _BV(DDB1);
  for (uint16_t n = 0; n < {COUNT}; n++) {{
    width = (uint8_t)(n % 7);
    GPIOR0 = (uint8_t)(n ^ (n >> 8));
    PORTB |= _BV(PORTB1);
    for (uint8_t wait = width; wait; wait--) __asm__ volatile("nop");
    PORTB &= (uint8_t)~_BV(PORTB1);
  }}
  cli();
  for (;;) {{}}
}}
"""
TURN_CYCLES = 400  # a turn takes less, the division by 7 included
CYCLES = COUNT * TURN_CYCLES


def test_thousands_of_marks_and_pulses_come_in_order(build: Callable[[str], Path]) -> None:
    uno = SimulatedUno(build(PROGRAM))
    uno.run(CYCLES)
    marks, pulses = uno.marks(), uno.pulses()
    assert [m.value for m in marks] == [(n ^ n >> 8) & 255 for n in range(COUNT)]
    assert all(0 < b.cycle - a.cycle < TURN_CYCLES for a, b in pairwise(marks))
    assert len(pulses) == COUNT
    widths = [[p.width_us for p in pulses[n::7]] for n in range(7)]
    assert all(len(set(same)) == 1 for same in widths)
    assert all(a[0] < b[0] for a, b in pairwise(widths))
    for mark, pulse in zip(marks, pulses, strict=True):
        assert 0 < pulse.start_cycle - mark.cycle < TURN_CYCLES


def test_exactly_as_many_as_are_handed_over_at_once(build: Callable[[str], Path]) -> None:
    uno = SimulatedUno(build(PROGRAM.replace(str(COUNT), str(AT_ONCE))))
    uno.run(CYCLES)
    assert len(uno.marks()) == AT_ONCE
    assert len(uno.pulses()) == AT_ONCE
    assert not uno.marks()
    assert not uno.pulses()


def test_what_was_handed_over_stays_as_it_was(build: Callable[[str], Path]) -> None:
    uno = SimulatedUno(build(PROGRAM))
    uno.run(CYCLES // 4)  # some of the turns
    first = uno.marks()
    kept = list(first)
    uno.run(CYCLES)
    rest = uno.marks()
    assert first == kept
    assert AT_ONCE < len(first) < COUNT
    assert [m.value for m in first + rest] == [(n ^ n >> 8) & 255 for n in range(COUNT)]
