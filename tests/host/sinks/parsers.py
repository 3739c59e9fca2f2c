"""What other tools make of what they are sent, from their documentation and not from our writers.

Arduino Serial Plotter: build/shared/ArduinoSerialPlotterProtocol.md of github.com/arduino/Arduino:
a message ends with a line feed; its parts are separated by space, tab or comma; a part is
label:value. The IDE 2 discards the first line, as it may have begun before; labels have no spaces.
Teleplot: README.md of github.com/nesnes/teleplot: name:milliseconds:value§unit|flags, lines of a
packet separated by line feeds; `:` and `|` have no place in names, `,;:|.` none in units.
PlotJuggler: its udp_client.py and JSON parser: an object whose "timestamp" is a number; every number
within becomes a series named by its path; a packet is read into 2,048 bytes.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


def number(text: str) -> float:
    assert NUMBER.fullmatch(text), text
    return float(text)


def serial_plotter(text: str, *, first_is_whole: bool = True) -> list[dict[str, float]]:
    """A dictionary of series for each message; raises at what is not in the grammar."""
    *messages, rest = text.split("\n")
    assert rest == "", "an unfinished message"
    parsed = []
    for message in messages if first_is_whole else messages[1:]:
        series: dict[str, float] = {}
        for part in re.split(r"[ \t,]", message):
            label, colon, value = part.partition(":")
            assert colon and label and not label.isdigit(), part
            assert label not in series
            series[label] = number(value)
        parsed.append(series)
    for one, next_one in pairwise(parsed):
        assert list(one) == list(next_one), "the IDE 1.8 assigns series by their place"
    return parsed


@dataclass(frozen=True)
class Point:
    """A value as Teleplot keeps it."""

    name: str
    milliseconds: float
    value: float
    unit: str


def teleplot_packet(packet: bytes) -> list[Point]:
    """The points of a UDP packet."""
    assert len(packet) <= 1432, "the packet may be cut on the way"
    return [_teleplot_line(line) for line in packet.decode().split("\n")]


def _teleplot_line(line: str) -> Point:
    assert not line.startswith(("|", ">", "3D|")), "a command, a log or a shape"
    body, bar, flags = line.partition("|")
    assert not bar and not flags, "flags are for text and for XY"
    body, _, unit = body.partition("§")
    assert not set(unit) & set(",;:|.")
    name, stamp, value = body.split(":")
    assert name and not name.startswith("statsd") and "," not in name  # else a widget's label
    assert ";" not in value
    return Point(name, number(stamp), number(value), unit)


def teleplot_serial(text: str) -> list[Point]:
    """The points on a serial line, where a line without > is a log."""
    lines = text.split("\n")
    assert all(line.startswith(">") for line in lines)
    return [_teleplot_line(line[1:]) for line in lines]


def plotjuggler_packet(packet: bytes) -> tuple[float, dict[str, float]]:
    """The timestamp and the series of a packet."""
    assert len(packet) <= 2048
    message = json.loads(packet, parse_constant=_no_constants)
    stamp = message["timestamp"]
    assert isinstance(stamp, int | float) and math.isfinite(stamp)
    series: dict[str, float] = {}
    _flatten("", message, series)
    return stamp, series


def _no_constants(text: str) -> float:
    raise AssertionError(f"{text} is no JSON: PlotJuggler ends its server")


def _flatten(path: str, value: Any, series: dict[str, float]) -> None:
    match value:
        case dict():
            for key, inner in value.items():
                _flatten(f"{path}/{key}", inner, series)
        case list():
            for index, inner in enumerate(value):
                _flatten(f"{path}[{index}]", inner, series)
        case bool() | int() | float():
            series[path] = float(value)
        case _:
            pass
