"""A sweep: the points that are not in the file yet, computed anywhere, written down as they come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from fixprop.sweep.backends import Backend
from fixprop.sweep.identity import identity, require_same
from fixprop.sweep.point import Point
from fixprop.sweep.results import Row, results_file

Progress = Callable[[int, int], None]
"""Called with (points in the file, points in all)."""


def sweep(
    points: Sequence[Point], path: Path, backend: Callable[[], Backend], progress: Progress
) -> list[Row]:
    """The rows of `points`; those that `path` lacks are computed and appended to it.

    `backend` is asked for only if something is missing. Raises FixpropError, with every result so far in
    the file, if workers fail or compute with another definition.
    """
    ours = identity()
    with results_file(path, ours) as results:
        wanted = {point.key for point in points}
        missing = [point for point in points if point.key not in results.rows]
        progress(len(wanted) - len(missing), len(wanted))
        if missing:
            outcomes: Any = backend().outcomes(missing)
            with closing(outcomes):
                for point, figures, theirs in outcomes:
                    require_same(ours, theirs, "a worker", "install this one there and restart it")
                    results.append(point, figures)
                    progress(len(wanted & results.rows.keys()), len(wanted))
        return [results.rows[point.key] for point in points]
