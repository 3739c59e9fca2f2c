"""The wiring picture can be read: no wire over words, sensors' plugs as they are in the mount."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest

from hardware.circuit import leads
from hardware.wiring import NOTE, wiring

pytestmark = pytest.mark.usefixtures("wired")

TEXT = re.compile(
    r'<text x="([\d.]+)" y="([\d.]+)" text-anchor="(\w+)" font-size="([\d.]+)" fill="[^"]*" '
    r'font-weight="(\w+)"( transform=[^>]*)?>([^<]+)<'
)
RECT = re.compile(
    r'<rect fill="[^"]*" stroke="[^"]*" stroke-width="[^"]*" x="([-\d.]+)" y="([-\d.]+)" '
    r'width="([-\d.]+)" height="([-\d.]+)"'
)
WIRE = re.compile(r'<path d="([^"]+)" fill="none" stroke="#ffffff"')  # the edge that every wire has
EM = {"normal": 0.6, "bold": 0.735}  # mean widths of DejaVu Sans, the latter of its capitals

Box = tuple[float, float, float, float]


def boxes() -> dict[str, Box]:
    """Left, top, right, bottom of all words that are not turned, by the words and where they are."""
    found = {}
    for x, y, anchor, size, weight, turned, words in TEXT.findall(wiring()):
        if turned:
            continue
        width, height = EM[weight] * float(size) * len(words), 0.75 * float(size)
        left = float(x) - {"start": 0, "middle": width / 2, "end": width}[anchor]
        found[f"{words} at {x}, {y}"] = left, float(y) - height, left + width, float(y)
    return found


def points(path: str) -> np.ndarray:
    """Points along a wire: M, then C, V, H and q, as wiring.py draws them."""
    at, run = np.zeros(2), []
    for command, numbers in re.findall(r"([MCVHq])([-\d. ]+)", path):
        n = [float(number) for number in numbers.split()]
        if command in "VH":
            end = np.array([at[0], n[0]] if command == "V" else [n[0], at[1]])
            knots = [at, end]
        else:
            knots = [at, *(np.array(n).reshape(-1, 2) + (at if command == "q" else 0))]
        if command == "M":
            at = knots[-1]
            continue
        t = np.linspace(0, 1, 200)[:, None]
        layer = [np.broadcast_to(knot, (200, 2)) for knot in knots]  # de Casteljau
        while len(layer) > 1:
            layer = [(1 - t) * a + t * b for a, b in pairwise(layer)]
        run.append(layer[0])
        at = knots[-1]
    return np.concatenate(run)


def test_no_wire_runs_over_words() -> None:
    wires = [points(path) for path in WIRE.findall(wiring())]
    assert len(wires) > 15
    hit = []
    for words, (left, top, right, bottom) in boxes().items():
        for wire in wires:
            x, y = wire.T
            if np.any((x > left - 2) & (x < right + 2) & (y > top - 2) & (y < bottom + 2)):
                hit.append(words)
    assert hit == []


def test_words_are_inside_a_box_or_outside_of_it() -> None:
    large = [tuple(map(float, r)) for r in RECT.findall(wiring()) if float(r[2]) > 100]
    assert len(large) >= 6
    cut = []
    for words, (left, top, right, bottom) in boxes().items():
        for x, y, width, height in large:
            apart = right < x or left > x + width or bottom < y or top > y + height
            inside = left >= x and right <= x + width and top >= y and bottom <= y + height
            if not apart and not inside:
                cut.append(words)
    assert cut == []


@pytest.mark.parametrize(("ref", "column"), [("S1", 640), ("S2", 850)])
def test_a_sensors_pins_are_in_the_order_of_the_real_plug(ref: str, column: float) -> None:
    """From the back, plug below: Vcc, GND, Vo from the left (DFRobot, SEN0014). So from the front
    with the plug to the left, as the mount's picture from behind has it to the right, Vo is on top.
    """
    holes = {lead.start: lead.hole for lead in leads() if lead.start.startswith(f"{ref}.")}
    assert list(holes) == [f"{ref}.{pin}" for pin in ("Vo", "GND", "Vcc")]
    starts = [
        wire[0]
        for wire in map(points, WIRE.findall(wiring()))
        if abs(wire[0][0] - column) < 60 and wire[0][1] < 300
    ]
    assert len(starts) == 3
    assert [start[0] < column - 30 for start in starts] == [True] * 3
    heights = [start[1] for start in starts]
    assert heights == sorted(heights)


def test_the_picture_says_whose_left_is_meant() -> None:
    assert all(f">{line}<" in wiring() for line in NOTE)
    assert "S1 is the left one for somebody who looks the way they look." in NOTE
