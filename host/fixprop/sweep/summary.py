"""What a sweep found: median and quartiles of the tracking error, by parameter and by setting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from fixprop.sweep.point import PARAMETERS, Point, Value
from fixprop.sweep.results import Row

ERROR = "rmse_everywhere_deg"
"""What settings are ranked by: `rmse_deg` would forgive a mounting what its beams do not touch."""

MOST_VALUES, GROUPS = 8, 5  # more different numbers than that are shown in groups of equal width

Setting = tuple[Value, ...]


@dataclass(frozen=True)
class Quartiles:
    """Of the tracking error in degrees, over `runs` runs; medians of the rest."""

    runs: int
    first: float
    median: float
    third: float
    rmse_deg: float
    seen: float
    zone_accuracy_45cm: float


@dataclass(frozen=True)
class Effect:
    """All runs with one value of one parameter, or with values between two limits."""

    parameter: str
    value: str
    error: Quartiles


@dataclass(frozen=True)
class Ranked:
    """All runs of one setting; `better`: in so many of the same builds it beats the tracker's own."""

    setting: dict[str, Value]
    error: Quartiles
    better: float | None


@dataclass(frozen=True)
class Summary:
    """Of a results file."""

    runs: int
    varied: list[str]
    effects: list[Effect]
    settings: list[Ranked]  # the best first

    def as_json(self) -> dict[str, Any]:
        """Everything, by name."""
        return {"error": ERROR, **asdict(self)}


def summarise(rows: Sequence[Row]) -> Summary:
    """The summary of at least one run."""
    varied = [name for name in PARAMETERS if len({value(row, name) for row in rows}) > 1]
    return Summary(len(rows), varied, list(_effects(rows, varied)), _settings(rows, varied))


def value(row: Row, parameter: str) -> Value:
    """A run's value of a parameter."""
    of: Value = getattr(row.point, parameter)
    return of


def quartiles(rows: Iterable[Row]) -> Quartiles:
    """Runs that had nothing to judge are left out of the median in question."""
    listed = list(rows)
    first, median, third = np.quantile(_column(listed, ERROR), (0.25, 0.5, 0.75)).tolist()
    rest = {
        name: float(np.median(_column(listed, name)))
        for name in ("rmse_deg", "seen", "zone_accuracy_45cm")
    }
    return Quartiles(len(listed), first, median, third, **rest)


def _column(rows: list[Row], name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    known = [of for row in rows if (of := row.figures.get(name)) is not None]
    return np.array(known or [np.nan])


def groups(rows: Sequence[Row], parameter: str) -> list[tuple[str, float | None, list[Row]]]:
    """(name, place on an axis, runs) for each value of a parameter, or for each group of values."""
    values = sorted({value(row, parameter) for row in rows}, key=_order)
    if len(values) <= MOST_VALUES or any(isinstance(of, str) for of in values):
        return [
            (text_of(of), None if isinstance(of, str) else of, _with(rows, parameter, of))
            for of in values
        ]
    numbers = np.array([value(row, parameter) for row in rows], np.float64)
    spaced = np.geomspace if PARAMETERS[parameter].logarithmic else np.linspace
    edges = spaced(numbers.min(), numbers.max(), GROUPS + 1)
    at = np.clip(np.searchsorted(edges, numbers, side="right") - 1, 0, GROUPS - 1)
    return [
        (
            f"{edges[i]:.3g} to {edges[i + 1]:.3g}",
            float(np.median(numbers[at == i])),
            [row for row, group in zip(rows, at, strict=True) if group == i],
        )
        for i in np.unique(at)
    ]


def _with(rows: Sequence[Row], parameter: str, wanted: Value) -> list[Row]:
    return [row for row in rows if value(row, parameter) == wanted]


def _order(of: Value) -> tuple[Any, ...]:
    """Numbers by size, hidden layers too; names by letter."""
    if not isinstance(of, str):
        return (0, of)
    layers = of.split("-")
    if not all(layer.isdecimal() for layer in layers):
        return (1, of)
    return (0, len(layers), *map(int, layers))


def text_of(of: Value) -> str:
    """As a table shows it."""
    return of if isinstance(of, str) else f"{of:.4g}"


def _effects(rows: Sequence[Row], varied: list[str]) -> Iterable[Effect]:
    for name in varied:
        for text, _, chosen in groups(rows, name):
            yield Effect(name, text, quartiles(chosen))


def _settings(rows: Sequence[Row], varied: list[str]) -> list[Ranked]:
    by_setting: dict[Setting, list[Row]] = {}
    for row in rows:
        by_setting.setdefault(tuple(value(row, name) for name in varied), []).append(row)
    own = [row for row in rows if replace(row.point, seed=Point.seed) == Point()]
    ranked = [
        Ranked(dict(zip(varied, of, strict=True)), quartiles(chosen), _better(chosen, own))
        for of, chosen in by_setting.items()
    ]
    return sorted(ranked, key=lambda one: one.error.median)


def _better(rows: list[Row], own: list[Row]) -> float | None:
    """The part of the builds tried with both; None if there is none, or they are the same runs."""
    errors = {row.point.seed: row.figures[ERROR] for row in own}
    pairs = [(row.figures[ERROR], errors.get(row.point.seed)) for row in rows]
    wins = [ours < theirs for ours, theirs in pairs if ours is not None and theirs is not None]
    return float(np.mean(wins)) if wins and rows != own else None
