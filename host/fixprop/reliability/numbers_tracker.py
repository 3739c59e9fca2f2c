"""The tracker's whole C, natively: spoken to in messages, with a look at what it has learned."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from random import Random

from fixprop.board.native import load_tracker
from fixprop.errors import FixpropError
from fixprop.tracking.definition import TOPOLOGY
from fixprop.wire.codec import encode_record
from fixprop.wire.frames import FrameReader
from fixprop.wire.records import Ack, Record, Result, Teach

DECLARATIONS = """
void native_begin(void);
void native_receive(const uint8_t *, uint32_t);
uint16_t native_take(uint8_t *);
uint32_t native_work(uint32_t);
uint8_t *native_eeprom(void);
void tracker_reading(uint16_t, uint16_t, uint32_t, uint16_t);
uint32_t numbers_size(void);
void numbers_learned(uint8_t *);
uint16_t numbers_rate(void);
uint16_t numbers_rejected(void);
"""
PLACE_OF_STEP = 4 * 128  # in what numbers_learned tells: behind MOST_WEIGHTS
OUTBOX_BYTES, EEPROM_BYTES = 4096, 1024
STEPS_PER_READING = 80
LESSON_S, LESSON_READINGS = 60, 1600  # all of the lesson, and a little more
LOWEST, HIGHEST = 400, 6000  # of a hand's readings, counts x 8


class NumberTracker:
    """The tracker's C; each instance has memory of its own, and nothing in its EEPROM.

    `altered` replaces sources by others, by their names.
    """

    def __init__(self, altered: Mapping[str, Path] | None = None) -> None:
        more = [Path(__file__).with_suffix(".c")]
        self._ffi, self._c = load_tracker("numbers", DECLARATIONS, altered, more)
        self._ffi.memmove(self._c.native_eeprom(), b"\xff" * EEPROM_BYTES, EEPROM_BYTES)
        self._c.native_begin()
        self._told = self._ffi.new("uint8_t[]", OUTBOX_BYTES)
        self._seen = self._ffi.new("uint8_t[]", self._c.numbers_size())
        self._readings = 0

    def ask(self, command: Record) -> Result:
        """What became of a command."""
        self._take()
        data = encode_record(command, 0)
        self._c.native_receive(data, len(data))
        frames = FrameReader().feed(self._take())
        return Result(next(f.message.result for f in frames if isinstance(f.message, Ack)))

    def must(self, command: Record) -> None:
        """As `ask`, for a command that cannot be refused here."""
        result = self.ask(command)
        if result != Result.OK:
            raise FixpropError(f"the tracker refused {command}: {result.name.lower()}")

    def reading(self, left: int, right: int, steps: int = 0) -> None:
        """A reading, counts x 8, and at most so many training steps after it."""
        self._readings += 1
        self._c.tracker_reading(left, right, self._readings * 38_000 & 0xFFFFFFFF, 5000)
        self.work(steps)

    def work(self, turns: int) -> None:
        """At most so many training steps or parts of a save."""
        self._c.native_work(turns)
        self._take()

    def learned(self) -> bytes:
        """Weights, step, order and replay memory: all that further training depends on."""
        self._c.numbers_learned(self._seen)
        return bytes(self._ffi.buffer(self._seen))

    def weights(self) -> bytes:
        """Weights, as bytes."""
        return self.learned()[: 4 * TOPOLOGY.weight_count]

    @property
    def step(self) -> int:
        """Training steps done."""
        return int.from_bytes(self.learned()[PLACE_OF_STEP:][:4], "little")

    @property
    def rate(self) -> int:
        """Learning rate, UQ3.13."""
        return int(self._c.numbers_rate())

    @property
    def rejected(self) -> int:
        """`rejected_samples` of the health message."""
        return int(self._c.numbers_rejected())

    def _take(self) -> bytes:
        return bytes(self._ffi.buffer(self._told, self._c.native_take(self._told)))


def lesson(tracker: NumberTracker, seed: int, readings: int = LESSON_READINGS) -> None:
    """A lesson by the pointer with training, on readings that come from the seed alone."""
    random = Random(seed)
    tracker.must(Teach(LESSON_S))
    for _ in range(readings):
        left, right = random.randrange(LOWEST, HIGHEST), random.randrange(LOWEST, HIGHEST)
        tracker.reading(left, right, STEPS_PER_READING)
