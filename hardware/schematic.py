"""The schematic, drawn from the circuit: every box's pins are its terminals, every wire a net."""

from __future__ import annotations

from hardware.circuit import BOARD, definition_pins, net_of, nets, parts
from hardware.svg import INK, MINUS, Drawing

WIDTH, HEIGHT = 1000, 670
_BODY = "#fbf6e6"
_NET_COLOURS = {
    "+5V": "#c8281e",
    "+5V SERVO": "#d96a00",
    "GND": INK,
    "LEFT": "#a87900",
    "RIGHT": "#23803c",
    "SERVO": "#7a3fb0",
    "BUTTON": "#1f7fa8",
    "SUPPLY": "#d96a00",
}
_BLOCK_TOPS = (40, 210, 380)  # left sensor, right sensor, servo
_BOARD = (120, 40, 190, 560)  # x, y, width, height
_BLOCK_X, _BLOCK_WIDTH = 730, 190


class _Sheet:
    """A drawing that remembers which terminals it has shown."""

    def __init__(self) -> None:
        self.drawing = Drawing(WIDTH, HEIGHT, "hardware/circuit.py")
        self.shown: set[str] = set()

    def show(self, terminal: str) -> str:
        """Mark a terminal as drawn; the colour of its net."""
        self.shown.add(terminal)
        return _NET_COLOURS.get(net_of(terminal), INK)

    def box(self, x: float, y: float, width: float, height: float, ref: str, name: str) -> None:
        d = self.drawing
        d.rect(x, y, width, height, fill=_BODY, stroke_width=2, rx=4)
        d.text(x + width / 2, y + height / 2 - 4, ref, "middle", 17, weight="bold")
        d.text(x + width / 2, y + height / 2 + 15, name, "middle", 13)

    def pin(self, x: float, y: float, label: str, into: int, number: str = "") -> None:
        """A pin's label inside its box; into: +1 if the box is to the right of x."""
        self.drawing.text(x + 8 * into, y + 4.5, label, "start" if into > 0 else "end", 13)
        if number:
            self.drawing.text(x - 6 * into, y - 5, number, "end" if into > 0 else "start", 10)

    def ground(self, x: float, y: float) -> None:
        for half, down in ((11, 0), (7, 4.5), (3, 9)):
            self.drawing.line((x - half, y + down), (x + half, y + down), width=2)

    def supply(self, x: float, y: float, net: str) -> None:
        colour = _NET_COLOURS[net]
        self.drawing.line((x, y), (x, y - 12), stroke=colour, width=2)
        self.drawing.line((x - 10, y - 12), (x + 10, y - 12), stroke=colour, width=2)
        self.drawing.text(x, y - 18, net, "middle", 12, colour, "bold")

    def capacitor(self, x: float, top: float, bottom: float, ref: str, value: str) -> None:
        """Polarised, its plus above."""
        d, middle = self.drawing, (top + bottom) / 2
        d.line((x, top), (x, middle - 4), stroke=self.show(f"{ref}.+"), width=2)
        d.line((x, middle + 5), (x, bottom), stroke=self.show(f"{ref}.-"), width=2)
        d.rect(x - 13, middle - 7, 26, 4, fill="#fff", stroke_width=1.5)
        d.rect(x - 13, middle + 2, 26, 4, fill=INK)
        d.text(x - 18, middle - 9, "+", "middle", 13)
        d.text(x + 20, middle - 3, ref, "start", 13, weight="bold")
        d.text(x + 20, middle + 13, value, "start", 12)

    def dot(self, x: float, y: float, colour: str = INK) -> None:
        self.drawing.circle(x, y, 3.6, colour)


def _block(sheet: _Sheet, top: float, ref: str, value: str, pins: tuple[str, str, str]) -> None:
    """A sensor or the servo with its capacitor; pins: signal, plus, ground, from above."""
    signal, plus, ground = pins
    part = next(p for p in parts() if p.ref == ref)
    d, left, capacitor_x, symbol_x = sheet.drawing, _BLOCK_X, 610.0, 500.0
    sheet.box(left, top, _BLOCK_WIDTH, 130, ref, part.name)
    board_pin = next(t for t in nets()[net_of(f"{ref}.{signal}")] if t.startswith(BOARD))
    heights = {signal: top + 22, plus: top + 62, ground: top + 108}
    for label, y in heights.items():
        number = str(part.terminals.index(label) + 1) if ref != "M1" else ""
        sheet.pin(left, y, label, +1, number)
    y = heights[signal]
    colour = sheet.show(f"{ref}.{signal}")
    d.line((_BOARD[0] + _BOARD[2], y), (left, y), stroke=colour, width=2)
    sheet.show(board_pin)
    sheet.pin(_BOARD[0] + _BOARD[2], y, board_pin.split(".")[1], -1)
    d.text(_BOARD[0] + _BOARD[2] + 14, y - 7, net_of(board_pin), "start", 11, colour)
    net = net_of(f"{ref}.{plus}")
    for y, terminal in ((heights[plus], plus), (heights[ground], ground)):
        d.line((symbol_x, y), (left, y), stroke=sheet.show(f"{ref}.{terminal}"), width=2)
        sheet.dot(capacitor_x, y, _NET_COLOURS[net_of(f"{ref}.{terminal}")])
    if net == "+5V":
        sheet.supply(symbol_x, heights[plus], net)
    sheet.ground(symbol_x, heights[ground])
    capacitor = {"S1": "C1", "S2": "C2", "M1": "C3"}[ref]
    sheet.capacitor(capacitor_x, heights[plus], heights[ground], capacitor, value)


def _fuse_and_supply(sheet: _Sheet) -> None:
    """PS1 through F1 to the servo's plus, whose line ends at x = 500."""
    d, plus = sheet.drawing, _BLOCK_TOPS[2] + 62
    x, top = 500.0, 570.0
    sheet.box(x + 40, top - 25, 150, 70, "PS1", "5 V supply")
    sheet.pin(x + 40, top, "+", +1)
    sheet.pin(x + 190, top, MINUS, -1)
    colour = sheet.show("PS1.+")
    d.line((x - 40, plus), (x, plus), stroke=sheet.show("F1.2"), width=2)
    d.rect(x - 50, plus + 32, 20, 44, fill=_BODY, stroke_width=2)
    d.line((x - 55, plus + 70), (x - 25, plus + 38), width=1.5)
    d.line((x - 25, plus + 38), (x - 18, plus + 38), width=1.5)
    d.line((x - 40, plus), (x - 40, plus + 32), stroke=colour, width=2)
    d.line((x - 40, plus + 76), (x - 40, top), (x + 40, top), stroke=sheet.show("F1.1"), width=2)
    d.text(x - 60, plus + 50, "F1", "end", 13, weight="bold")
    d.text(x - 60, plus + 66, "0.75 A", "end", 12)
    sheet.supply(x - 40, plus, "+5V SERVO")
    d.line((x + 190, top), (x + 215, top), stroke=sheet.show("PS1.-"), width=2)
    d.line((x + 215, top), (x + 215, top + 14), width=2)
    sheet.ground(x + 215, top + 14)


def _board(sheet: _Sheet) -> None:
    x, y, width, height = _BOARD
    sheet.box(x, y, width, height, BOARD, "Arduino Uno")
    d = sheet.drawing
    for label, at in (("5V", y + 62), ("GND", y + 108)):
        terminal = f"{BOARD}.{label}"
        d.line((x - 45, at), (x, at), stroke=sheet.show(terminal), width=2)
        sheet.pin(x, at, label, +1)
    sheet.supply(x - 45, y + 62, "+5V")
    sheet.ground(x - 45, y + 108)
    d.rect(x - 14, y + 300, 30, 52, fill="#d7dbe0")
    d.text(x - 24, y + 322, "USB", "end", 13)
    d.text(x - 24, y + 338, "500 mA", "end", 11)


def _button_and_led(sheet: _Sheet) -> None:
    d, right, pins = sheet.drawing, _BOARD[0] + _BOARD[2], definition_pins()
    if "PIN_BUTTON" in pins:
        y, pin = 555.0, pins["PIN_BUTTON"]
        colour = sheet.show("SW1.1")
        sheet.show(pin.terminal)
        sheet.pin(right, y, pin.label, -1)
        d.line((right, y), (right + 35, y), stroke=colour, width=2)
        sheet.dot(right + 35, y)
        sheet.dot(right + 75, y)
        d.line((right + 35, y - 12), (right + 75, y - 12), width=2)
        d.line((right + 55, y - 12), (right + 55, y - 22), width=2)
        d.text(right + 55, y - 29, "SW1", "middle", 13, weight="bold")
        d.line((right + 75, y), (right + 100, y), stroke=sheet.show("SW1.2"), width=2)
        d.line((right + 100, y), (right + 100, y + 14), width=2)
        sheet.ground(right + 100, y + 14)
    if "PIN_LED" in pins:
        y, pin = 505.0, pins["PIN_LED"]
        sheet.show(pin.terminal)
        sheet.show("LED.anode")
        d.text(right - 8, y + 4.5, f"{pin.label}: its own LED", "end", 12)


def _notes(sheet: _Sheet) -> None:
    notes = (
        "The sensors live on the Uno's 5 V, the servo on PS1;",
        "only GND is common. Pin numbers are the sensor's own.",
    )
    for row, note in enumerate(notes):
        sheet.drawing.text(WIDTH - 20, HEIGHT - 28 + 17 * row, note, "end", 12, "#555")


def schematic() -> tuple[str, set[str]]:
    """The SVG, and the terminals it shows."""
    sheet = _Sheet()
    _board(sheet)
    sensor = ("Vo", "Vcc", "GND")
    _block(sheet, _BLOCK_TOPS[0], "S1", "47 µF", sensor)
    _block(sheet, _BLOCK_TOPS[1], "S2", "47 µF", sensor)
    _block(sheet, _BLOCK_TOPS[2], "M1", "470 µF", ("signal", "V+", "GND"))
    _fuse_and_supply(sheet)
    _button_and_led(sheet)
    _notes(sheet)
    return sheet.drawing.svg(), sheet.shown
