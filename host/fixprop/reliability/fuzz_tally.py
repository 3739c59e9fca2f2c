"""What a long fuzzing run has tried so far, on disk: one that is cut off goes on from there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from fixprop.files import write_whole


def digest_of(files: Iterable[Path]) -> str:
    """Of what files hold, in the order of their paths."""
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@dataclass
class Tally:
    """Inputs tried without a finding, in so many rounds, on sources with this digest."""

    sources: str
    inputs: int = 0
    rounds: int = 0
    seconds: float = 0.0

    @classmethod
    def read(cls, path: Path, sources: str) -> Tally:
        """The tally in the file if it is of these very sources, else one that begins."""
        try:
            found = cls(**json.loads(path.read_text()))
        except (OSError, ValueError, TypeError):
            return cls(sources)
        return found if found.sources == sources else cls(sources)

    def add(self, path: Path, inputs: int, seconds: float) -> None:
        """A round that has found nothing."""
        self.inputs += inputs
        self.rounds += 1
        self.seconds += seconds
        write_whole(path, json.dumps(asdict(self)) + "\n")
