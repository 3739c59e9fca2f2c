"""A tracker whose numbers went wrong is as good as new after reset_weights, and as saved after load.

Weights at the ends of their format, the highest learning rate, labels that say nothing: held
against a tracker that never saw them, bit for bit, natively.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

from fixprop.formats import ACTIVATION, RATE, WEIGHT
from fixprop.reliability.claim import Report, silent
from fixprop.reliability.numbers_tracker import (
    LESSON_READINGS,
    STEPS_PER_READING,
    NumberTracker,
    lesson,
)
from fixprop.tracking.definition import READING_PERIOD_S, TOPOLOGY
from fixprop.wire.messages import BYTES_PER_WEIGHT, WEIGHTS_PER_MESSAGE
from fixprop.wire.records import (
    Learn,
    Load,
    Mark,
    ResetWeights,
    Save,
    SetRate,
    SetWeights,
    Teach,
    TrainSample,
)

WORK_OF_A_SAVE = 2000  # turns, more than a save's cells take
HIGHEST_READING = 8 * 1023
KINDS = ("lowest", "highest", "rails", "anything")  # of weights


def weights_of(kind: str, random: Random) -> list[int]:
    """All of them at an end of Q4.19, each at one or the other, or anything."""
    count, ends = TOPOLOGY.weight_count, (WEIGHT.low, WEIGHT.high)
    if kind == "anything":
        return [random.randint(*ends) for _ in range(count)]
    if kind == "rails":
        return [random.choice(ends) for _ in range(count)]
    return [ends[kind == "highest"]] * count


def pushes_of(weights: list[int]) -> Iterator[SetWeights]:
    """The commands that bring them, Q4.19; learning must be off."""
    room = WEIGHTS_PER_MESSAGE * BYTES_PER_WEIGHT
    for offset in range(0, len(weights), WEIGHTS_PER_MESSAGE):
        part = weights[offset : offset + WEIGHTS_PER_MESSAGE]
        data = b"".join((w & 0xFFFFFF).to_bytes(BYTES_PER_WEIGHT, "little") for w in part)
        yield SetWeights(offset, len(part), data.ljust(room, b"\0"))


def abuse(tracker: NumberTracker, random: Random, readings: int) -> int:
    """Wrong weights, a wrong rate, random labels on random readings; training steps it did.

    At times it ends in the middle of a push of weights.
    """
    tracker.must(Learn(0))
    pushes = list(pushes_of(weights_of(random.choice(KINDS), random)))
    for push in pushes:
        tracker.must(push)
    tracker.must(SetRate(random.choice((RATE.high, random.randint(RATE.low, RATE.high)))))
    tracker.must(Learn(1))
    before = tracker.step
    for number in range(readings):
        left, right = random.randint(0, HIGHEST_READING), random.randint(0, HIGHEST_READING)
        tracker.reading(left, right, STEPS_PER_READING)
        tracker.must(Mark(random.randint(ACTIVATION.low, ACTIVATION.high), number % 2))
        if number % 16 == 0:
            tracker.must(TrainSample(random.randbytes(8), random.randbytes(6)))
    if random.random() < 0.5:
        tracker.must(Learn(0))
        tracker.must(pushes[0])
    return tracker.step - before


@dataclass
class Undone:
    """What became of trackers that were abused."""

    trials: int = 0
    steps: int = 0  # trained while they were abused
    hours: float = 0.0  # that so many readings take
    undone: int = 0  # trials after which nothing was other than it should be
    not_loaded: int = 0  # after load, other than what was saved
    not_reset: int = 0  # after reset_weights and a lesson, other than one that was never abused

    def judge(self, loaded: bool, reset: bool) -> None:
        """One trial."""
        self.trials += 1
        self.not_loaded += not loaded
        self.not_reset += not reset
        self.undone += loaded and reset


def undo(
    trials: int,
    readings: int,
    *,
    seed: int = 1,
    altered: Mapping[str, Path] | None = None,
    report: Report = silent,
) -> Undone:
    """Teach, save, abuse, load; abuse, reset and teach, as a fresh tracker is taught; so often.

    `readings` of each abuse; `altered`: sources of the abused tracker, by their names.
    """
    seen, random = Undone(), Random(seed)
    for trial in range(trials):
        report("abused trackers", trial, trials)
        tracker, fresh = NumberTracker(altered), NumberTracker()
        saved = _taught_and_saved(tracker, trial)
        _abuse(seen, tracker, random, readings)
        tracker.must(Load())
        loaded = _kept(tracker) == saved
        _abuse(seen, tracker, random, readings)
        for one in (tracker, fresh):
            one.must(ResetWeights(trial))
            lesson(one, trial)
        same = tracker.learned() == fresh.learned() and tracker.rate == fresh.rate
        seen.judge(loaded, same)
    return seen


def _abuse(seen: Undone, tracker: NumberTracker, random: Random, readings: int) -> None:
    seen.steps += abuse(tracker, random, readings)
    seen.hours += readings * READING_PERIOD_S / 3600


def _taught_and_saved(tracker: NumberTracker, seed: int) -> tuple[bytes, int, int]:
    lesson(tracker, seed, LESSON_READINGS // 4)
    for command in (Teach(0), Learn(0), Save()):
        tracker.must(command)
    tracker.work(WORK_OF_A_SAVE)
    return _kept(tracker)


def _kept(tracker: NumberTracker) -> tuple[bytes, int, int]:
    """What a save keeps: weights, step and rate."""
    return tracker.weights(), tracker.step, tracker.rate
