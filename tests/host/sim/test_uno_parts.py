"""ADC, EEPROM and resets of the simulated chip, where libsimavr alone differs from the chip."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from fixprop.errors import UsageError
from fixprop.sim.offline import adc_counts
from fixprop.sim.uno import SimulatedUno

Build = Callable[[str], Path]
MS = 16_000

ADC_LOOP = """int main(void) { serial(); ADCSRA = _BV(ADEN) | 7;
  for (uint16_t n = 0; n < 9; n++) {
    ADMUX = _BV(REFS0) | (n & 1); MARK(1); ADCSRA |= _BV(ADSC);
    while (ADCSRA & _BV(ADSC)) {}
    MARK(2); uint16_t v = ADC; put(v); put(v >> 8);
  } for (;;) {} }"""


def words(data: bytes) -> list[int]:
    return [int.from_bytes(data[i : i + 2], "little") for i in range(0, len(data), 2)]


def test_conversions_take_the_figures_of_simavr(build: Build) -> None:
    uno = SimulatedUno(build(ADC_LOOP))
    uno.run(100 * MS)
    marks = uno.marks()
    spans = [b.cycle - a.cycle for a, b in pairwise(marks) if (a.value, b.value) == (1, 2)]
    # 3,209 and 1,674 in a bare polling loop; on the chip 3,200 and 1,664
    assert spans[0] == pytest.approx(3209, abs=4)
    assert spans[1:] == pytest.approx([1674] * 8, abs=4)


def test_a_code_is_the_voltage_given_for_that_conversion(build: Build) -> None:
    asked: list[tuple[int, int]] = []
    levels = [0, 4, 5, 1234, 2500, 3333, 4995, 4996, 5000]

    def adc_mv(channel: int, cycle: int) -> int:
        asked.append((channel, cycle))
        return levels[len(asked) - 1]

    uno = SimulatedUno(build(ADC_LOOP), adc_mv=adc_mv)
    uno.run(100 * MS)
    assert words(uno.receive()) == adc_counts(levels).tolist()
    assert [channel for channel, _ in asked] == [n & 1 for n in range(9)]
    starts = [mark.cycle for mark in uno.marks() if mark.value == 1]
    assert all(0 < at - start < 12 for (_, at), start in zip(asked, starts, strict=True))


def test_a_result_stays_when_channel_and_conversion_have_moved_on(build: Build) -> None:
    program = """int main(void) { serial(); ADCSRA = _BV(ADEN) | 7; convert(_BV(REFS0));
  for (uint8_t n = 0; n < 6; n++) {
    ADMUX = _BV(REFS0) | n; ADCSRA |= _BV(ADSC); while (ADCSRA & _BV(ADSC)) {}
    ADMUX = _BV(REFS0) | 7; ADCSRA |= _BV(ADSC);  /* begun before the last result is read */
    uint16_t v = ADC; put(v); put(v >> 8);
    while (ADCSRA & _BV(ADSC)) {}
  } for (;;) {} }"""
    uno = SimulatedUno(build(program), adc_mv=lambda channel, cycle: 500 * channel)
    uno.run(100 * MS)
    assert words(uno.receive()) == adc_counts([0, 500, 1000, 1500, 2000, 2500]).tolist()


def test_free_running_gives_each_conversion_its_own_voltage(build: Build) -> None:
    program = """ISR(ADC_vect) { uint16_t v = ADC; UDR0 = v >> 2; }
  int main(void) { serial(); ADMUX = _BV(REFS0); ADCSRB = 0; sei();
  ADCSRA = _BV(ADEN) | _BV(ADSC) | _BV(ADATE) | _BV(ADIE) | 7; for (;;) {} }"""
    given: list[int] = []

    def adc_mv(channel: int, cycle: int) -> int:
        given.append(37 * len(given) % 5000)
        return given[-1]

    uno = SimulatedUno(build(program), adc_mv=adc_mv)
    uno.run(20 * MS)
    seen = list(uno.receive())
    assert len(seen) > 100
    assert seen == [code >> 2 for code in adc_counts(given[: len(seen)]).tolist()]


@pytest.mark.parametrize(
    ("mux", "code"),
    [("_BV(REFS0) | 14", 1100 * 1024 // 5000), ("_BV(REFS0) | 15", 0),
     ("_BV(REFS1) | _BV(REFS0)", 500 * 1024 // 1100), ("_BV(REFS0) | _BV(ADLAR)", 102 << 6)],
)  # fmt: skip
def test_bandgap_ground_reference_and_adjustment(build: Build, mux: str, code: int) -> None:
    program = f"""int main(void) {{ serial(); ADCSRA = _BV(ADEN) | 7; uint16_t v = convert({mux});
  put(v); put(v >> 8); for (;;) {{}} }}"""
    uno = SimulatedUno(build(program), adc_mv=lambda channel, cycle: 500)
    uno.run(10 * MS)
    assert words(uno.receive()) == [code]


EEPROM = """int main(void) { MARK(1); eeprom_write_byte((uint8_t *)0x123, 0x5A);
  EEAR = 0x200; EEDR = 1; EECR = _BV(EEMPE); EECR = _BV(EEMPE) | _BV(EEPE); /* too early */
  MARK(2); eeprom_busy_wait(); MARK(3);
  eeprom_write_byte((uint8_t *)0x124, eeprom_read_byte((uint8_t *)0x10)); MARK(4); for (;;) {} }"""


def test_eeprom_writes_take_their_time(build: Build) -> None:
    image = bytes(range(256)) * 4
    uno = SimulatedUno(build(EEPROM), eeprom=image)
    assert uno.eeprom == image
    busy_at = [uno.eeprom_busy_at]
    for milliseconds in (1, 3, 10):
        uno.run(milliseconds * MS)
        busy_at.append(uno.eeprom_busy_at)
    assert busy_at == [None, 0x123, 0x124, None]  # a power cut then leaves anything in that cell
    times = {mark.value: mark.cycle for mark in uno.marks()}
    assert times[3] - times[1] == pytest.approx(54_400, abs=60)  # 3.4 ms
    changed = {i: b for i, (a, b) in enumerate(zip(image, uno.eeprom, strict=True)) if a != b}
    assert changed == {0x123: 0x5A, 0x124: 0x10}  # the write that came too early was ignored


def test_an_erased_eeprom_is_all_ones_and_a_wrong_size_is_refused(build: Build) -> None:
    assert SimulatedUno(build(EEPROM)).eeprom == b"\xff" * 1024
    with pytest.raises(UsageError, match="1000 bytes: the ATmega328P has 1024"):
        SimulatedUno(build(EEPROM), eeprom=bytes(1000))


RESETS = """uint8_t causes __attribute__((section(".noinit")));
uint8_t kept[4] __attribute__((section(".noinit")));
int main(void) { serial(); causes = MCUSR; MCUSR = 0; wdt_disable(); kept[0]++;
  put(causes); put(kept[0]);
  for (;;) if (UCSR0A & _BV(RXC0)) { uint8_t c = UDR0; if (c == 'W') { wdt_enable(WDTO_15MS);
    for (;;) {} } put(c); } }"""
PORF, EXTRF, WDRF = 1, 2, 8


def test_each_reset_tells_its_cause_and_keeps_sram(build: Build) -> None:
    uno = SimulatedUno(build(RESETS))
    uno.run(MS)
    cause, count = uno.receive()
    assert cause == PORF
    for name, flag in (("external", EXTRF), ("power", PORF)):
        before = uno.cycle
        uno.send(b"lost on the way")
        uno.reset(name)
        uno.run(MS)
        count += 1
        assert uno.receive() == bytes([flag, count])
        assert uno.cycle >= before + MS  # time goes on
    with pytest.raises(UsageError, match="no reset cause 'brown'"):
        uno.reset("brown")


def test_the_watchdog_resets_and_the_line_goes_on(build: Build) -> None:
    uno = SimulatedUno(build(RESETS))
    uno.run(MS)
    _, count = uno.receive()
    uno.send(b"W")
    uno.run(5 * MS)
    data = bytes(range(0x60, 0x100)) * 4  # no second W
    uno.send(data)
    uno.run(5 * MS)
    assert uno.receive() == b""  # it hangs
    uno.run(60 * MS)
    came = uno.receive()
    assert came[:2] == bytes([WDRF, count + 1])
    assert len(came) > 300 and data.endswith(came[2:])  # what the UART held is lost, as on the chip


def test_a_chip_survives_its_power_cut_with_its_eeprom_only(build: Build) -> None:
    first = SimulatedUno(build(EEPROM))
    first.run(MS)  # in the middle of the first write
    second = SimulatedUno(build(RESETS), eeprom=first.eeprom)
    assert second.eeprom == first.eeprom != b"\xff" * 1024
    assert second.cycle == 0


SERVO_AND_LED = """int main(void) { TCCR1B = _BV(WGM13) | _BV(WGM12);
  ICR1 = 39999; OCR1A = 2999; TCCR1A = _BV(COM1A1) | _BV(WGM11);
  DDRB = _BV(1) | _BV(5); TCCR1B = _BV(WGM13) | _BV(WGM12) | _BV(CS11);
  for (;;) { PORTB ^= _BV(5); GPIOR0 = PORTB; for (volatile uint8_t n = 0; n < 60; n++) {} } }"""


def test_a_write_for_another_pin_does_not_end_a_timers_pulse(build: Build) -> None:
    uno = SimulatedUno(build(SERVO_AND_LED))
    uno.run(200 * MS)
    widths = [pulse.width_us for pulse in uno.pulses()]
    assert len(widths) >= 9
    assert widths == pytest.approx([1500] * len(widths), abs=1)
    assert {mark.value for mark in uno.marks()} == {0, 1 << 5}  # PORTB reads as it was written


def test_the_supply_is_the_adcs_reference_and_may_change(build: Build) -> None:
    program = """int main(void) { serial(); ADCSRA = _BV(ADEN) | 7; for (uint8_t n = 0; n < 4; n++) {
  uint16_t v = convert(_BV(REFS0)); put(v); put(v >> 8);
  v = convert(_BV(REFS0) | 14); put(v); put(v >> 8); } for (;;) {} }"""
    asked: list[int] = []

    def supply_mv(cycle: int) -> int:
        asked.append(cycle)
        return 5000 if len(asked) < 5 else 4600

    uno = SimulatedUno(build(program), adc_mv=lambda *_: 1500, supply_mv=supply_mv, bandgap_mv=1080)
    uno.run(30 * MS)
    high, low = ([v * 1024 // mv for v in (1500, 1080)] for mv in (5000, 4600))
    assert words(uno.receive()) == [*high, *high, *low, *low]
    assert asked == sorted(asked)


# WGM13 to WGM10 of Timer1; the datasheet's tables 16-4 and section 16.3, 16.7.3
@pytest.mark.parametrize(
    ("mode", "icr1", "ocr1a"),
    [(0, 0, 2899), (1, 0, 0x53), (2, 0, 0x153), (3, 0, 0x353), (4, 0, 2899), (7, 0, 0x353),
     (8, 39999, 2899), (12, 39999, 2899), (14, 39999, 2899), (15, 0, 2899)],
)  # fmt: skip
def test_timer1_takes_icr1_and_ocr1a_as_its_mode_lets_it(
    build: Build, mode: int, icr1: int, ocr1a: int
) -> None:
    program = f"""int main(void) {{ serial(); TCCR1A = {mode & 3}; TCCR1B = {(mode >> 2) << 3};
  ICR1 = 39999; OCR1A = 2899; put(ICR1L); put(ICR1H); put(OCR1AL); put(OCR1AH); for (;;) {{}} }}"""
    uno = SimulatedUno(build(program))
    uno.run(MS)
    assert words(uno.receive()) == [icr1, ocr1a]
