"""Faults of AVR assembly: an instruction left out, or another with the same operands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from fixprop.reliability.mutation.mutant import Mutant

INSTRUCTION = re.compile(rb"^[ \t]+([a-z]+)\b[^\n;/]*", re.M)
COMMENT = re.compile(rb"/\*.*?\*/", re.S)
PAIRS = (
    *(("add", "sub"), ("adc", "sbc"), ("rol", "ror"), ("inc", "dec"), ("adiw", "sbiw")),
    *(("brne", "breq"), ("brcs", "brcc"), ("brvs", "brvc"), ("brts", "brtc"), ("brpl", "brmi")),
    *(("sbrs", "sbrc"), ("lsl", "lsr"), ("and", "or"), ("com", "neg"), ("mulsu", "fmulsu")),
)
OTHERS = dict(chain(PAIRS, ((b, a) for a, b in PAIRS), [("adc", "add"), ("asr", "lsr")]))


def avr_mutants(path: Path, source: bytes) -> list[Mutant]:
    """Every fault that is tried on this file, in the order of the text."""
    return list(_mutants(path, COMMENT.sub(_blank, source)))


def _blank(comment: re.Match[bytes]) -> bytes:
    return re.sub(rb"[^\n]", b" ", comment[0])


def _mutants(path: Path, code: bytes) -> Iterator[Mutant]:
    for found in INSTRUCTION.finditer(code):
        end = found.start(1) + len(found[0].strip())
        yield Mutant(path, found.start(1), end, "", "left out")
        name = found[1].decode()
        if name in OTHERS:
            yield Mutant(path, *found.span(1), OTHERS[name], "instruction")
