"""Damaged frames on the firmware's receiver: how many are accepted, how soon the next one comes.

A frame that reaches the CRC with damage is accepted with a chance of 2**-16, and less where the
damage is small: three wrong bits or a burst of 16 never pass (docs/protocol.md). The measure holds
what is seen against that chance; a line that scrambles everything calibrates it.
"""

from __future__ import annotations

from math import sqrt
from pathlib import Path
from typing import Any, NamedTuple

import cffi

from fixprop.reliability.claim import Claim, Report, silent
from fixprop.toolchain import FIRMWARE, build_shared_library, once

WIRE = FIRMWARE / "lib" / "wire" / "src"
SOURCE = Path(__file__).with_suffix(".c")
CHANCE = 2.0**-16
RATES = (0.01, 0.03, 0.1)  # of each byte: flipped, lost, doubled or followed by another
DAMAGED = 10_000_000  # frames of a whole measurement, over all rates; and as many scrambled
Z = 2.576  # 99 %
DECLARATIONS = """
typedef struct { uint32_t sent, damaged, checked, accepted, refused, late_most, late_ended; }
noise_counts;
void noise_run(uint32_t, uint32_t, uint16_t, bool, noise_counts *);
"""


class Interval(NamedTuple):
    """Bounds of a probability, 99 %."""

    low: float
    high: float


class Noise(NamedTuple):
    """What became of the frames; see noise_counts in wire_noise.c."""

    sent: int
    damaged: int
    checked: int
    accepted: int
    refused: int
    late_most: int
    late_ended: int

    @property
    def expected(self) -> float:
        """Damaged frames that chance alone would let pass."""
        return self.checked * CHANCE

    @property
    def interval(self) -> Interval:
        """Chance of a damaged frame to pass the check (Wilson's score interval)."""
        return wilson(self.accepted, self.checked)


def wilson(seen: int, tried: int) -> Interval:
    """Wilson's score interval (Journal of the American Statistical Association 22, 1927)."""
    if tried == 0:
        return Interval(0.0, 1.0)
    share, spread = seen / tried, Z * Z / tried
    middle = share + spread / 2
    half = Z * sqrt(share * (1 - share) / tried + spread / (4 * tried))
    return Interval((middle - half) / (1 + spread), (middle + half) / (1 + spread))


@once
def _library(wire: Path) -> tuple[cffi.FFI, Any]:
    ffi = cffi.FFI()
    ffi.cdef(DECLARATIONS)
    return ffi, ffi.dlopen(str(build_shared_library("noise", [wire, SOURCE], include=[WIRE])))


def measure(
    rate: float, damaged: int, *, seed: int = 1, scramble: bool = False, wire: Path | None = None
) -> Noise:
    """Send until so many frames are damaged; `wire`: another wire.c instead of the firmware's."""
    ffi, c = _library(wire or WIRE / "wire.c")
    counts = ffi.new("noise_counts *")
    c.noise_run(seed, damaged, min(0xFFFF, round(rate * 65536)), scramble, counts)
    return Noise(*(int(getattr(counts, name)) for name in Noise._fields))


def noise_claims(
    damaged: int = DAMAGED, wire: Path | None = None, *, report: Report = silent
) -> dict[str, Claim]:
    """accepted_corrupt_frames (for each frame that reaches the CRC) and resynchronisation_frames."""
    report("damaged frames, lines", 0, 1 + len(RATES))
    scrambled = measure(1, damaged, scramble=True, wire=wire)
    lines = list[Noise]()
    for rate in RATES:
        report("damaged frames, lines", 1 + len(lines), 1 + len(RATES))
        lines.append(measure(rate, -(-damaged // len(RATES)), wire=wire))
    total = Noise(*map(sum, zip(*lines, strict=True)))
    low, high = scrambled.interval
    passes_as_chance = low <= CHANCE <= high and total.interval.low <= CHANCE
    latest = max(line.late_most for line in lines)
    recovers = latest <= 1 and total.late_ended == 0 and total.refused == 0
    return {
        "accepted_corrupt_frames": Claim(total.accepted / total.checked, CHANCE, passes_as_chance),
        "accepted_scrambled_frames": Claim(
            scrambled.accepted / scrambled.checked, CHANCE, low <= CHANCE <= high
        ),
        "resynchronisation_frames": Claim(latest, 1, recovers),
    }


def describe(name: str, noise: Noise) -> str:
    """One line: expected and seen, with the interval."""
    low, high = noise.interval
    return (
        f"{name}: {noise.damaged:,} damaged frames, {noise.checked:,} reached the CRC, "
        f"accepted {noise.accepted}, chance alone {noise.expected:.1f}; "
        f"1 in {1 / high:,.0f} to {f'1 in {1 / low:,.0f}' if low > 1e-12 else 'never'} (99 %), "
        f"CRC's 1 in 65,536; at most {noise.late_most} whole frames lost after damage"
    )


def main() -> None:
    """Measure and print. Example: python -m fixprop.reliability.wire_noise"""
    for rate in RATES:
        print(describe(f"{rate:.1%} of bytes", measure(rate, -(-DAMAGED // len(RATES)))))
    print(describe("scrambled", measure(1, DAMAGED, scramble=True)))


if __name__ == "__main__":
    main()
