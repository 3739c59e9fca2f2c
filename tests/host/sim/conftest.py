"""Builds small programs for the ATmega328P with avr-gcc; no Arduino."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from fixprop.toolchain import require_tool

Build = Callable[[str], Path]

PRELUDE = r"""
#include <avr/eeprom.h>
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include <avr/wdt.h>
#include <stdint.h>
/* an LDI and an OUT: two marks in a row are two cycles apart */
#define MARK(n) __asm__ volatile("ldi r24,%0\n\tout %1,r24" \
    :: "M"(n), "I"(_SFR_IO_ADDR(GPIOR0)) : "r24", "memory")
static inline void serial(void) { /* 500,000 baud exactly: 16 MHz / 8 / (3 + 1) */
  UCSR0A = _BV(U2X0);
  UBRR0 = 3;
  UCSR0B = _BV(RXEN0) | _BV(TXEN0);
}
static inline void put(uint8_t byte) {
  while (!(UCSR0A & _BV(UDRE0))) {}
  UDR0 = byte;
}
static inline uint16_t convert(uint8_t mux) {
  ADMUX = mux;
  ADCSRA |= _BV(ADSC);
  while (ADCSRA & _BV(ADSC)) {}
  return ADC;
}
#line 1
"""


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Compile a program's text to an ELF; the same text is compiled once."""
    compiler = require_tool("avr-gcc", "gcc-avr avr-libc")
    folder, made = tmp_path_factory.mktemp("avr"), dict[str, Path]()

    def compile_(text: str) -> Path:
        if text not in made:
            source = folder / f"program{len(made)}.c"
            source.write_text(PRELUDE + text)
            elf = source.with_suffix(".elf")
            command = [compiler, "-std=gnu11", "-Os", "-mmcu=atmega328p", "-DF_CPU=16000000UL"]
            subprocess.run([*command, str(source), "-o", str(elf)], check=True)
            made[text] = elf
        return made[text]

    return compile_
