"""What a bridge tells those who listen, in the order in which it happened."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from fixprop.wire.codec import Frame
from fixprop.wire.records import Hello, Record


class LinkState(StrEnum):
    """How the line to the board stands."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    LOST = "lost"  # it will be opened again
    CLOSED = "closed"


@dataclass(frozen=True)
class Event:
    """`time_s`: seconds since the bridge was made, on its clock."""

    time_s: float


@dataclass(frozen=True)
class Link(Event):
    """The line changed; `text` is one line for people."""

    state: LinkState
    text: str
    hello: Hello | None = None  # with CONNECTED


@dataclass(frozen=True)
class Received(Event):
    """A frame came."""

    frame: Frame


@dataclass(frozen=True)
class Sent(Event):
    """A command went out."""

    sequence: int
    command: Record


@dataclass(frozen=True)
class Lost(Event):
    """Frames are missing from the sequence, here."""

    frames: int


@dataclass(frozen=True)
class Stepped(Event):
    """The twin did training steps: `losses` [steps], before each; the last made it `step` in all."""

    step: int
    losses: NDArray[np.float64]


@dataclass(frozen=True)
class Raw(Event):
    """Bytes on the line, as they came or went."""

    data: bytes
    outgoing: bool
