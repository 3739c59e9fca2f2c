"""Plain programs for the chip: what they tell by GPIOR0, and what they leave out."""

from __future__ import annotations

import pytest

from fixprop.errors import FixpropError, UsageError
from fixprop.sim.elf import read_elf
from fixprop.sim.program import build_program, run_program

TELLS = """
#include "program.h"
int main(void) {
  put_text("hi");
  MARK(1);
  MARK(2);
  put_byte(255); /* the marks of the end and of output, as data */
  put_byte(254);
  MARK(3);
  DONE();
}
"""
EMPTY = "int main(void) { return 0; }\n"


def test_a_mark_is_ldi_and_out() -> None:
    run = run_program(build_program("tells", TELLS))
    first, second, third = run.marks
    assert (first.value, second.value, third.value) == (1, 2, 3)
    assert second.cycle - first.cycle == 2
    assert run.done_cycle == third.cycle + 2


def test_output_may_hold_any_byte() -> None:
    assert bytes(run_program(build_program("tells", TELLS)).output) == b"hi\xff\xfe"


def test_the_library_takes_no_flash_when_it_is_not_called() -> None:
    # 26 vectors of 4 bytes, and avr-libc's startup: no table, no kernel.
    assert read_elf(build_program("empty", EMPTY)).flash_bytes < 200


def test_defines_reach_the_program_and_its_digest() -> None:
    source = '#include "program.h"\nint main(void) { MARK(N); DONE(); }\n'
    elfs = [build_program("defined", source, defines=[f"N={n}"]) for n in (5, 6)]
    assert [run_program(elf).marks[0].value for elf in elfs] == [5, 6]


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("int main(void) { return x; }", r"'x' undeclared"),
        ("int f(void); int main(void) { return f(); }", "undefined reference to `f'"),
        ("int a[1500]; int main(void) { return a[3]++; }", "not within region `data'"),
    ],
    ids=["compile", "link", "too large for SRAM"],
)
def test_an_error_is_one_line_of_the_compiler(source: str, named: str) -> None:
    with pytest.raises(FixpropError) as caught:
        build_program("wrong", source)
    assert named in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_program_that_never_ends_is_an_error() -> None:
    elf = build_program("endless", 'int main(void) { for (;;) __asm__ volatile(""); }\n')
    with pytest.raises(FixpropError, match=r"DONE\(\) in 50,000 cycles"):
        run_program(elf, limit_cycles=50_000)


def test_a_name_cannot_leave_the_folder() -> None:
    with pytest.raises(UsageError, match="program name"):
        build_program("../x", EMPTY)
