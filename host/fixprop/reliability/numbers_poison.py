"""Samples that cannot be: refused, counted, and nothing that was learned is other than before.

A sensor without its supply or on 5 V, and a mark where no sensor looks; by a mark and in a lesson,
natively. Sound samples between them must be taken, so that refusing all is no way to pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from fixprop.formats import ACTIVATION
from fixprop.reliability.numbers_tracker import HIGHEST, LESSON_S, LOWEST, NumberTracker, lesson
from fixprop.tracking.definition import VALUES
from fixprop.wire.records import Learn, Mark, Result, Teach

# A pin reads 2 counts at most while its sensor is off, and the ADC is off by 2 itself
# (Atmel-8271, table 28-9); the reading is the sum of 8.
DEAD_HIGHEST = 8 * 2
SHORTED_LOWEST, SHORTED_HIGHEST = VALUES["READING_HIGHEST"] + 1, 8 * 1023
FIELD_DEG, BEYOND_DEG = 15, 21  # nobody sees a hand beyond 20 degrees
Q_PER_DEG = (ACTIVATION.high + 1) // VALUES["BEARING_FULL_SCALE_DEG"]
FIRST_LABEL = VALUES["TEACH_REST_READINGS"] + VALUES["TEACH_SETTLE_READINGS"] + 1


@dataclass
class Poison:
    """What became of samples that cannot be."""

    samples: int = 0
    refused: int = 0  # counted, and nothing was other than before
    sound: int = 0
    sound_refused: int = 0
    kept: dict[str, int] = field(default_factory=dict)  # those not refused, by their kind

    def judge(self, kind: str, refused: bool) -> None:
        """One sample of that kind."""
        self.samples += 1
        self.refused += refused
        if not refused:
            self.kept[kind] = self.kept.get(kind, 0) + 1


def _sound(random: Random) -> int:
    return random.randrange(LOWEST, HIGHEST)


def _dead(random: Random) -> int:
    return random.randint(0, DEAD_HIGHEST)


def _shorted(random: Random) -> int:
    return random.randint(SHORTED_LOWEST, SHORTED_HIGHEST)


READINGS: dict[str, Callable[[Random], int]] = {"dead": _dead, "shorted": _shorted}


def pair(kind: str, random: Random) -> tuple[int, int]:
    """A reading with one of the sensors, or both, as `kind` says."""
    wrong = READINGS[kind]
    sides = random.choice(((wrong, _sound), (_sound, wrong), (wrong, wrong)))
    return sides[0](random), sides[1](random)


def bearing(random: Random, low_deg: float, high_deg: float) -> int:
    """Q0.15, so far to one side or the other."""
    return round(random.choice((-1, 1)) * random.uniform(low_deg, high_deg) * Q_PER_DEG)


def poison(samples: int, *, seed: int = 1, altered: Mapping[str, Path] | None = None) -> Poison:
    """Half of so many samples by marks and half in lessons, to a tracker that has been taught."""
    tracker, random, seen = NumberTracker(altered), Random(seed), Poison()
    lesson(tracker, seed, FIRST_LABEL + 300)
    for command in (Teach(0), Learn(0)):
        tracker.must(command)
    for number in range(samples - samples // 2):
        _mark(seen, tracker, ("dead", "shorted", "beyond")[number % 3], random)
    _in_lessons(seen, tracker, samples // 2, random)
    return seen


def _mark(seen: Poison, tracker: NumberTracker, kind: str, random: Random) -> None:
    tracker.reading(_sound(random), _sound(random))
    rejected = tracker.rejected
    tracker.must(Mark(bearing(random, 0, FIELD_DEG), 1))
    seen.sound += 1
    seen.sound_refused += tracker.rejected != rejected
    beyond = kind == "beyond"
    left, right = (_sound(random), _sound(random)) if beyond else pair(kind, random)
    tracker.reading(left, right)
    before, rejected = tracker.learned(), tracker.rejected
    far = (BEYOND_DEG, VALUES["BEARING_FULL_SCALE_DEG"] - 1)
    tracker.must(Mark(bearing(random, *(far if beyond else (0, FIELD_DEG))), 1))
    counted = tracker.rejected == rejected + 1
    neither = tracker.ask(Mark(0, random.randint(2, 255))) == Result.BAD_VALUE
    seen.judge(f"mark, {kind}", counted and neither and tracker.learned() == before)


def _in_lessons(seen: Poison, tracker: NumberTracker, samples: int, random: Random) -> None:
    """Every other reading of a lesson, once the pointer sweeps; it is kept when the next comes."""
    left = 0
    for number in range(samples):
        if left == 0:
            left = _to_the_labels(tracker, random)
        rejected = tracker.rejected
        kind = ("dead", "shorted")[number % 2]
        tracker.reading(*pair(kind, random))  # the sound one before is kept now
        seen.sound += 1
        seen.sound_refused += tracker.rejected != rejected
        before, rejected = tracker.learned(), tracker.rejected
        tracker.reading(_sound(random), _sound(random))
        same = tracker.learned() == before
        seen.judge(f"lesson, {kind}", same and tracker.rejected == rejected + 1)
        left -= 1


def _to_the_labels(tracker: NumberTracker, random: Random) -> int:
    """Begin a lesson and go on until a labelled reading waits; samples for which it lasts."""
    tracker.must(Teach(LESSON_S))
    tracker.must(Learn(0))
    for _ in range(FIRST_LABEL):
        tracker.reading(_sound(random), _sound(random))
    return (LESSON_S * 1000 // VALUES["READING_PERIOD_MS"] - FIRST_LABEL) // 2 - 1
