"""Tables in text: CSV with any of the usual delimiters, with or without a header."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice

import numpy as np

from fixprop.data.table import MISSING, Cells, Table, numbered
from fixprop.errors import FixpropError, UsageError

DELIMITERS = (";", "\t", "|", ",", " ")
"""The comma comes late, for it may be a decimal comma; spaces last, for text has them."""
LOOKED_AT = 20
"""Rows that the delimiter is told from."""

Row = tuple[int, list[str]]
"""Line in the file, from 1; cells."""


def text_table(content: bytes, name: str, sha256: str, header: bool | None = None) -> Table:
    """The table in a text file; `header` None: told from the first row.

    FixpropError for what is no text; UsageError if it is empty, ragged, or has two columns of one
    name.
    """
    text = _decoded(content, name)
    delimiter = _delimiter(text, name)
    rows = list(_rows(text, delimiter, name))
    if not rows:
        raise UsageError(f"{name} is empty: it needs a line for each sample")
    has_header = _is_header(rows) if header is None else header
    width = len(rows[0][1])
    names = _names(rows[0][1], name) if has_header else numbered(width)
    data = rows[1:] if has_header else rows
    if not data:
        raise UsageError(f"{name} has a header but no rows; without a header: --no-header")
    _check_widths(data, width, "the header has" if has_header else "the first row has", name)
    columns: dict[str, Cells] = {
        column: np.array([cells[n] for _, cells in data], object) for n, column in enumerate(names)
    }
    lines = tuple(line for line, _ in data)
    return Table(name, sha256, columns, lines=lines, decimal_comma=delimiter != ",")


def _decoded(content: bytes, name: str) -> str:
    if not content.strip():
        raise UsageError(f"{name} is empty: it needs a line for each sample")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FixpropError(
            f"{name} is not UTF-8 text: byte 0x{content[error.start]:02x} at {error.start}; "
            "save it as CSV in UTF-8"
        ) from None
    if "\0" in text:
        raise FixpropError(f"{name} is a binary file, no text: save it as CSV in UTF-8")
    return text


def _rows(text: str, delimiter: str, name: str) -> Iterator[Row]:
    """Rows that are not blank."""
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True
    )
    try:
        for cells in reader:
            kept = cells[:-1] if delimiter == " " and cells and not cells[-1] else cells
            if any(cell.strip() for cell in kept):
                yield reader.line_num, kept
    except csv.Error as error:
        raise UsageError(f"{name}, line {reader.line_num}: {error}") from None


def _delimiter(text: str, name: str) -> str:
    """The one that divides every row into as many cells; else the one that divides at all."""
    candidates = [d for d in DELIMITERS if d in text]
    widths = {d: _widths(text, d, name) for d in candidates}
    even = [d for d in candidates if len(set(widths[d])) == 1 and widths[d][0] > 1]
    if even:
        return even[0]
    dividing = [d for d in candidates if d != " " and widths[d] and max(widths[d]) > 1]
    return max(dividing, key=lambda d: (widths[d][0] > 1, sum(widths[d])), default=",")


def _widths(text: str, delimiter: str, name: str) -> list[int]:
    try:
        return [len(cells) for _, cells in islice(_rows(text, delimiter, name), LOOKED_AT)]
    except UsageError:
        return []


def _is_header(rows: list[Row]) -> bool:
    """Whether the first row has no number in it, and a later one has."""
    if any(_like_number(cell) for cell in rows[0][1]):
        return False
    return len(rows) == 1 or any(_like_number(c) for _, cells in rows[1:] for c in cells)


def _like_number(cell: str) -> bool:
    text = cell.strip().replace(",", ".", 1)
    if text.lower() in MISSING:
        return False
    try:
        float(text)
    except ValueError:
        return False
    return True


def _names(cells: list[str], name: str) -> list[str]:
    names = [cell.strip() or f"column_{n}" for n, cell in enumerate(cells)]
    for column in names:
        if names.count(column) > 1:
            raise UsageError(
                f'{name} has {names.count(column)} columns named "{column}": rename one, '
                "or use numbers with --no-header and without the header line"
            )
    return names


def _check_widths(rows: list[Row], width: int, what: str, name: str) -> None:
    for number, (line, cells) in enumerate(rows, 1):
        if len(cells) != width:
            count = f"{len(cells)} cell" + "s" * (len(cells) != 1)
            raise UsageError(f"{name}, row {number} (line {line}) has {count}, {what} {width}")
