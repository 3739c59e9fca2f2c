"""A table of named columns, numbers or text, that can say where a bad cell is."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from difflib import get_close_matches

import numpy as np
from numpy.typing import NDArray

from fixprop.errors import UsageError

Reals = NDArray[np.float64]
Cells = NDArray[np.float64] | NDArray[np.object_]
"""[rows]: numbers, or text as it stands in the file."""

MISSING = frozenset(("", "na", "n/a", "nan", "null", "none", "?"))
"""Text, in any case, that says that a cell has no value."""


@dataclass(frozen=True)
class Table:
    """A file's columns, all of the same length.

    `name`, `sha256`: of the file. `groups`: names that stand for several columns. `lines`: of each
    row in a text file; empty for others. `decimal_comma`: 5,1 is a number.
    """

    name: str
    sha256: str
    columns: dict[str, Cells]
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    lines: tuple[int, ...] = ()
    decimal_comma: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """In the order of the file."""
        return tuple(self.columns)

    @property
    def rows(self) -> int:
        """How many."""
        return len(next(iter(self.columns.values())))

    def choose(self, wanted: list[str]) -> list[str]:
        """Column names for names, groups, or numbers from 0, from the end below zero.

        UsageError for one that is not there, with those that are like it, or that comes twice.
        """
        chosen: list[str] = []
        for word in wanted:
            chosen += self._named(word.strip())
        for name in chosen:
            if chosen.count(name) > 1:
                raise UsageError(f'column "{name}" of {self.name} is named twice')
        return chosen

    def _named(self, word: str) -> tuple[str, ...]:
        if word in self.columns:
            return (word,)
        if word in self.groups:
            return self.groups[word]
        try:
            return (self.names[int(word)],)
        except (ValueError, IndexError):
            raise UsageError(self._unknown(word)) from None

    def _unknown(self, word: str) -> str:
        known = [*self.columns, *self.groups]
        near = get_close_matches(word, known, 3) or [n for n in known if n.lower() == word.lower()]
        if near:
            hint = "did you mean " + " or ".join(f'"{name}"' for name in near) + "?"
        else:
            listed = ", ".join(self.names[:10]) + (", ..." if len(self.names) > 10 else "")
            hint = f"it has {listed}; or give a number, 0 to {len(self.names) - 1}"
        return f'{self.name} has no column "{word}": {hint}'

    def place(self, row: int, name: str) -> str:
        """Where a cell is, for people: rows count from 1, below the header."""
        line = f" (line {self.lines[row]})" if self.lines else ""
        return f'{self.name}, row {row + 1}{line}, column "{name}"'

    def is_text(self, name: str) -> bool:
        """Whether a column has a cell that is no number and not missing.

        UsageError if most of its cells are numbers, for then that cell is a mistake.
        """
        cells = self.columns[name]
        if cells.dtype != object:
            return False
        numbers = [self._number(cell) for cell in cells]
        odd = [row for row, number in enumerate(numbers) if number is None]
        given = sum(number is None or not math.isnan(number) for number in numbers)
        if odd and 2 * len(odd) < given:
            raise UsageError(self._no_number(odd[0], name))
        return bool(odd)

    def numbers(self, name: str) -> Reals:
        """A column as numbers, NaN where there is none; UsageError for text and infinities."""
        cells = self.columns[name]
        if cells.dtype == object:
            numbers = [self._number(cell) for cell in cells]
            if None in numbers:
                raise UsageError(self._no_number(numbers.index(None), name))
            values = np.array(numbers, np.float64)
        else:
            values = np.asarray(cells, np.float64)
        infinite = np.flatnonzero(np.isinf(values))
        if len(infinite):
            row = int(infinite[0])
            raise UsageError(f"{self.place(row, name)}: {cells[row]} is not finite; remove the row")
        return values

    def complete_numbers(self, name: str) -> Reals:
        """The same, for a column that must have a value in every row."""
        values = self.numbers(name)
        self._check_complete(np.isnan(values), name)
        return values

    def texts(self, name: str) -> list[str]:
        """A column as text, whole numbers without a point; UsageError where there is no value."""
        cells = self.columns[name]
        if cells.dtype == object:
            texts = [str(cell).strip() for cell in cells]
            self._check_complete(np.array([t.lower() in MISSING for t in texts]), name)
            return texts
        self._check_complete(np.isnan(np.asarray(cells, np.float64)), name)
        return [f"{cell:.15g}" for cell in cells]

    def _check_complete(self, missing: NDArray[np.bool_], name: str) -> None:
        if missing.any():
            rows = np.flatnonzero(missing)
            others = f"; there are {len(rows)} such rows" if len(rows) > 1 else ""
            place = self.place(int(rows[0]), name)
            raise UsageError(f"{place} has no value: fill it in or remove the row{others}")

    def _number(self, cell: object) -> float | None:
        """NaN if missing, None if it is none."""
        text = str(cell).strip()
        if text.lower() in MISSING:
            return math.nan
        if self.decimal_comma and text.count(",") == 1 and "." not in text:
            text = text.replace(",", ".")
        try:
            return None if "_" in text else float(text)
        except ValueError:
            return None

    def _no_number(self, row: int, name: str) -> str:
        text = str(self.columns[name][row])
        shown = text if len(text) <= 40 else text[:37] + "..."
        return f'{self.place(row, name)}: "{shown}" is not a number'


def numbered(count: int) -> list[str]:
    """Names for columns that have none."""
    return [f"column_{n}" for n in range(count)]
