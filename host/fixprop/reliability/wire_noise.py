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
SOURCE = Path(__file__).with_name("line_noise.c")
CHANCE = 2.0**-16
RATES = (0.01, 0.03, 0.1)  # of each byte: flipped, lost, doubled or followed by another
REACHED = 10_000_000  # damaged frames that reach the CRC, over all rates; and as many scrambled
ROUND, LEAST_ROUND = 1_000_000, 1_000  # damaged frames between two looks at how many reached it
PATIENCE = 100  # damaged frames for one that reaches it; then the receiver is given up
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
    """What became of the frames; see noise_counts in line_noise.c."""

    sent: int = 0
    damaged: int = 0
    checked: int = 0
    accepted: int = 0
    refused: int = 0
    late_most: int = 0
    late_ended: int = 0

    def joined(self, other: Noise) -> Noise:
        """Both measurements as one."""
        sums = Noise(*map(sum, zip(self, other, strict=True)))
        return sums._replace(late_most=max(self.late_most, other.late_most))

    @property
    def expected(self) -> float:
        """Damaged frames that chance alone would let pass."""
        return self.checked * CHANCE

    @property
    def share(self) -> float:
        """Of the damaged frames that reached the check, those that passed it."""
        return self.accepted / max(1, self.checked)

    @property
    def certainty(self) -> str:
        """The interval, for people."""
        low, high = self.interval
        return f"between {low:.2e} and {high:.2e} with 99 % confidence"

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


def reach(
    rate: float,
    checked: int,
    *,
    seed: int = 1,
    scramble: bool = False,
    wire: Path | None = None,
    report: Report = silent,
) -> Noise:
    """Damage frames until so many have reached the CRC; see `measure`."""
    noise, rounds = Noise(), 0
    while noise.checked < checked and noise.damaged < PATIENCE * checked:
        report(f"damaged frames, {rate:.0%} of bytes", noise.checked, checked)
        damaged = min(ROUND, max(LEAST_ROUND, checked - noise.checked))
        part = measure(rate, damaged, seed=(seed << 16) + rounds, scramble=scramble, wire=wire)
        noise, rounds = noise.joined(part), rounds + 1
    return noise


def measure_lines(
    checked: int = REACHED, wire: Path | None = None, *, report: Report = silent
) -> tuple[Noise, Noise]:
    """So many frames that reach the CRC, over all rates; and as many scrambled."""
    noisy, each = Noise(), -(-checked // len(RATES))
    for seed, rate in enumerate(RATES, 1):
        noisy = noisy.joined(reach(rate, each, seed=seed, wire=wire, report=report))
    seed = 1 + len(RATES)
    return noisy, reach(1, checked, seed=seed, scramble=True, wire=wire, report=report)


def noise_claims(
    checked: int = REACHED, wire: Path | None = None, *, report: Report = silent
) -> dict[str, Claim]:
    """accepted_corrupt_frames (for each frame that reaches the CRC) and resynchronisation_frames."""
    noisy, scrambled = measure_lines(checked, wire, report=report)
    low, high = scrambled.interval
    is_chance = scrambled.checked >= checked and low <= CHANCE <= high
    is_no_more = noisy.checked >= checked and noisy.interval.low <= CHANCE
    recovers = noisy.late_most <= 1 and noisy.late_ended == 0 and noisy.refused == 0
    return {
        "accepted_corrupt_frames": Claim(
            noisy.share, CHANCE, is_chance and is_no_more, noisy.certainty
        ),
        "accepted_scrambled_frames": Claim(scrambled.share, CHANCE, is_chance, scrambled.certainty),
        "resynchronisation_frames": Claim(noisy.late_most, 1, recovers),
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
    each = -(-REACHED // len(RATES))
    for seed, rate in enumerate(RATES, 1):
        print(describe(f"{rate:.1%} of bytes", reach(rate, each, seed=seed)))
    print(describe("scrambled", reach(1, REACHED, seed=1 + len(RATES), scramble=True)))


if __name__ == "__main__":
    main()
