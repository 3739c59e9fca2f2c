"""What a worked example reports: each figure as expected and as it came out, and where bits differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

PLACES = ("float64", "mirror", "native", "chip")


@dataclass
class Row:
    """One figure: what is expected, and what each place gave; a place that was not asked is left out."""

    name: str
    expected: str
    values: dict[str, float]
    passed: bool = True


@dataclass
class Report:
    """The outcome of one example."""

    name: str
    title: str
    source: str
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)  # between places that must be equal

    @property
    def passed(self) -> bool:
        """Every figure within its bounds, and every bit equal."""
        return not self.differences and all(row.passed for row in self.rows)

    def as_json(self) -> dict[str, Any]:
        """For machines: expected, each place's figures by name, and the verdict."""
        figures = {
            place: {row.name: row.values[place] for row in self.rows if place in row.values}
            for place in PLACES
        }
        return {
            "expected": {row.name: row.expected for row in self.rows},
            **figures,
            "pass": self.passed,
            "source": self.source,
            "notes": self.notes,
            "differences": self.differences,
        }


def within(value: float, bounds: tuple[float, float]) -> bool:
    """Is `value` between the bounds, both included? NaN never is."""
    return bounds[0] <= value <= bounds[1]
