"""The lesson's pointer, its labels and its servo: firmware/lib/tracker/src/teach.c on this computer."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cffi

from fixprop import native
from fixprop.sim.servo import Servo
from fixprop.toolchain import build_shared_library, once
from fixprop.tracking.definition import VALUES
from fixprop.tracking.learner import UNKNOWN, label_of_pulse
from fixprop.tracking.native_learner import TRACKER

DECLARATIONS = """
typedef struct { uint32_t state; } fixprop_generator;
typedef struct {
  uint16_t readings_left, readings_done; int16_t offset_us, speed_us; fixprop_generator speeds;
} lesson;
enum { TEACH_UNLABELLED, TEACH_ABSENT, TEACH_BEARING };
void teach_start(lesson *, uint16_t, uint32_t);
int teach_label_now(const lesson *);
uint16_t teach_next_us(lesson *);
"""
SERVO_PERIOD_S = 0.02  # a new pulse takes effect when the period ends


@once
def library() -> tuple[Any, Any]:
    """(ffi, library); built when a source changed."""
    ffi = cffi.FFI()
    ffi.cdef(DECLARATIONS)
    sources = [TRACKER / "teach.c", *sorted(native.LIBRARY.glob("*.c"))]
    include = [native.LIBRARY, TRACKER]
    return ffi, ffi.dlopen(str(build_shared_library("teach", sources, include=include)))


@dataclass(frozen=True)
class Moment:
    """What the lesson says at one of its readings."""

    pointer_us: int  # where the pointer stood
    label: int | None  # quarter degrees, or UNKNOWN for no hand; None: unlabelled
    halves_rate: bool


def moments(seed: int, readings: int) -> Iterator[Moment]:
    """A lesson, reading by reading."""
    ffi, c = library()
    lesson = ffi.new("lesson *")
    c.teach_start(lesson, readings, seed)
    pointer_us = VALUES["SERVO_CENTRE_US"]
    for index in range(readings):
        kind = c.teach_label_now(lesson)
        bearing = label_of_pulse(pointer_us) if kind == c.TEACH_BEARING else None
        label = UNKNOWN if kind == c.TEACH_ABSENT else bearing
        yield Moment(pointer_us, label, index > 0 and index % VALUES["RATE_HALVING_READINGS"] == 0)
        pointer_us = c.teach_next_us(lesson)


def servo_of(lesson: list[Moment], ends_s: list[float]) -> Servo:
    """The servo as the lesson moves it; `ends_s`: when each reading ends and the pulse is set."""
    servo = Servo()
    for after, end_s in zip(lesson[1:], ends_s, strict=False):
        period_s = math.ceil(end_s / SERVO_PERIOD_S) * SERVO_PERIOD_S
        servo.pulse(after.pointer_us, period_s + after.pointer_us / 1e6)
    return servo
