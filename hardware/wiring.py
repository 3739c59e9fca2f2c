"""The wiring picture: a breadboard with every lead of the circuit in its hole."""

from __future__ import annotations

from hardware.circuit import (
    BOARD,
    BOTTOM,
    COLUMNS,
    RAIL_HOLES,
    TOP,
    Lead,
    definition_pins,
    leads,
    parts,
)
from hardware.svg import MINUS, Drawing

WIDTH, HEIGHT = 1040, 990
PITCH = 26.0
_LEFT, _TOP = 140.0, 430.0  # column 1; the top + rail
_ROWS = {
    "top+": 0.0, "top-": 1.0,
    **{row: 2.6 + i for i, row in enumerate("jihgf")},
    **{row: 8.6 + i for i, row in enumerate("edcba")},
    "bottom+": 14.2, "bottom-": 15.2,
}  # fmt: skip
COLOURS = {
    "red": "#d8261c",
    "black": "#22252a",
    "orange": "#f08a00",
    "yellow": "#e3b505",
    "green": "#2c9a48",
    "violet": "#8a4fbf",
    "blue": "#2b8fc4",
}
_UNO = (40.0, 70.0, 430.0, 230.0)
_HEADER_TOP = (
    "D13",
    "D12",
    "D11",
    "D10",
    "D9",
    "D8",
    "D7",
    "D6",
    "D5",
    "D4",
    "D3",
    "D2",
    "D1",
    "D0",
)
_HEADER_BOTTOM = ("RST", "3V3", "5V", "GND", "GND", "VIN", "", "A0", "A1", "A2", "A3", "A4", "A5")
_CABLES = {"S1": (640.0, 160.0), "S2": (850.0, 160.0), "M1": (504.0, 920.0), "PS1": (777.0, 920.0)}

NOTE = (
    "Each sensor is seen from the front; cables' colours differ by maker.",
    "S1 is the left one for somebody who looks the way they look.",
)

Point = tuple[float, float]


def hole_xy(hole: str) -> Point:
    """Middle of a hole of the breadboard. A rail's holes lie in groups of five."""
    row, number = hole.split() if " " in hole else (hole[0], hole[1:])
    place = int(number) - 1
    if row.startswith((TOP, BOTTOM)):
        place += place // 5
    return _LEFT + place * PITCH, _TOP + _ROWS[row] * PITCH


def _uno_xy(label: str) -> Point:
    x, y, _, height = _UNO
    if label in _HEADER_TOP:
        i = _HEADER_TOP.index(label)
        return x + 105 + 23 * i + (6 if i > 5 else 0), y + 14
    return x + 118 + 23.5 * _HEADER_BOTTOM.index(label), y + height - 14


def _breadboard(d: Drawing) -> None:
    d.rect(
        _LEFT - 45,
        _TOP - 26,
        (COLUMNS - 1) * PITCH + 90,
        15.2 * PITCH + 52,
        "#f4f2ec",
        "#b9b5a8",
        2,
        8,
    )
    for rail, colour, offset in (
        ("top+", "red", -13), ("top-", "black", 13), ("bottom+", "red", -13), ("bottom-", "black", 13),
    ):  # fmt: skip
        y = _TOP + _ROWS[rail] * PITCH
        line = "#e08a80" if colour == "red" else "#8aa0d0"
        d.line(
            (_LEFT - 14, y + offset), (_LEFT + 29 * PITCH + 14, y + offset), stroke=line, width=2
        )
        d.text(_LEFT - 30, y + 5, rail[-1].replace("-", MINUS), "middle", 16, line, "bold")
    gap = _TOP + 7.6 * PITCH
    d.rect(_LEFT - 45, gap - 8, (COLUMNS - 1) * PITCH + 90, 16, "#e4e1d7", "none")
    for row in _ROWS:
        for hole in range(1, 1 + (RAIL_HOLES if row.startswith((TOP, BOTTOM)) else COLUMNS)):
            x, y = hole_xy(f"{row} {hole}")
            d.rect(x - 3.5, y - 3.5, 7, 7, "#4b4f57", "none", 0, 1.5)
    for row in "jihgfedcba":
        y = _TOP + _ROWS[row] * PITCH + 4
        for x in (_LEFT - 30, _LEFT + 29 * PITCH + 30):
            d.text(x, y, row, "middle", 11, "#8d897c")
    for column in (1, *range(5, COLUMNS + 1, 5)):
        # In the gap, where no wire lies over them.
        d.text(hole_xy(f"e{column}")[0], gap + 4, str(column), "middle", 11, "#6b685d")


def _uno(d: Drawing) -> None:
    x, y, width, height = _UNO
    used = {pin.label for pin in definition_pins().values()} | {"5V", "GND"}
    d.rect(x, y, width, height, "#2a7f8e", "#1b5b66", 2, 10)
    d.rect(x - 22, y + 40, 70, 58, "#c9cdd3", "#8c9198", 1.5, 3)
    d.text(x + 14, y + 74, "USB", "middle", 12)
    d.rect(x - 10, y + height - 72, 66, 44, "#2b2d31", "#17181a", 1.5, 3)
    d.rect(x + 205, y + 120, 190, 42, "#26282c", "#111", 1, 3)
    d.text(x + 300, y + 146, "ATmega328P", "middle", 13, "#cfd3d8")
    d.text(x + 85, y + 98, "ARDUINO UNO", "start", 15, "#ffffff", "bold")
    d.text(x + 85, y + 116, BOARD, "start", 13, "#d5eef2")
    for labels, down in ((_HEADER_TOP, 20.0), (_HEADER_BOTTOM, -14.0)):
        first, last = _uno_xy(labels[0]), _uno_xy(labels[-1])
        d.rect(first[0] - 12, first[1] - 11, last[0] - first[0] + 24, 22, "#1d1f23", "#111", 1, 2)
        for i, label in enumerate(labels):
            if not label:
                continue
            y_pin = first[1]
            at = _uno_xy(label)[0] if label != "GND" else first[0] + 23.5 * i
            d.rect(at - 4, y_pin - 4, 8, 8, "#5a5f68", "none", 0, 1)
            strong = label in used and (label != "GND" or i == _HEADER_BOTTOM.index("GND"))
            text_y = y_pin + down + (28 if down > 0 else -8)
            d.text(
                at + 4, text_y, label, "start", 12 if strong else 10,
                "#ffffff" if strong else "#9fd0d8", "bold" if strong else "normal", -90,
            )  # fmt: skip


def _sensor(d: Drawing, ref: str, name: str) -> None:
    """From the front, its plug to the left, as in the mount: pin 1 is the uppermost.

    DFRobot's page of the SEN0014: seen from the back the plug's pins are Vcc, GND, Vo from the left.
    """
    x, y = _CABLES[ref]
    d.rect(x - 24, y - 86, 48, 12, "#33363c", "#111", 1.5, 6)
    d.rect(x - 24, y + 44, 48, 12, "#33363c", "#111", 1.5, 6)
    d.circle(x, y - 84, 5, "#ffffff")
    d.circle(x, y + 54, 5, "#ffffff")
    d.rect(x - 30, y - 76, 60, 122, "#33363c", "#111", 1.5, 4)
    for lens in (-46, 18):
        d.circle(x, y + lens, 17, "#5c1f2c", "#7b3a48")
    d.rect(x - 46, y - 30, 16, 38, "#efece2", "#8c897c", 1.5, 2)
    d.text(x + 38, y - 18, ref, size=16, weight="bold")
    d.text(x + 38, y, name, size=13)
    d.text(x + 38, y + 17, "GP2Y0A21", size=12, fill="#555")


def _servo(d: Drawing) -> None:
    x, y = _CABLES["M1"]
    d.rect(x - 74, y - 8, 148, 30, "#3f78c4", "#22508c", 1.5, 3)
    d.rect(x - 54, y - 22, 108, 58, "#4b86d6", "#22508c", 1.5, 5)
    d.circle(x + 24, y + 7, 20, "#3f78c4", "#22508c")
    d.rect(x + 18, y - 12, 12, 38, "#f4f4f4", "#888", 1, 6)
    d.circle(x + 24, y + 7, 4, "#888")
    d.text(x - 84, y + 3, "M1", "end", 16, weight="bold")
    d.text(x - 84, y + 20, "servo SG90", "end", 13)


def _supply(d: Drawing) -> None:
    x, y = _CABLES["PS1"]
    d.rect(x - 62, y - 16, 124, 56, "#3a3d43", "#17181a", 1.5, 6)
    d.text(x, y + 8, "PS1", "middle", 15, "#fff", "bold")
    d.text(x, y + 27, "5 V, 2 A", "middle", 12, "#d9dce0")


def _start(lead: Lead) -> Point:
    """Where a lead that does not begin on the breadboard begins."""
    ref, label = lead.start.split(".")
    if ref == BOARD:
        return _uno_xy(label)
    x, y = _CABLES[ref]
    i = next(p for p in parts() if p.ref == ref).terminals.index(label)
    if ref in ("S1", "S2"):
        return x - 42, y - 23 + 12 * i
    if ref == "M1":
        return x - 26 + 18 * i, y - 22
    return x + 14 - 28 * i, y - 16


def _insulated(d: Drawing, curve: str, end: Point, colour: str) -> None:
    """A wire with a white edge, so that crossings are seen, into its hole."""
    d.path(curve, "#ffffff", 7.5)
    d.path(curve, COLOURS[colour], 4.5)
    d.circle(*end, 4.6, COLOURS[colour])


def _at(point: Point) -> str:
    return f"{point[0]:.1f} {point[1]:.1f}"


def _wire(d: Drawing, start: Point, end: Point, bends: tuple[Point, Point], colour: str) -> None:
    curve = f"M{_at(start)} C{_at(bends[0])} {_at(bends[1])} {_at(end)}"
    _insulated(d, curve, end, colour)


def _around_the_uno(d: Drawing, start: Point, end: Point, lane: float, colour: str) -> None:
    """From the upper header over the board's right edge down to a hole, with round corners."""
    r, top = 14.0, _UNO[1] - 18 - lane
    right = _UNO[0] + _UNO[2] + 22 + lane
    level = _TOP - 58 + lane
    side = 1 if end[0] > right else -1
    curve = (
        f"M{_at(start)} V{top + r:.1f} q0 {-r} {r} {-r} H{right - r:.1f} "
        f"q{r} 0 {r} {r} V{level - r:.1f} q0 {r} {side * r} {r} H{end[0] - side * r:.1f} "
        f"q{side * r} 0 {side * r} {r} V{end[1]:.1f}"
    )
    _insulated(d, curve, end, colour)


def _beside_a_column(d: Drawing, start: Point, end: Point, level: float, colour: str) -> None:
    """From the lower header along `level`, then down between two columns to a hole."""
    r, down = 13.0, end[0] - PITCH / 2
    curve = (
        f"M{_at(start)} V{level - r:.1f} q0 {r} {r} {r} H{down - r:.1f} "
        f"q{r} 0 {r} {r} V{end[1] - r:.1f} q0 {r} {r} {r}"
    )
    _insulated(d, curve, end, colour)


def _lead(d: Drawing, lead: Lead, lane: float) -> None:
    end = hole_xy(lead.hole)
    if "." not in lead.start:
        start = hole_xy(lead.start)
        bulge = 20.0 if start[0] == end[0] and abs(start[1] - end[1]) > 200 else 0.0
        corner = end[0] - bulge, start[1]
        _wire(d, start, end, (corner, (corner[0], end[1]) if bulge else corner), lead.colour)
        d.circle(*start, 4.6, COLOURS[lead.colour])
        return
    start = _start(lead)
    ref, label = lead.start.split(".")
    if ref == BOARD and label in _HEADER_TOP:
        _around_the_uno(d, start, end, lane, lead.colour)
    elif ref == BOARD and label.startswith("A"):
        _beside_a_column(d, start, end, _UNO[1] + _UNO[3] + 56 - 14 * int(label[1:]), lead.colour)
    elif ref in ("S1", "S2"):
        _wire(d, start, end, ((start[0] - 50, start[1] + 20), (end[0], end[1] - 190)), lead.colour)
    elif ref == "PS1" or ref == "M1":
        _wire(d, start, end, ((start[0], start[1] - 40), (end[0], end[1] + 70)), lead.colour)
    else:
        _wire(d, start, end, ((start[0], start[1] + 70), (end[0], end[1] - 110)), lead.colour)


def _can(d: Drawing, ref: str, value: str, size: float) -> None:
    """An electrolytic capacitor over its two holes, its stripe on the minus side."""
    ends = {lead.start: hole_xy(lead.hole) for lead in leads() if lead.start.startswith(f"{ref}.")}
    (px, py), (mx, my) = ends[f"{ref}.+"], ends[f"{ref}.-"]
    x, y = (px + mx) / 2, (py + my) / 2
    d.circle(x, y, size, "#20242c", "#0c0e12")
    side = 1 if mx > px else -1
    d.rect(x + side * size * 0.72 - 4, y - size * 0.62, 8, size * 1.24, "#cfd3da", "none", 0, 2)
    d.text(x - side * 5, y - 1, ref, "middle", 11, "#fff", "bold")
    d.text(x - side * 5, y + 11, value, "middle", 9, "#fff")


def _fuse(d: Drawing) -> None:
    ends = [hole_xy(lead.hole) for lead in leads() if lead.start.startswith("F1.")]
    (ax, ay), (bx, _) = ends
    d.line((ax, ay), (bx, ay), stroke="#a9adb3", width=3)
    d.rect(ax + 4, ay - 13, bx - ax - 8, 26, "#e8a317", "#a87000", 1.5, 9)
    d.text((ax + bx) / 2, ay + 4.5, "F1", "middle", 12, weight="bold")


def _button(d: Drawing) -> None:
    (ax, ay), (bx, by) = (hole_xy(lead.hole) for lead in leads() if lead.start.startswith("SW1."))
    for x, y in ((ax, ay), (bx, by), (ax, by), (bx, ay)):
        d.circle(x, y, 4, "#a9adb3")
    x, y = (ax + bx) / 2, (ay + by) / 2
    d.rect(x - 25, y - 25, 50, 50, "#3a3d43", "#17181a", 1.5, 4)
    d.circle(x, y, 13, "#c9372c", "#7d1a12")
    d.text(x - 34, y + 4, "SW1", "end", 12, weight="bold")


def wiring() -> str:
    """The picture as SVG."""
    d = Drawing(WIDTH, HEIGHT, "hardware/circuit.py")
    _breadboard(d)
    _uno(d)
    for ref, name in (("S1", "left sensor"), ("S2", "right sensor")):
        _sensor(d, ref, name)
    _servo(d)
    _supply(d)
    bodies = ("C1.", "C2.", "C3.", "F1.", "SW1.")
    over_the_top = [lead.start for lead in leads() if lead.start.startswith(f"{BOARD}.D")]
    over_the_top.sort(key=lambda start: -_uno_xy(start.split(".")[1])[0])
    for lead in leads():
        if not lead.start.startswith(bodies):
            lane = 11.0 * over_the_top.index(lead.start) if lead.start in over_the_top else 0.0
            _lead(d, lead, lane)
    for ref, value, size in (("C1", "47 µ", 19), ("C2", "47 µ", 19), ("C3", "470 µ", 23)):
        _can(d, ref, value, size)
    _fuse(d)
    if any(part.ref == "SW1" for part in parts()):
        _button(d)
    d.text(WIDTH - 24, 30, NOTE[0], "end", 12, "#555")
    d.text(WIDTH - 24, 47, NOTE[1], "end", 12, "#555")
    d.text(20, HEIGHT - 40, "The two red rails stay apart:", size=12, fill="#555")
    d.text(20, HEIGHT - 23, "the upper is the Uno's, the lower the servo's.", size=12, fill="#555")
    return d.svg()
