"""The circuit, once: its parts, its nets, and where each lead goes on the breadboard.

The board's pins are those of the firmware (host/fixprop/tracking/definition.py). The schematic, the
wiring picture and the connection table are drawn from here; a test takes the breadboard's holes,
works out what they connect, and compares that with the nets.
"""

from __future__ import annotations

from dataclasses import dataclass

from fixprop.tracking.definition import CONSTANTS

BOARD = "U1"
TOP, BOTTOM = "top", "bottom"  # the breadboard's rails: the Uno's 5 V, the servo's 5 V
COLUMNS = 30
RAIL_HOLES = 25  # of 400 holes 300 are in the columns, so each of the four rails has 25


@dataclass(frozen=True)
class Pin:
    """A pin of the Uno that the firmware uses."""

    constant: str  # its name in the definition
    label: str  # as printed on the board
    text: str

    @property
    def terminal(self) -> str:
        """Its name in the nets."""
        return f"{BOARD}.{self.label}"


@dataclass(frozen=True)
class Part:
    """A part and its terminals; `on_board`: it is on the Uno already."""

    ref: str
    name: str
    terminals: tuple[str, ...]
    on_board: bool = False


@dataclass(frozen=True)
class Lead:
    """From a terminal (`S1.Vo`) or a hole to a hole: `j17`, or a rail's third: `top+ 3`."""

    start: str
    hole: str
    colour: str
    why: str


COLOURS = {
    "+5V": "red",
    "GND": "black",
    "+5V SERVO": "orange",
    "SUPPLY": "orange",
    "LEFT": "yellow",
    "RIGHT": "green",
    "SERVO": "violet",
    "BUTTON": "blue",
}


def definition_pins() -> dict[str, Pin]:
    """Every PIN_ constant of the definition, by name; the LED's 13 is printed D13 here too."""
    pins = {}
    for c in CONSTANTS:
        if c.name.startswith("PIN_"):
            letter = c.unit if c.unit in ("A", "D") else "D"
            pins[c.name] = Pin(c.name, f"{letter}{c.value}", c.text)
    return pins


def _board_terminals(pins: dict[str, Pin]) -> tuple[str, ...]:
    return ("5V", "GND", *(pin.label for pin in pins.values()))


def parts() -> tuple[Part, ...]:
    """All parts of the circuit, the Uno first."""
    pins = definition_pins()
    found = [
        Part(BOARD, "Arduino Uno", _board_terminals(pins)),
        Part("S1", "left sensor", ("Vo", "GND", "Vcc")),  # in the order of its pins 1, 2, 3
        Part("S2", "right sensor", ("Vo", "GND", "Vcc")),
        Part("C1", "47 µF at the left sensor", ("+", "-")),
        Part("C2", "47 µF at the right sensor", ("+", "-")),
        Part("M1", "servo", ("signal", "V+", "GND")),
        Part("C3", "470 µF at the servo", ("+", "-")),
        Part("F1", "polyfuse 0.75 A", ("1", "2")),
        Part("PS1", "5 V supply", ("+", "-")),
    ]
    if "PIN_BUTTON" in pins:
        found.append(Part("SW1", "button", ("1", "2")))
    if "PIN_LED" in pins:
        found.append(Part("LED", "the Uno's own LED", ("anode",), on_board=True))
    return tuple(found)


def nets() -> dict[str, frozenset[str]]:
    """Terminals (`part.terminal`) that are connected, by the net's name."""
    pins = definition_pins()
    found = {
        "+5V": {f"{BOARD}.5V", "S1.Vcc", "S2.Vcc", "C1.+", "C2.+"},
        "GND": {f"{BOARD}.GND", "S1.GND", "S2.GND", "C1.-", "C2.-", "C3.-", "M1.GND", "PS1.-"},
        "LEFT": {pins["PIN_LEFT_SENSOR"].terminal, "S1.Vo"},
        "RIGHT": {pins["PIN_RIGHT_SENSOR"].terminal, "S2.Vo"},
        "SERVO": {pins["PIN_SERVO"].terminal, "M1.signal"},
        "SUPPLY": {"PS1.+", "F1.1"},
        "+5V SERVO": {"F1.2", "M1.V+", "C3.+"},
    }
    if "PIN_BUTTON" in pins:
        found["BUTTON"] = {pins["PIN_BUTTON"].terminal, "SW1.1"}
        found["GND"].add("SW1.2")
    if "PIN_LED" in pins:
        found["LED"] = {pins["PIN_LED"].terminal, "LED.anode"}
    return {name: frozenset(terminals) for name, terminals in found.items()}


def net_of(terminal: str) -> str:
    """The net a terminal is on; KeyError if it is on none."""
    for name, terminals in nets().items():
        if terminal in terminals:
            return name
    raise KeyError(terminal)


# In the order in which they are put in: rails, sensors, servo, button, supply.
_RAILS = (
    (f"{BOARD}.5V", "top+ 3", "sensors only: never the servo"),
    (f"{BOARD}.GND", "top- 4", ""),
    ("top- 1", "bottom- 1", "one ground for both supplies: the pulse needs it"),
)
_SENSORS = tuple(
    lead
    for sensor, capacitor, side, first, rail in (
        ("S1", "C1", "LEFT", 17, 18),
        ("S2", "C2", "RIGHT", 24, 24),
    )
    for lead in (
        (f"{sensor}.Vo", f"j{first}", "pin 1 of the sensor"),
        (f"{sensor}.GND", f"j{first + 1}", "pin 2"),
        (f"{sensor}.Vcc", f"j{first + 2}", "pin 3"),
        (f"{capacitor}.-", f"g{first + 1}", "its stripe"),
        (f"{capacitor}.+", f"g{first + 2}", "beside the sensor's plug: 10 µF or more"),
        (f"h{first + 1}", f"top- {rail + 1}", ""),
        (f"i{first + 2}", f"top+ {rail}", ""),
        (f"{BOARD}:{side}", f"f{first}", "the sensor's voltage"),
    )
)
_SERVO = (
    ("M1.signal", "a14", "the servo's orange or yellow wire"),
    ("M1.V+", "a15", "its red wire"),
    ("M1.GND", "a16", "its brown or black wire"),
    ("C3.+", "c15", "beside the servo's plug"),
    ("C3.-", "c16", "its stripe"),
    ("e15", "bottom+ 17", ""),
    ("d16", "bottom- 16", ""),
    (f"{BOARD}:SERVO", "e14", "Timer1 makes the pulse"),
)
_SUPPLY = (
    ("F1.1", "c26", ""),
    ("F1.2", "c28", ""),
    ("b28", "bottom+ 24", ""),
    ("PS1.+", "a26", "not plugged in yet"),
    ("PS1.-", "bottom- 21", ""),
)
_BUTTON = (
    ("SW1.1", "f7", "over the gap; the legs used are diagonal"),
    ("SW1.2", "e9", ""),
    ("b9", "bottom- 8", ""),
    (f"{BOARD}:BUTTON", "h7", "the chip's own resistor pulls it up"),
)


def leads() -> tuple[Lead, ...]:
    """Every lead and jumper of the breadboard, in the order of assembly."""
    wanted = _RAILS + _SENSORS + _SERVO
    if "PIN_BUTTON" in definition_pins():
        wanted += _BUTTON
    wanted += _SUPPLY
    found = []
    for start, hole, why in wanted:
        board, _, net = start.partition(":")
        if net:
            (start,) = (t for t in nets()[net] if t.startswith(f"{board}."))
        found.append(Lead(start, hole, _colour(start, hole), why))
    return tuple(found)


def _colour(start: str, hole: str) -> str:
    """Jumpers take the colour of the rail they end on."""
    if "." in start:
        return COLOURS[net_of(start)]
    rail = hole.split()[0]
    return {"top+": COLOURS["+5V"], "bottom+": COLOURS["+5V SERVO"]}.get(rail, COLOURS["GND"])


def strip(hole: str) -> str:
    """What a hole is connected with inside the breadboard: a rail, or half a column of five holes."""
    if hole.startswith((TOP, BOTTOM)):
        rail, number = hole.split()
        if not 1 <= int(number) <= RAIL_HOLES:
            raise ValueError(f"no hole {hole} in a rail of {RAIL_HOLES} holes")
        return rail
    row, column = hole[0], int(hole[1:])
    if row not in "abcdefghij" or not 1 <= column <= COLUMNS:
        raise ValueError(f"no hole {hole} on a breadboard of {COLUMNS} columns")
    return f"{'lower' if row <= 'e' else 'upper'} {column}"
