"""When a fit ends: after so many epochs without a better loss, or without a better validation score."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fixprop.errors import UsageError


@dataclass
class Patience:
    """Counts the epochs in which `figure`, the smaller the better, did not fall by more than `tol`."""

    tol: float
    limit: int
    best: float = float("inf")
    waited: int = 0

    def sees(self, figure: float) -> bool:
        """Whether `figure` is the best so far."""
        self.waited = 0 if figure <= self.best - self.tol else self.waited + 1
        better = figure < self.best
        self.best = min(figure, self.best)
        return better

    @property
    def over(self) -> bool:
        """Whether to stop."""
        return self.waited > self.limit


@contextmanager
def value_errors() -> Iterator[None]:
    """scikit-learn's callers catch ValueError for what cannot be learned from."""
    try:
        yield
    except UsageError as error:
        raise ValueError(str(error)) from error
