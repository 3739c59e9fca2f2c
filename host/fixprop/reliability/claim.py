"""One promise: what was measured, what it is held against, and whether it holds."""

from __future__ import annotations

from typing import NamedTuple


class Claim(NamedTuple):
    """`figure` against `bar`; whether more or less is better is the measure's business."""

    figure: float
    bar: float
    holds: bool
