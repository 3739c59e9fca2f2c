"""Which faults are made of a source: where behaviour stands, and nowhere else."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from fixprop.reliability.mutation.avr_mutants import avr_mutants
from fixprop.reliability.mutation.c_mutants import c_mutants
from fixprop.reliability.mutation.python_mutants import python_mutants
from fixprop.reliability.mutation.targets import AVR, MIRROR, C
from fixprop.toolchain import PROJECT_ROOT

C_SOURCE = b"""#include <x.h>
#define ONE 1 + 1
/* a + b */
#ifdef FIXPROP_AVR
int avr(int a) { return a + 1; }
#else
int32_t half(const int16_t *a, int16_t b) {
  int32_t sum = *a + -b;
  if (b)
    sum = sum << 3;
  for (; b < 7; b++)
    go(a);
  return sum;
}
#endif
"""
PYTHON_SOURCE = b'''"""A docstring of 1 + 1."""
from x import y

LIMIT = 3


@twice(2)
def half(a: int | None, b: list[int], c: int = 4) -> int | None:
    """Another."""
    if not a:
        raise ValueError(f"{a + 1} is wrong")
    total = sum(x * y for x, y in zip(b, b, strict=True))
    total += a << c
    return total if c < LIMIT and a else -a
'''


def c_faults() -> list[str]:
    return [m.described(C_SOURCE).split(" ", 1)[1] for m in c_mutants(Path("a.c"), C_SOURCE)]


def python_faults() -> list[str]:
    made = python_mutants(Path("a.py"), PYTHON_SOURCE)
    return [m.described(PYTHON_SOURCE).split(" ", 1)[1] for m in made]


@pytest.mark.parametrize(
    "fault",
    [
        "(operator): `int32_t sum = *a + -b;` -> `int32_t sum = *a - -b;`",
        "(unary): `int32_t sum = *a + -b;` -> `int32_t sum = *a + b;`",
        "(condition): `if (b)` -> `if (!(b))`",
        "(operator): `sum = sum << 3;` -> `sum = sum >> 3;`",
        "(shift): `sum = sum << 3;` -> `sum = sum << 1 + 3;`",
        "(shift): `sum = sum << 3;` -> `sum = sum << -1 + 3;`",
        "(statement): `sum = sum << 3;` -> `;`",
        "(comparison): `for (; b < 7; b++)` -> `for (; b <= 7; b++)`",
        "(comparison): `for (; b < 7; b++)` -> `for (; b >= 7; b++)`",
        "(constant): `for (; b < 7; b++)` -> `for (; b < 8; b++)`",
        "(constant): `for (; b < 7; b++)` -> `for (; b < 6; b++)`",
        "(step): `for (; b < 7; b++)` -> `for (; b < 7; b--)`",
        "(statement): `go(a);` -> `;`",
        "(return): `return sum;` -> `return 0;`",
        "(return): `return sum;` -> `return (sum) + 1;`",
    ],
)
def test_c_has_the_fault(fault: str) -> None:
    assert fault in c_faults()


def test_c_has_no_other_fault() -> None:
    """None in a comment, a directive, a declaration, or what only the AVR compiles."""
    assert len(c_faults()) == 15


@pytest.mark.parametrize(
    "fault",
    [
        "(constant): `LIMIT = 3` -> `LIMIT = (4)`",
        "(constant): `def half(a: int | None, b: list[int], c: int = 4) -> int | None:`"
        " -> `def half(a: int | None, b: list[int], c: int = (3)) -> int | None:`",
        "(unary): `if not a:` -> `if (a):`",
        '(statement): `raise ValueError(f"{a + 1} is wrong")` -> `pass`',
        "(operator): `total = sum(x * y for x, y in zip(b, b, strict=True))`"
        " -> `total = sum(x + y for x, y in zip(b, b, strict=True))`",
        "(operator): `total += a << c` -> `total -= a << c`",
        "(operator): `total += a << c` -> `total += a >> c`",
        "(shift): `total += a << c` -> `total += a << (1 + (c))`",
        "(comparison): `return total if c < LIMIT and a else -a`"
        " -> `return total if c <= LIMIT and a else -a`",
        "(boolean): `return total if c < LIMIT and a else -a`"
        " -> `return total if c < LIMIT or a else -a`",
        "(return): `return total if c < LIMIT and a else -a`"
        " -> `return ((total if c < LIMIT and a else -a) + 1)`",
    ],
)
def test_python_has_the_fault(fault: str) -> None:
    assert fault in python_faults()


def test_python_has_no_fault_where_no_behaviour_stands() -> None:
    changed = " ".join(fault.split(" -> ")[1] for fault in python_faults())
    for untouched in ("docstring", "twice", "import", "Another", "a + 2", "a - 1", "strict=False"):
        assert untouched not in changed, untouched
    assert "int & None" not in changed


@pytest.mark.parametrize("path", MIRROR.sources, ids=lambda path: path.stem)
def test_every_fault_of_the_mirror_is_python_and_differs(path: Path) -> None:
    source = (PROJECT_ROOT / path).read_bytes()
    tree = ast.dump(ast.parse(source))
    mutants = python_mutants(path, source)
    assert mutants
    for mutant in mutants:
        assert ast.dump(ast.parse(mutant.applied(source))) != tree, mutant.described(source)


def test_every_source_of_the_library_is_a_target() -> None:
    folder = PROJECT_ROOT / C.sources[0].parent
    counts_only = {"saturation.c"}  # compiled away but where saturations are counted
    assert {p.name for p in C.sources} >= {p.name for p in folder.glob("*.c")} - counts_only
    assert {p.name for p in AVR.sources} == {p.name for p in folder.glob("avr_*")}
    for path in C.sources:
        assert c_mutants(path, (PROJECT_ROOT / path).read_bytes()), path


AVR_SOURCE = b"""#define p0 r20
/* Comments and
  add nothing */
.macro SUM to
  add \\to, r0 ; not this: adc
.endm
label:
  SUM p0
  ld r24, X+
  breq label
"""


def test_assembly_loses_or_changes_each_instruction() -> None:
    made = [m.described(AVR_SOURCE).split(" ", 1)[1] for m in avr_mutants(Path("a.S"), AVR_SOURCE)]
    assert made == [
        "(left out): `add \\to, r0 ; not this: adc` -> `; not this: adc`",
        "(instruction): `add \\to, r0 ; not this: adc` -> `sub \\to, r0 ; not this: adc`",
        "(left out): `ld r24, X+` -> ``",
        "(left out): `breq label` -> ``",
        "(instruction): `breq label` -> `brne label`",
    ]
