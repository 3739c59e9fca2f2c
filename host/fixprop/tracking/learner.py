"""What the tracker learns from readings, as firmware/lib/tracker/src/learner.c does it, bit for bit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from fixprop.formats import ACTIVATION, NO_TARGET, Integers
from fixprop.generator import Generator
from fixprop.network import Mirror, Topology
from fixprop.tracking.definition import TOPOLOGY, VALUES
from fixprop.wire.crc import crc16

UNKNOWN = VALUES["LABEL_UNKNOWN"]


class Learner(Protocol):
    """Readings and labels in, weights out. The mirror below and the firmware's C both are one."""

    step: int

    def reset(self, seed: int) -> None:
        """Initial weights, empty memory, step 0."""

    def read(self, left: int, right: int) -> Integers:
        """Take a reading (counts x 8); the network's three outputs, Q0.15."""

    def label_lesson(self, bearing: int) -> None:
        """Label the latest reading in a lesson: quarter degrees, or UNKNOWN if no hand is there."""

    def label_none(self) -> None:
        """The latest reading has no label."""

    def mark(self, bearing: int) -> None:
        """Label the latest reading from outside a lesson."""

    def train(self, steps: int) -> None:
        """So many training steps; none while the memory is empty."""

    def set_rate(self, rate: int) -> None:
        """Learning rate, UQ3.13."""

    def set_weights(self, offset: int, weights: Integers) -> None:
        """Replace a run of weights, Q4.19."""

    def weights(self) -> Integers:
        """int64 [weight_count], Q4.19."""

    def order_state(self) -> int:
        """State of the generator that draws the order of training."""

    def memory_count(self) -> int:
        """Samples in the replay memory."""


@dataclass(frozen=True)
class View:
    """What the network sees of one reading."""

    left: int
    right: int
    left_change: int = 0
    right_change: int = 0

    def inputs(self) -> Integers:
        """int64 [1, 4], Q0.15."""
        levels = [
            (reading - VALUES["LEVEL_ZERO"]) * VALUES["LEVEL_GAIN"]
            for reading in (self.left, self.right)
        ]
        changes = [c * VALUES["CHANGE_GAIN"] for c in (self.left_change, self.right_change)]
        return ACTIVATION.saturate([levels + changes])

    @property
    def plausible(self) -> bool:
        """False if a sensor's wire must be loose."""
        return max(self.left, self.right) <= VALUES["READING_HIGHEST"]


@dataclass
class Sample:
    """A view and its label, in quarter degrees."""

    view: View
    bearing: int
    bearing_ahead: int = UNKNOWN

    def targets(self) -> Integers:
        """int64 [1, 3], Q0.15: bearing, bearing ahead, presence."""
        present = self.bearing != UNKNOWN
        bearings = [
            NO_TARGET if label == UNKNOWN else label * VALUES["BEARING_PER_LABEL"]
            for label in (self.bearing, self.bearing_ahead)
        ]
        presence = VALUES["PRESENCE_TARGET"] * (1 if present else -1)
        return np.array([[*bearings, presence]], np.int64)


def label_of_pulse(pulse_us: int) -> int:
    """Quarter degrees to which a servo pulse points."""
    offset_us = pulse_us - VALUES["SERVO_CENTRE_US"]
    return max(-127, min(127, (offset_us * VALUES["LABEL_PER_US_Q8"] + 128) >> 8))


def label_of_bearing(bearing: int) -> int:
    """Quarter degrees of a bearing as the network gives it, Q0.15."""
    half = VALUES["BEARING_PER_LABEL"] // 2
    return max(-127, min(127, (bearing + half) >> VALUES["BEARING_LABEL_SHIFT"]))


def degrees_of_bearing(bearing: Integers | int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Degrees of a bearing as the network gives it, Q0.15."""
    return ACTIVATION.to_float(bearing) * VALUES["BEARING_FULL_SCALE_DEG"]


def change_of(now: int, before: int) -> int:
    """The change between two readings as the network sees it, int8."""
    return max(-128, min(127, (now - before) >> VALUES["CHANGE_SHIFT"]))


def weights_crc(weights: Integers) -> int:
    """CRC-16 of weights (Q4.19) as the wire carries them: 3 bytes each, little endian."""
    rows = (weights.astype("<i4")).view(np.uint8).reshape(-1, 4)
    return crc16(rows[:, :3].tobytes())


class MirrorLearner:
    """The learner in Python, on the mirror."""

    def __init__(self, seed: int, topology: Topology = TOPOLOGY) -> None:
        self.network = Mirror(topology)
        self.reset(seed)

    def reset(self, seed: int) -> None:
        """See Learner."""
        self.order = Generator(seed)
        self.network.initialise(self.order, VALUES["WEIGHT_SPREAD"])
        self.network.rate = VALUES["RATE_START"]
        self.step = 0
        self.view: View | None = None
        self.pending: Sample | None = None
        self.absent: list[Sample] = []
        self.present: list[Sample] = []

    def read(self, left: int, right: int) -> Integers:
        """See Learner."""
        before = self.view or View(left, right)
        changes = change_of(left, before.left), change_of(right, before.right)
        self.view = View(left, right, *changes)
        return self.network.forward(self.view.inputs())[0]

    def label_lesson(self, bearing: int) -> None:
        """See Learner."""
        assert self.view is not None
        self._finish_pending(bearing)
        self.pending = Sample(self.view, bearing)

    def label_none(self) -> None:
        """See Learner."""
        self._finish_pending(UNKNOWN)

    def _finish_pending(self, bearing_ahead: int) -> None:
        if self.pending is None:
            return
        if self.pending.bearing != UNKNOWN:
            self.pending.bearing_ahead = bearing_ahead
        self._store(self.pending)
        self.pending = None

    def mark(self, bearing: int) -> None:
        """See Learner."""
        if self.view is not None:
            self._store(Sample(self.view, bearing))

    def _store(self, sample: Sample) -> None:
        if not sample.view.plausible:
            return
        if sample.bearing == UNKNOWN:
            self._keep(self.absent, VALUES["MEMORY_ABSENT"], sample)
        else:
            self._keep(self.present, VALUES["MEMORY_PRESENT"], sample)

    def _keep(self, memory: list[Sample], size: int, sample: Sample) -> None:
        if len(memory) < size:
            memory.append(sample)
            return
        slot = self.order.below(size * VALUES["MEMORY_REPLACE"])
        if slot < size:
            memory[slot] = sample

    def train(self, steps: int) -> None:
        """See Learner."""
        memory = self.absent + self.present
        for _ in range(steps if memory else 0):
            sample = memory[self.order.below(len(memory))]
            self.network.train(sample.view.inputs(), sample.targets())
            self.step += 1

    def set_rate(self, rate: int) -> None:
        """See Learner."""
        self.network.rate = rate

    def set_weights(self, offset: int, weights: Integers) -> None:
        """See Learner."""
        flat = self.network.flat_weights()[0]
        flat[offset : offset + len(weights)] = weights
        self.network.set_flat_weights(flat)

    def weights(self) -> Integers:
        """See Learner."""
        return self.network.flat_weights()[0]

    def order_state(self) -> int:
        """See Learner."""
        return self.order.state

    def memory_count(self) -> int:
        """See Learner."""
        return len(self.absent) + len(self.present)
