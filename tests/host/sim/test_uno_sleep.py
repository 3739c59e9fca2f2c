"""A sleep of the simulated chip starts a conversion when the ADC is on, as it does on the chip."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from fixprop.sim.uno import SimulatedUno

Build = Callable[[str], Path]
MS = 16_000
CONVERSION, FIRST_CONVERSION = 13 * 128, 25 * 128  # cycles at a 128th of the clock

# The main loop does nothing but sleep; Timer2's compare match wakes it each millisecond.
SLEEPER = """ISR(ADC_vect) {{ MARK(1); }}
EMPTY_INTERRUPT(TIMER2_COMPA_vect)
int main(void) {{ ADCSRA = {adcsra}; set_sleep_mode({mode});
  TCCR2A = _BV(WGM21); TCCR2B = _BV(CS22); OCR2A = 249; TIMSK2 = _BV(OCIE2A); sei();
  for (;;) {{ {before} {sleep} }} }}"""
ON, OFF = "_BV(ADEN) | _BV(ADIE) | 7", "_BV(ADIE) | 7"


def conversions(
    build: Build,
    adcsra: str,
    mode: str = "SLEEP_MODE_IDLE",
    sleep: str = "sleep_mode();",
    before: str = "",
) -> list[int]:
    """Cycles of the ADC's interrupts in 20 ms."""
    program = SLEEPER.format(adcsra=adcsra, mode=mode, before=before, sleep=sleep)
    uno = SimulatedUno(build(program), adc_mv=lambda channel, cycle: 500)
    uno.run(20 * MS)
    return [mark.cycle for mark in uno.marks()]


@pytest.mark.parametrize("mode", ["SLEEP_MODE_IDLE", "SLEEP_MODE_ADC"])
def test_a_sleep_with_the_adc_on_starts_a_conversion_and_it_interrupts(
    build: Build, mode: str
) -> None:
    at = conversions(build, ON, mode)
    assert at[0] == pytest.approx(FIRST_CONVERSION, abs=120)
    # asleep again at once, so one follows the other
    assert len(at) == pytest.approx(1 + (20 * MS - FIRST_CONVERSION) / CONVERSION, abs=8)


def test_a_sleep_with_the_adc_off_starts_none(build: Build) -> None:
    assert conversions(build, OFF) == []


def test_a_sleep_in_which_the_adc_has_no_clock_starts_none(build: Build) -> None:
    assert conversions(build, ON, "SLEEP_MODE_PWR_SAVE") == []


def test_a_sleep_that_is_not_enabled_is_none(build: Build) -> None:
    assert conversions(build, ON, sleep="sleep_cpu();") == []


def test_a_conversion_under_way_goes_on(build: Build) -> None:
    # begun before each sleep: the same number, none cut short and none added
    at = conversions(build, ON, before="ADCSRA |= _BV(ADSC);")
    gaps = [b - a for a, b in pairwise(at)]
    assert min(gaps) > CONVERSION - 20
    assert len(at) == pytest.approx(1 + (20 * MS - FIRST_CONVERSION) / CONVERSION, abs=8)
