"""One small fault in one source file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mutant:
    """`new` in the place of the bytes from `start` to `end` of `path`, which is relative."""

    path: Path
    start: int
    end: int
    new: str
    operator: str

    def applied(self, source: bytes) -> bytes:
        """The source with the fault."""
        return source[: self.start] + self.new.encode() + source[self.end :]

    def described(self, source: bytes) -> str:
        """File, line, what stood there and what stands there now."""
        line = source.count(b"\n", 0, self.start) + 1
        first = source.rfind(b"\n", 0, self.start) + 1
        last = source.find(b"\n", self.end)
        new = source[first : self.start].decode() + self.new + source[self.end : last].decode()
        old = source[first:last].decode()
        return f"{self.path}:{line} ({self.operator}): {_short(old)} -> {_short(new)}"


def _short(text: str) -> str:
    return f"`{' '.join(text.split())}`"
