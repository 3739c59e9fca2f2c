"""One promise: what was measured, what it is held against, and whether it holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

Report = Callable[[str, int, int], None]  # what is being done, how much of it, of how much


def silent(_doing: str, _done: int, _total: int) -> None:
    """A Report that nobody reads."""


class Claim(NamedTuple):
    """`figure` against `bar`; whether more or less is better is the measure's business.

    `note` is for people, where the two numbers alone would mislead.
    """

    figure: float
    bar: float
    holds: bool
    note: str = ""
