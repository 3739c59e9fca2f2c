"""The library and its examples on boards other than the Uno: they compile, or say why not."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from fixprop.firmware_build import AVR_PACKAGES
from fixprop.toolchain import PROJECT_ROOT, require_tool

sys.path.insert(0, str(PROJECT_ROOT))

from tests.firmware.fixprop.sketch import AVR_CORE, CORE, LIBRARY, library_sources


@pytest.mark.parametrize(
    ("mcu", "variant"),
    [("atmega328p", "standard"), ("atmega32u4", "leonardo"), ("atmega2560", "mega")],
)
def test_trackers_servo_is_on_the_pin_of_timer_1(mcu: str, variant: str, tmp_path: Path) -> None:
    """The core's own table of pins and timers says which one that is: on a Mega D9 is timer 2's."""
    sketch = tmp_path / "tracker.cpp"
    sketch.write_text(
        "#define ARDUINO_MAIN\n#include <Arduino.h>\n"
        f'#include "{LIBRARY / "examples/Tracker/Tracker.ino"}"\nint timer_1 = TIMER1A;\n'
    )
    flags = [f"-mmcu={mcu}", "-DF_CPU=16000000L", "-DARDUINO=10808", "-DUSB_VID=1", "-DUSB_PID=1"]
    flags += [f"-I{CORE}", f"-I{AVR_CORE / 'variants' / variant}", f"-I{LIBRARY / 'src'}"]
    cc = [require_tool("avr-g++", AVR_PACKAGES), *flags, "-std=gnu++11", "-Os", "-E", "-P"]
    text = subprocess.run([*cc, sketch], capture_output=True, text=True, check=True).stdout
    [servo] = re.findall(r"\bSERVO = (\d+)", text)
    [timer] = re.findall(r"int timer_1 = (\d+);", text)
    [timers] = re.findall(r"digital_pin_to_timer_PGM\[\] = \{([^}]+)\}", text)
    assert timers.split(",")[int(servo)].strip() == timer


def test_tracker_says_which_boards_it_is_not_for(tmp_path: Path) -> None:
    (tmp_path / "Arduino.h").write_text("#include <stdint.h>\n")
    cc = [require_tool("c++", "g++"), "-include", "Arduino.h", f"-I{tmp_path}", "-fsyntax-only"]
    sketch = str(LIBRARY / "examples/Tracker/Tracker.ino")
    built = subprocess.run(
        [*cc, f"-I{LIBRARY / 'src'}", "-x", "c++", sketch],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode
    assert "timer 1 of an AVR" in built.stderr


ARDUINO_H = """
#include <algorithm>
#include <stdint.h>
#include <stdlib.h>
using std::max; // as the ESP32's core has it
#define PROGMEM
#define F(text) text
#define pgm_read_byte(at) (*(const uint8_t *)(at))
#define pgm_read_word(at) (*(const uint16_t *)(at))
#define pgm_read_dword(at) (*(const uint32_t *)(at))
struct {
  void begin(long) {}
  template <class T> void print(T) {}
  template <class T> void println(T) {}
  void println() {}
} Serial;
"""


@pytest.mark.parametrize(
    "name", sorted(path.name for path in LIBRARY.glob("examples/*") if path.name != "Tracker")
)
def test_examples_compile_for_other_chips(name: str, tmp_path: Path) -> None:
    """library.properties says architectures=*: elsewhere max is a template and int has 32 bits."""
    assert "architectures=*" in (LIBRARY / "library.properties").read_text().splitlines()
    (tmp_path / "Arduino.h").write_text(ARDUINO_H)
    cc = [require_tool("c++", "g++"), "-std=gnu++11", "-fsyntax-only", "-include", "Arduino.h"]
    sketch = str(LIBRARY / "examples" / name / f"{name}.ino")
    built = subprocess.run(
        [*cc, f"-I{tmp_path}", f"-I{LIBRARY / 'src'}", "-x", "c++", sketch],
        capture_output=True,
        text=True,
        check=False,
    )
    assert not built.returncode, built.stderr


@pytest.mark.parametrize(
    ("mcu", "assembly"), [("atmega328p", True), ("attiny85", False), ("attiny1614", False)]
)
def test_chips_that_the_assembly_is_not_for_take_the_c(
    mcu: str, assembly: bool, tmp_path: Path
) -> None:
    """One has no multiplier, the other its constants where the assembly keeps a flag."""
    cc = [require_tool("avr-gcc", AVR_PACKAGES), f"-mmcu={mcu}", "-std=gnu11", "-Os", "-c"]
    for source in library_sources():
        made = tmp_path / f"{source.name}.o"
        subprocess.run([*cc, str(source), "-o", str(made)], check=True)
    size = [require_tool("avr-size", AVR_PACKAGES), str(tmp_path / "avr_hidden.S.o")]
    told = subprocess.run(size, capture_output=True, text=True, check=True).stdout
    text_bytes = int(told.splitlines()[1].split()[0])
    assert (text_bytes > 0) == assembly


@pytest.mark.parametrize("rate", ["0.5", "0.5f", "0.5L"])
def test_a_rate_without_its_suffix_does_not_compile(rate: str, tmp_path: Path) -> None:
    """C++ would make 0 of it, and the network never learn."""

    def compiles(call: str) -> bool:
        sketch = tmp_path / "rate.cpp"
        sketch.write_text(
            '#include "Fixprop.hpp"\nusing namespace fixprop;\nusing namespace fixprop::literals;\n'
            f"Network<2, Sigmoid<1>> network;\nvoid f() {{ network.rate({call}); }}\n"
        )
        cc = [require_tool("avr-g++", AVR_PACKAGES), "-mmcu=atmega328p", "-std=gnu++11"]
        run = [*cc, "-fpermissive", f"-I{LIBRARY / 'src'}", "-fsyntax-only", str(sketch)]
        return not subprocess.run(run, capture_output=True, check=False).returncode

    assert compiles("0.5_rate")
    assert compiles("4096")
    assert not compiles(rate)
