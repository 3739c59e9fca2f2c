"""The simulated chip: clock, serial line, servo pin, sleep, memory, errors."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from inspect import unwrap
from itertools import pairwise
from pathlib import Path

import pytest

from fixprop.errors import FixpropError, MissingTool, UsageError
from fixprop.sim import uno as uno_module
from fixprop.sim.uno import Pulse, SimulatedUno
from fixprop.toolchain import once, require_tool

Build = Callable[[str], Path]
MS = 16_000

ECHO = "ISR(USART_RX_vect) { UDR0 = UDR0; } int main(void) { serial(); UCSR0B |= _BV(RXCIE0);"
BUSY = """
volatile uint16_t ticks;
ISR(TIMER0_OVF_vect) { MARK(7); ticks++; }
ISR(USART_RX_vect) { UDR0 = UDR0 + 1; }
int main(void) {
  serial(); UCSR0B |= _BV(RXCIE0);
  DDRB |= _BV(1); TCCR1B = _BV(WGM13) | _BV(WGM12); ICR1 = 39999; OCR1A = 2899;
  TCCR1A = _BV(COM1A1) | _BV(WGM11); TCCR1B = _BV(WGM13) | _BV(WGM12) | _BV(CS11);
  TCCR0B = _BV(CS01); TIMSK0 = _BV(TOIE0);
  ADCSRA = _BV(ADEN) | 7;
  sei();
  for (;;) { uint16_t v = convert(_BV(REFS0) | (ticks & 1)); put(v); OCR1A = 2899 + v;
             if (ticks & 64) sleep_mode(); }
}"""


def test_bytes_come_back_in_order_at_line_rate(build: Build) -> None:
    uno = SimulatedUno(build(ECHO + "sei(); for (;;) {} }"))
    data = bytes(range(256)) * 2
    uno.run(MS)
    uno.send(data)
    uno.run(len(data) // 2 * 320)  # half the bytes' time: 10 bits of 32 cycles each
    early = uno.receive()
    assert 0 < len(early) <= len(data) // 2
    uno.run(len(data) * 400)
    assert early + uno.receive() == data
    assert uno.unsent == 0


def test_bytes_wait_until_the_receiver_is_on(build: Build) -> None:
    uno = SimulatedUno(
        build(
            ECHO.replace("serial();", "for (uint16_t i = 0; i < 50000; i++) MARK(1); serial();")
            + "sei(); for (;;) {} }"
        )
    )
    uno.send(b"early")
    uno.run(10 * MS)
    assert uno.receive() == b"" and uno.unsent == 5
    uno.run(20 * MS)
    assert uno.receive() == b"early"


def test_a_slow_reader_loses_nothing(build: Build) -> None:
    uno = SimulatedUno(
        build(
            "int main(void) { serial(); for (;;) {"
            "for (uint16_t i = 0; i < 999; i++) MARK(0);"
            "if (UCSR0A & _BV(RXC0)) put(UDR0); } }"
        )
    )
    data = bytes(range(256))
    uno.send(data)
    uno.run(256 * MS)
    assert uno.receive() == data


def test_the_servo_pin_gives_the_pulses_of_timer_1(build: Build) -> None:
    heard: list[Pulse] = []
    uno = SimulatedUno(build(BUSY), on_pulse=heard.append)  # adc_mv missing: pins are at 0 V
    uno.run(200 * MS)
    pulses = uno.pulses()
    assert pulses == heard and uno.pulses() == []
    assert 9 <= len(pulses) <= 10  # one in 20 ms
    for pulse in pulses:
        assert pulse.width_us == pytest.approx(1450, abs=0.6)  # 2,900 half microseconds, jitter
    for first, second in pairwise(pulses):
        assert second.start_cycle - first.start_cycle == pytest.approx(320_000, abs=8)
    assert pulses[0].end_s == pytest.approx(pulses[0].start_cycle / 16e6 + 1450e-6, abs=1e-6)


def test_a_new_pulse_length_takes_effect_at_the_next_period(build: Build) -> None:
    uno = SimulatedUno(
        build("""
int main(void) {
  DDRB |= _BV(1); TCCR1B = _BV(WGM13) | _BV(WGM12); ICR1 = 39999; OCR1A = 1999;
  TCCR1A = _BV(COM1A1) | _BV(WGM11); TCCR1B = _BV(WGM13) | _BV(WGM12) | _BV(CS11);
  for (uint16_t width = 2199;; width += 200) {
    while (TCNT1 < 20000) {}
    OCR1A = width;
    while (TCNT1 > 20000) {}
  }
}""")
    )
    uno.run(200 * MS)
    widths = [pulse.width_us for pulse in uno.pulses()]
    assert len(widths) >= 9
    assert widths == pytest.approx([1000 + 100 * n for n in range(len(widths))], abs=0.6)


def test_marks_count_cycles_exactly(build: Build) -> None:
    uno = SimulatedUno(
        build(
            "int main(void) { MARK(1); MARK(2);"
            '__asm__ volatile("nop\\n\\tnop\\n\\tnop"); MARK(3); for (;;) {} }'
        )
    )
    uno.run(MS)
    marks = uno.marks()
    assert [mark.value for mark in marks] == [1, 2, 3]
    assert [b.cycle - a.cycle for a, b in pairwise(marks)] == [2, 5]


@pytest.mark.parametrize("slices", [(1, 3, 17), (1000, 1), (50_000, 7, 400)])
def test_results_do_not_depend_on_how_time_is_sliced(build: Build, slices: tuple[int, ...]) -> None:
    def run(slices: tuple[int, ...]) -> tuple[object, ...]:
        log: list[object] = []

        def adc_mv(channel: int, cycle: int) -> int:
            log.append((channel, cycle))
            return cycle // 7 % 5000

        uno = SimulatedUno(build(BUSY), adc_mv=adc_mv, on_pulse=log.append)
        uno.send(bytes(200))  # at cycle 0: what comes from outside is part of the experiment
        for n in range(10**9):
            if uno.cycle >= 60 * MS:
                break
            before = uno.cycle
            uno.run(slices[n % len(slices)])
            assert 0 <= uno.cycle - before - slices[n % len(slices)] < 12  # RETI, then an interrupt
        uno.run(100 * MS - uno.cycle)
        until = 99 * MS
        marks = [mark for mark in uno.marks() if mark.cycle < until]
        return log[:500], marks, uno.receive()[:500], uno.pulses()[:4]

    whole = run((60 * MS,))
    assert len(whole[0]) == len(whole[2]) == 500 and len(whole[3]) == 4  # type: ignore[arg-type]
    assert run(slices) == whole


def test_sleep_jumps_to_the_next_event_and_never_past_the_target(build: Build) -> None:
    uno = SimulatedUno(
        build("""
volatile uint16_t wakes;
ISR(TIMER1_COMPA_vect) { wakes++; }
int main(void) { OCR1A = 15624; TCCR1B = _BV(WGM12) | _BV(CS12) | _BV(CS10); TIMSK1 = _BV(OCIE1A);
  sei(); for (;;) sleep_mode(); }""")
    )  # 16 MHz / 1024 / 15625: once a second
    for _ in range(600):
        uno.run(1600 * MS)
    assert uno.cycle == pytest.approx(600 * 1600 * MS, abs=600)
    assert uno.time_s == pytest.approx(960)
    assert int.from_bytes(uno.read_sram(uno.symbol("wakes"), 2), "little") in (959, 960)


def test_a_byte_wakes_a_sleeping_chip_when_it_comes(build: Build) -> None:
    uno = SimulatedUno(
        build(
            "ISR(USART_RX_vect) { MARK(5); UDR0 = UDR0; } int main(void) {"
            "serial(); UCSR0B |= _BV(RXCIE0); sei(); for (;;) sleep_mode(); }"
        )
    )
    uno.run(1000 * MS + 123)
    sent_at = uno.cycle
    uno.send(b"!")
    uno.run(MS)
    assert uno.receive() == b"!"
    (mark,) = uno.marks()
    assert 320 <= mark.cycle - sent_at < 1000  # a byte's time, not a timer's leftover


def test_asleep_without_interrupts_only_a_reset_wakes_it(build: Build) -> None:
    uno = SimulatedUno(
        build("int main(void) { MARK(9); cli(); sleep_mode(); MARK(10); for (;;) {} }")
    )
    uno.run(500 * MS)
    assert [mark.value for mark in uno.marks()] == [9]
    assert uno.cycle == 500 * MS
    uno.reset()
    uno.run(MS)
    assert [mark.value for mark in uno.marks()] == [9]


def test_the_stack_is_measured(build: Build) -> None:
    program = """
uint8_t zero[100]; uint8_t set[7] = {1, 2, 3};
__attribute__((noinline)) void deep(void) {
  volatile uint8_t buffer[200];
  for (uint8_t i = 0; i < 200; i++) buffer[i] = i;
}
int main(void) { if (GPIOR1) deep(); zero[GPIOR2] = set[GPIOR2]; MARK(1); for (;;) GPIOR1 = 0; }"""
    shallow, deep = SimulatedUno(build(program)), SimulatedUno(build(program))
    shallow.run(MS)
    assert 2 <= shallow.stack_peak_bytes < 20  # main's return address and a frame
    deep.run(20)
    deep.write_sram(0x4A, b"\x01")  # GPIOR1
    deep.run(MS)
    assert 204 <= deep.stack_peak_bytes <= 220  # buffer, frame pointer, two return addresses


def test_sizes_are_those_of_avr_size(build: Build) -> None:
    elf = build(
        "uint8_t zero[100]; uint8_t set[7] = {1, 2}; uint16_t kept "
        '__attribute__((section(".noinit"))); int main(void) { kept++; '
        "zero[GPIOR1] = set[GPIOR2]; for (;;) {} }"
    )
    size = require_tool("avr-size", "binutils-avr")
    line = subprocess.run([size, str(elf)], capture_output=True, text=True, check=True).stdout
    text, data, bss = (int(word) for word in line.splitlines()[1].split()[:3])
    uno = SimulatedUno(elf)
    assert uno.flash_bytes == text + data
    assert uno.static_sram_bytes == data + bss  # avr-size counts .noinit as bss
    assert uno.static_sram_bytes >= 109


def test_variables_can_be_read_and_written(build: Build) -> None:
    uno = SimulatedUno(build("volatile uint16_t a = 0x1234, b; int main(void) { for (;;) b = a; }"))
    uno.run(MS)
    assert uno.read_sram(uno.symbol("b"), 2) == b"\x34\x12"
    uno.write_sram(uno.symbol("a"), b"\xcd\xab")
    uno.run(MS)
    assert uno.read_sram(uno.symbol("b"), 2) == b"\xcd\xab"
    with pytest.raises(UsageError, match="ends at 0x900"):
        uno.read_sram(0x8FF, 2)
    with pytest.raises(UsageError, match="no symbol 'c'"):
        uno.symbol("c")


def test_pins_are_driven_and_read(build: Build) -> None:
    uno = SimulatedUno(
        build(
            "int main(void) { PORTD = _BV(2); DDRB = _BV(5);"
            "for (;;) { if (PIND & _BV(2)) PORTB &= ~_BV(5); else PORTB |= _BV(5);"
            "PORTD ^= _BV(3); } }"
        )
    )  # other writes to the port let nothing go
    for _ in range(2):
        uno.run(MS)
        assert not uno.pin("D13") and uno.pin("D2")  # the pull-up holds the button up
        uno.drive("D2", False)
        uno.run(MS)
        assert uno.pin("D13") and not uno.pin("D2")
        uno.drive("D2", None)
        uno.run(MS)
        assert not uno.pin("D13")
        uno.reset()
    with pytest.raises(UsageError, match="no pin 'D14'"):
        uno.pin("D14")


@pytest.mark.parametrize(
    ("crash", "reason"),
    [
        ('__asm__ volatile(".word 0x9404")', "illegal opcode"),
        ("*(volatile uint8_t *)0x9000 = 1", "address outside"),
    ],
)
def test_a_crash_names_the_place(build: Build, crash: str, reason: str) -> None:
    elf = build(
        "__attribute__((noinline)) void bad(void) { " + crash + "; }"
        "int main(void) { bad(); for (;;) {} }"
    )
    uno = SimulatedUno(elf)
    with pytest.raises(FixpropError, match=reason) as caught:
        uno.run(MS)
    place = int(str(caught.value).partition("pc 0x")[2].partition(",")[0], 16)
    assert 0 <= place - uno.symbol("bad") <= 8
    assert uno.cycle < 200


def test_an_error_in_a_callback_comes_out_of_run(build: Build) -> None:
    def broken(channel: int, cycle: int) -> int:
        raise ValueError(f"channel {channel}")

    uno = SimulatedUno(build(BUSY), adc_mv=broken)
    with pytest.raises(ValueError, match="channel 0"):
        uno.run(10 * MS)
    assert uno.cycle < MS  # it stopped there


def test_what_is_not_firmware_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "notes.elf"
    text.write_text("not an ELF")
    with pytest.raises(FixpropError, match="not an AVR ELF"):
        SimulatedUno(text)
    with pytest.raises(FixpropError, match=r"cannot read firmware .*absent\.elf"):
        SimulatedUno(tmp_path / "absent.elf")


def test_without_libsimavr_it_says_what_to_install(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    absent = tmp_path / "libuno.so"
    monkeypatch.setattr(uno_module, "build_shared_library", lambda *_, **__: absent)
    elf = build(BUSY)
    monkeypatch.setattr(uno_module, "_library", once(unwrap(uno_module._library)))
    with pytest.raises(MissingTool, match="sudo apt-get install libsimavr-dev"):
        SimulatedUno(elf)
