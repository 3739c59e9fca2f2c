"""Readings, samples and boards for the tests of sinks."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TypeVar

import numpy as np

from fixprop.board.native import NativeBoard
from fixprop.live.bridge import Bridge
from fixprop.live.events import Lost, Received, Stepped
from fixprop.sim.scene import World
from fixprop.sinks.channels import CHANNELS, Moment, Number
from fixprop.sinks.sampler import Sample
from fixprop.sinks.sink import Sink
from fixprop.tracking.native_learner import NativeLearner
from fixprop.tracking.twin import Twin
from fixprop.wire.codec import Frame
from fixprop.wire.records import Health, Reading, Record, State

START_S = 1_700_000_000.0  # Unix time of a bridge's start
PERIOD_US = 38_000
M = TypeVar("M", Reading, Health)


def zeros(kind: type[M]) -> M:
    """A message of numbers, whatever else its fields are to become."""
    return kind(**dict.fromkeys((field.name for field in fields(kind)), 0))


def reading(
    index: int = 0,
    *,
    left: int = 8 * 200,
    right: int = 8 * 100,
    step: int = 0,
    bearing: int = 8192,
    presence: int = 16384,
    pointer_us: int = 1450,
    state: int = State.LEARNING,
) -> Reading:
    return replace(
        zeros(Reading),
        reading_index=index,
        time_us=index * PERIOD_US % (1 << 32),
        left=left,
        right=right,
        pointer_us=pointer_us,
        state=state,
        step=step,
        rate=1024,
        bearing=bearing,
        bearing_ahead=-8192,
        presence=presence,
    )


def health(*, missed: int = 0, free: int = 347) -> Health:
    return replace(zeros(Health), missed_readings=missed, stack_free=free)


def received(message: Record, time_s: float = 0.0) -> Received:
    return Received(time_s, Frame(0, message))


def stepped(*losses: float, time_s: float = 0.0) -> Stepped:
    return Stepped(time_s, len(losses), np.array(losses))


def lost(frames: int) -> Lost:
    return Lost(0.0, frames)


def sample(index: int = 0, **changed: Number | None) -> Sample:
    moment = Moment(reading(index), health(), 0.0125, 1650.5, 0)
    values = {channel.name: channel.value(moment) for channel in CHANNELS} | changed
    return Sample(index * 0.038, START_S + index * 0.038, values, State.LEARNING)


def native_bridge() -> Bridge:
    """A bridge to native://, whose time is the board's, to be turned by hand."""
    boards: list[NativeBoard] = []

    def connect() -> NativeBoard:
        boards.append(NativeBoard(World(7)))
        return boards[-1]

    return Bridge(
        connect, Twin(NativeLearner(1)), clock=lambda: boards[-1].time_s() if boards else 0.0
    )


class Listed(Sink):
    """Keeps what it is given."""

    def __init__(self, name: str = "listed", every_s: float = 0.0) -> None:
        super().__init__(name, every_s)
        self.samples: list[Sample] = []
        self.closed = False

    def send(self, sample: Sample) -> None:
        self.samples.append(sample)
        self.sent += 1

    def close(self) -> None:
        self.closed = True
