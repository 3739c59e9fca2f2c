"""What the tracker learns from readings: firmware/lib/tracker/src/learner.c, bit for bit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from fixprop.formats import ACTIVATION, NO_TARGET, Integers
from fixprop.generator import Generator
from fixprop.network import Mirror, Topology
from fixprop.saturation import SaturationCounter, Saturations, saturate
from fixprop.tracking.definition import TOPOLOGY, VALUES
from fixprop.tracking.latest_step import LatestStep, Reals
from fixprop.wire.crc import crc16

UNKNOWN = VALUES["LABEL_UNKNOWN"]
PER_LABEL = VALUES["BEARING_PER_LABEL"]


class Learner(Protocol):
    """Readings and labels in, weights out. The mirror below and the firmware's C both are one."""

    @property
    def step(self) -> int:
        """Training steps done."""

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

    def train(self, steps: int) -> Reals:
        """So many training steps; none while the memory is empty. The loss before each."""

    def latest(self) -> LatestStep:
        """The latest training step; zeros where there was none since the learner was made."""

    def train_on(self, inputs: Integers, targets: Integers) -> Integers:
        """One step on a sample from outside, int64 [4] and [3], Q0.15; the outputs before it."""

    def set_step(self, step: int) -> None:
        """Training steps that are behind the weights from now on."""

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

    @property
    def saturation(self) -> Saturations:
        """What was cut off since the latest `reset` or `clear_saturation`."""

    def clear_saturation(self) -> None:
        """Count from none."""


@dataclass(frozen=True)
class View:
    """What the network sees of one reading."""

    left: int
    right: int
    left_change: int = 0
    right_change: int = 0

    def inputs(self, counter: SaturationCounter | None = None) -> Integers:
        """int64 [1, 4], Q0.15."""
        left, right = self.left, self.right
        sums = left + right - 2 * VALUES["LEVEL_ZERO"], self.left_change + self.right_change
        differences = left - right, self.left_change - self.right_change
        exact = [
            sums[0] * VALUES["LEVEL_GAIN"],
            differences[0] * VALUES["DIFFERENCE_GAIN"],
            sums[1] * VALUES["CHANGE_GAIN"],
            differences[1] * VALUES["CHANGE_GAIN"],
        ]
        return saturate(ACTIVATION, np.array([exact]), counter, "inputs")

    def plausible(self, label: int) -> bool:
        """False if a sensor's wire must be loose, or no hand can be where the label says."""
        hand = label != UNKNOWN
        lowest = VALUES["READING_LOWEST"] if hand else 0
        within = lowest <= min(self.left, self.right)
        within = within and max(self.left, self.right) <= VALUES["READING_HIGHEST"]
        return within and (not hand or abs(label) <= VALUES["LABEL_WIDEST"])


@dataclass(frozen=True)
class Sample:
    """A cell of the replay memory: a view, and its targets as they are kept."""

    view: View
    bearing: int = NO_TARGET  # Q0.15; NO_TARGET: no hand is there
    ahead_step: int = UNKNOWN  # quarter degrees to the next reading's label

    def targets(self, counter: SaturationCounter | None = None) -> Integers:
        """int64 [1, 3], Q0.15: bearing, bearing ahead, presence."""
        present = self.bearing != NO_TARGET
        ahead = NO_TARGET
        if self.ahead_step != UNKNOWN:
            exact = np.array(self.bearing + self.ahead_step * PER_LABEL)
            ahead = int(saturate(ACTIVATION, exact, counter, "targets"))
        presence = VALUES["PRESENCE_TARGET"] * (1 if present else -1)
        return np.array([[self.bearing, ahead, presence]], np.int64)


def sample_of(view: View, label: int, next_label: int = UNKNOWN) -> Sample:
    """The sample of a reading, its label and the next reading's, both quarter degrees."""
    if label == UNKNOWN:
        return Sample(view)
    step = next_label - label
    known = next_label != UNKNOWN and abs(step) <= 127
    return Sample(view, label * PER_LABEL, step if known else UNKNOWN)


def cell_of(view: View, label: int) -> int:
    """The cell in which a sample of a hand is kept: its band of bearings, its band of distance."""
    bands = VALUES["BEARING_BANDS"]
    level = sum(view.left + view.right > VALUES[f"LEVEL_EDGE_{n}"] for n in (1, 2, 3))
    column = (label >> VALUES["BEARING_BAND_SHIFT"]) + bands // 2
    return level * bands + max(0, min(bands - 1, column))


def towards(mean: int, value: int) -> int:
    """One step of the running mean that a cell keeps."""
    shift = VALUES["MEMORY_MEAN_SHIFT"]
    return mean + ((value - mean + (1 << (shift - 1))) >> shift)


def label_of_pulse(pulse_us: int) -> int:
    """Quarter degrees to which a servo pulse points."""
    offset_us = pulse_us - VALUES["SERVO_CENTRE_US"]
    return max(-127, min(127, (offset_us * VALUES["LABEL_PER_US_Q8"] + 128) >> 8))


def label_of_bearing(bearing: int) -> int:
    """Quarter degrees of a bearing as the network gives it, Q0.15."""
    half = VALUES["BEARING_PER_LABEL"] // 2
    return max(-127, min(127, (bearing + half) >> VALUES["BEARING_LABEL_SHIFT"]))


def degrees_of_bearing(
    bearing: Integers | int,
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Degrees of a bearing as the network gives it, Q0.15."""
    return ACTIVATION.to_float(bearing) * VALUES["BEARING_FULL_SCALE_DEG"]


def change_of(now: int, before: int, counter: SaturationCounter | None = None) -> int:
    """The change between two readings as the network sees it, int8."""
    exact = (now - before) >> VALUES["CHANGE_SHIFT"]
    seen = max(-128, min(127, exact))
    if counter is not None:
        counter.add("inputs", exact, seen)
    return seen


def weights_crc(weights: Integers) -> int:
    """CRC-16 of weights (Q4.19) as the wire carries them: 3 bytes each, little endian."""
    rows = (weights.astype("<i4")).view(np.uint8).reshape(-1, 4)
    return crc16(rows[:, :3].tobytes())


class MirrorLearner:
    """The learner in Python, on the mirror."""

    def __init__(self, seed: int, topology: Topology = TOPOLOGY) -> None:
        self._counter = SaturationCounter()
        self.network = Mirror(topology, counter=self._counter)
        sizes = sum(topology.sizes), topology.sizes[-1], sum(topology.sizes[1:])
        self._latest = LatestStep(topology, *(np.zeros(size, np.int64) for size in sizes))
        self.reset(seed)

    def reset(self, seed: int) -> None:
        """See Learner."""
        self.order = Generator(seed)
        self.network.initialise(self.order, VALUES["WEIGHT_SPREAD"])
        self.network.rate = VALUES["RATE_START"]
        self._step = 0
        self.view: View | None = None
        self.waiting: tuple[View, int] | None = None  # a lesson's reading and its label
        self.next_absent = 0
        self.memory: list[Sample | None] = [None] * VALUES["MEMORY_SAMPLES"]
        self.clear_saturation()

    def read(self, left: int, right: int) -> Integers:
        """See Learner."""
        before, counter = self.view or View(left, right), self._counter
        left_change = change_of(left, before.left, counter)
        right_change = change_of(right, before.right, counter)
        self.view = View(left, right, left_change, right_change)
        return np.asarray(self.network.forward(self.view.inputs(counter))[0])

    def label_lesson(self, bearing: int) -> None:
        """See Learner."""
        assert self.view is not None
        self._finish_waiting(bearing)
        self.waiting = self.view, bearing

    def label_none(self) -> None:
        """See Learner."""
        self._finish_waiting(UNKNOWN)

    def _finish_waiting(self, next_label: int) -> None:
        if self.waiting is not None:
            self._store(*self.waiting, next_label)
        self.waiting = None

    def mark(self, bearing: int) -> None:
        """See Learner."""
        if self.view is not None:
            self._store(self.view, bearing, UNKNOWN)

    def _store(self, view: View, label: int, next_label: int) -> None:
        if not view.plausible(label):
            return
        sample = sample_of(view, label, next_label)
        if label == UNKNOWN:
            self.memory[VALUES["MEMORY_CELLS"] + self.next_absent] = sample
            self.next_absent = (self.next_absent + 1) % VALUES["MEMORY_ABSENT"]
        else:
            self._average(cell_of(view, label), sample)

    def _average(self, cell: int, sample: Sample) -> None:
        mean = self.memory[cell]
        if mean is not None:
            view = replace(
                sample.view,  # the changes stay those of the latest: to and fro would cancel
                left=towards(mean.view.left, sample.view.left),
                right=towards(mean.view.right, sample.view.right),
            )
            sample = replace(sample, view=view, bearing=towards(mean.bearing, sample.bearing))
        self.memory[cell] = sample

    def train(self, steps: int) -> Reals:
        """See Learner."""
        losses = []
        for _ in range(steps if self.memory_count() else 0):
            sample = self._draw()
            inputs, targets = sample.view.inputs(self._counter), sample.targets(self._counter)
            self._train(inputs[0], targets[0])
            losses.append(self._latest.loss)
        return np.array(losses, np.float64)

    def _train(self, inputs: Integers, targets: Integers) -> None:
        network = self.network
        network.train(inputs[np.newaxis], targets[np.newaxis])
        self._step += 1
        values, deltas = (np.concatenate(a, axis=1)[0] for a in (network.outputs, network.deltas))
        self._latest = LatestStep(network.topology, values, targets, deltas)

    def latest(self) -> LatestStep:
        """See Learner."""
        return self._latest

    def _draw(self) -> Sample:
        filled = [sample for sample in self.memory if sample is not None]
        return filled[self.order.below(len(filled))]

    @property
    def step(self) -> int:
        """See Learner."""
        return self._step

    def train_on(self, inputs: Integers, targets: Integers) -> Integers:
        """See Learner."""
        self._train(inputs, targets)
        return np.asarray(self.network.outputs[-1][0])

    def set_step(self, step: int) -> None:
        """See Learner."""
        self._step = step

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
        return np.asarray(self.network.flat_weights()[0])

    def order_state(self) -> int:
        """See Learner."""
        return self.order.state

    def memory_count(self) -> int:
        """See Learner."""
        return sum(sample is not None for sample in self.memory)

    @property
    def saturation(self) -> Saturations:
        """See Learner."""
        return self._counter.saturations

    def clear_saturation(self) -> None:
        """See Learner."""
        self._counter.clear()
