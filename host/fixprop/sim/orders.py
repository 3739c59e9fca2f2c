"""What can be said to a virtual Uno beside its serial line: words in, figures out."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from fixprop.errors import UsageError
from fixprop.sim.paths import Follow, Still, Track
from fixprop.sim.person import BARE_HAND, CARD, Person, card_beside
from fixprop.sim.sensors import LEFT, RIGHT

SIDES = {"left": LEFT, "right": RIGHT}
SPEEDS = (0.01, 100.0)
BEARINGS_DEG = (-90.0, 90.0)
RANGES_CM = (6.0, 150.0)  # nearer the sensor's curve folds back; farther it is the background
FILTER_MV = 27.0
"""So far below the middle of the noise lie the ranks that the firmware's filter keeps."""
MOST_TRUTHS = 100_000
"""Rows of one answer."""

Figures = dict[str, Any]


class Bench(Protocol):
    """A board with its power and its person."""

    person: Person
    seed: int

    @property
    def time_s(self) -> float:
        """Seconds since power-on."""

    @property
    def started_s(self) -> float | None:
        """When the sketch took its first sensor reading since the last reset; None: not yet."""

    @property
    def powered(self) -> bool:
        """Whether the board's power is on."""

    def power(self, on: bool) -> None:
        """Switch it."""

    def pace(self, speed: float) -> None:
        """Seconds of the chip in one of the wall clock, if this computer is fast enough."""


@dataclass(frozen=True)
class Order:
    """One thing that can be said."""

    usage: str
    text: str
    obey: Callable[[Bench, list[str]], Figures]


def obey(bench: Bench, line: str) -> Figures:
    """Do what `line` says; raises UsageError for what cannot be done."""
    name, *words = line.split() or ["help"]
    if name not in ORDERS:
        raise UsageError(f"no order '{name}': use one of {', '.join(ORDERS)}")
    return ORDERS[name].obey(bench, words)


def _misused(name: str, words: list[str]) -> UsageError:
    said = " ".join([name, *words])
    return UsageError(f"'{said}': use {ORDERS[name].usage}")


def _number(word: str, what: str, low: float, high: float, unit: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        raise UsageError(f"{what} '{word}': use {low:g} to {high:g}{unit}")
    return value


def _range_cm(word: str) -> float:
    return _number(word, "distance", *RANGES_CM, " cm")


def _hand(bench: Bench, words: list[str]) -> Figures:
    person, now_s = bench.person, bench.time_s
    match words:
        case ["none"]:
            person.show_nothing(now_s)
        case ["follow"]:
            person.show(BARE_HAND, Follow(bench.seed, rest_s=0.0), now_s)
        case ["free"]:
            person.show(BARE_HAND, Track(bench.seed, leaves=False), now_s)
        case [bearing, distance]:
            bearing_deg = _number(bearing, "bearing", *BEARINGS_DEG, " degrees")
            person.show(BARE_HAND, Still(bearing_deg, _range_cm(distance)), now_s)
        case _:
            raise _misused("hand", words)
    return _now(bench)


def _card(bench: Bench, words: list[str]) -> Figures:
    person, now_s = bench.person, bench.time_s
    match words:
        case ["none"]:
            person.show_nothing(now_s)
        case [distance]:
            person.show(CARD, Still(0.0, _range_cm(distance)), now_s)
        case [distance, ("left" | "right") as side]:
            lowest_cm = CARD.width_cm
            edge_cm = _number(distance, "distance", lowest_cm, RANGES_CM[1], " cm")
            person.show(CARD, Still(*card_beside(SIDES[side], edge_cm)), now_s)
        case _:
            raise _misused("card", words)
    return _now(bench)


def _cover(bench: Bench, words: list[str]) -> Figures:
    match words:
        case ["none"]:
            bench.person.cover(None, bench.time_s)
        case [("left" | "right") as side]:
            bench.person.cover(SIDES[side], bench.time_s)
        case _:
            raise _misused("cover", words)
    return _now(bench)


def _power(bench: Bench, words: list[str]) -> Figures:
    match words:
        case [("on" | "off") as to]:
            bench.power(to == "on")
        case _:
            raise _misused("power", words)
    return _now(bench)


def _speed(bench: Bench, words: list[str]) -> Figures:
    match words:
        case [word]:
            bench.pace(_number(word, "speed", *SPEEDS, ""))
        case _:
            raise _misused("speed", words)
    return _now(bench)


def _sensors(bench: Bench, words: list[str]) -> Figures:
    if words:
        raise _misused("sensors", words)
    world = bench.person.world
    by_light = world.crosstalk_mv  # in all steps that the curve is fitted through
    return {
        name: {
            "gain": world.units[side].gain,
            "offset_mv": world.units[side].offset_mv,
            "beam_half_angle_deg": world.mount.half_angle_deg,
            "crosstalk_mv": world.crosstalk_mv[side],
            "offset_to_find_mv": world.units[side].offset_mv + by_light[side] - FILTER_MV,
        }
        for name, side in SIDES.items()
    }


def _truth(bench: Bench, words: list[str]) -> Figures:
    match words:
        case []:
            return _now(bench)
        case [first, last, every]:
            start_s = _number(first, "time", 0.0, bench.time_s, " s")
            end_s = _number(last, "time", start_s, bench.time_s, " s")
            step_s = _number(every, "step", 0.001, 3600.0, " s")
            count = int((end_s - start_s) / step_s + 1e-9) + 1
            if count > MOST_TRUTHS:
                raise UsageError(f"{count} rows: at most {MOST_TRUTHS}; use a longer step")
            return _truths(bench, start_s + step_s * np.arange(count))
        case _:
            raise _misused("truth", words)


def _now(bench: Bench) -> Figures:
    told = _truths(bench, bench.time_s)
    return told | {"powered": bench.powered, "started_s": bench.started_s}


def _truths(bench: Bench, time_s: ArrayLike) -> Figures:
    """Columns, or single figures for a single time; null while nothing is shown."""
    world = bench.person.world
    columns = {
        "time_s": time_s,
        **world.truths(time_s)._asdict(),
        "pointer_deg": world.servo.angle_deg(time_s),
    }
    return {name: _plain(np.asarray(column)) for name, column in columns.items()}


def _plain(column: np.ndarray[Any, Any]) -> Any:
    if column.dtype == bool:
        return column.tolist()
    known: np.ndarray[Any, Any] = column.astype(object)
    known[~np.isfinite(column)] = None
    return known.tolist()


def _help(_bench: Bench, _words: list[str]) -> Figures:
    return {order.usage: order.text for order in ORDERS.values()}


ORDERS = {
    "hand": Order(
        "hand none|follow|free|BEARING RANGE",
        "take the hand away; follow the pointer, and stay away while a lesson rests; move over the "
        "field; or hold it still: degrees to the right, cm",
        _hand,
    ),
    "card": Order(
        "card none|CM [left|right]",
        "take the card away or hold it square to the sensors; left, right: all of it on that side "
        "of the centre line, its edge on the line",
        _card,
    ),
    "cover": Order(
        "cover none|left|right", "lay a finger on a sensor; a bare hand goes away for it", _cover
    ),
    "power": Order("power off|on", "flash, EEPROM and the person's hand outlive it", _power),
    "speed": Order("speed X", "seconds of the chip in a second", _speed),
    "sensors": Order(
        "sensors",
        "the hidden constants; offset_to_find_mv: what a calibration should come to, as it holds the "
        "other sensor's light and the firmware's filter too",
        _sensors,
    ),
    "truth": Order(
        "truth [FROM TO EVERY]",
        "where the hand is and where the servo points, now or at times since power-on in seconds",
        _truth,
    ),
    "help": Order("help", "this", _help),
}
