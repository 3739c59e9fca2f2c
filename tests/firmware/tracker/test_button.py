"""Bounces become presses, millisecond by millisecond, in the firmware's C."""

from __future__ import annotations

from typing import Any

import pytest
from cffi import FFI
from hypothesis import given
from hypothesis import strategies as st

from fixprop.toolchain import build_shared_library
from fixprop.tracking.definition import VALUES
from fixprop.tracking.native_learner import TRACKER

SETTLED, LONG = VALUES["BUTTON_DEBOUNCE_MS"], VALUES["BUTTON_LONG_MS"]
NONE, SHORT, LONG_PRESS = range(3)


class Button:
    """The button's state machine; what it was told and what it made of it."""

    def __init__(self) -> None:
        ffi = FFI()
        ffi.cdef("""typedef struct { bool down; uint8_t unsettled_ms; uint16_t held_ms;
            uint8_t press; } button; void button_tick(button *, bool);""")
        path = build_shared_library("button_test", [TRACKER / "button.c"], include=[TRACKER])
        self._c: Any = ffi.dlopen(str(path))
        self.state: Any = ffi.new("button *")

    def hold(self, down: bool, milliseconds: int) -> list[int]:
        """The presses taken meanwhile."""
        presses = []
        for _ in range(milliseconds):
            self._c.button_tick(self.state, down)
            if self.state.press:
                presses.append(self.state.press)
                self.state.press = NONE
        return presses


@pytest.fixture
def button() -> Button:
    return Button()


def test_a_press_counts_once_when_it_is_let_go(button: Button) -> None:
    assert button.hold(True, 100) == []
    assert button.hold(False, SETTLED - 1) == []
    assert button.hold(False, 1) == [SHORT]
    assert button.hold(False, 5000) == []


def test_a_long_press_counts_while_it_is_held_and_not_again(button: Button) -> None:
    assert button.hold(True, SETTLED + LONG - 2) == []
    assert button.hold(True, 1) == [LONG_PRESS]
    assert button.hold(True, 60_000) == []  # held_ms does not run over
    assert button.hold(False, 5000) == []
    button.hold(True, 100)
    assert button.hold(False, 100) == [SHORT]


def test_just_less_than_long_is_short(button: Button) -> None:
    assert button.hold(True, LONG - 1) == []
    assert button.hold(False, 100) == [SHORT]


@pytest.mark.parametrize("milliseconds", [1, 5, SETTLED - 1])
def test_what_is_shorter_than_a_bounce_is_none(button: Button, milliseconds: int) -> None:
    for _ in range(50):
        assert button.hold(True, milliseconds) == []
        assert button.hold(False, 3) == []
    assert button.hold(False, 1000) == []


@given(
    st.lists(st.integers(1, SETTLED - 1), max_size=20),
    st.lists(st.integers(1, SETTLED - 1), max_size=20),
)
def test_bounces_of_any_pattern_make_one_press_of_one(going: list[int], coming: list[int]) -> None:
    button = Button()
    presses = []
    for edges, level in ((going, True), (coming, False)):
        for number, milliseconds in enumerate(edges):
            presses += button.hold(level == (number % 2 == 0), milliseconds)
        presses += button.hold(level, SETTLED + 100)
    assert presses == [SHORT]
