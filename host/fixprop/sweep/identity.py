"""What results depend on besides their parameters: the tracker's definition and the simulated world."""

from __future__ import annotations

import zlib
from dataclasses import asdict, dataclass
from functools import cache

from fixprop import __version__
from fixprop.errors import FixpropError
from fixprop.fingerprint import fingerprint
from fixprop.sweep.point import Point
from fixprop.sweep.virtual_build import build
from fixprop.tracking.definition import TOPOLOGY

PROBE_TEACH_S, PROBE_TRACK_S = 10.0, 5.0


@dataclass(frozen=True)
class Identity:
    """Two results may be compared only if these are equal."""

    version: str
    fingerprint: str  # of protocol, arithmetic, constants and topology, as boards tell it
    probe: str  # of a short run's readings and weights: simulation, lesson and learner

    def as_json(self) -> dict[str, str]:
        """By name."""
        return asdict(self)

    def __str__(self) -> str:
        return f"version {self.version}, fingerprint {self.fingerprint}, probe {self.probe}"


@cache
def identity() -> Identity:
    """Of this process."""
    run = build(Point(), PROBE_TEACH_S, PROBE_TRACK_S)
    arrays = run.readings.left, run.readings.right, run.outputs, run.weights
    probe = zlib.crc32(b"".join(a.astype("<i8").tobytes() for a in arrays))
    return Identity(__version__, f"{fingerprint(TOPOLOGY):08x}", f"{probe:08x}")


def require_same(ours: Identity, theirs: Identity, where: str, next_step: str) -> None:
    """Raises FixpropError if results of `theirs`, found at `where`, may not stand beside ours."""
    if ours != theirs:
        raise FixpropError(
            f"{where} has another definition of the tracker or its world ({theirs}) than this "
            f"fixprop ({ours}): {next_step}"
        )
