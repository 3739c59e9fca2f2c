"""Events as a bridge tells them."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from fixprop.live.events import Event, Raw, Received, Stepped
from fixprop.tracking.definition import VALUES
from fixprop.wire.codec import Frame
from fixprop.wire.records import Hello, Reading

PERIOD_US = 1000 * VALUES["READING_PERIOD_MS"]


def reading(index: int, **given: Any) -> Reading:
    """An ordinary reading, but for what is `given`."""
    plain: dict[str, Any] = dict.fromkeys((f.name for f in fields(Reading)), 0) | {
        "reading_index": index,
        "time_us": index * PERIOD_US % 2**32,
        "left": 8 * 200,
        "right": 8 * 100,
        "pointer_us": VALUES["SERVO_CENTRE_US"],
        "rate": 1024,
        "presence": 16384,
        "supply_mv": VALUES["SUPPLY_NOMINAL_MV"],
    }
    return Reading(**(plain | given))


def hello(reading_index: int = 0) -> Hello:
    """A board that has just started."""
    plain: dict[str, Any] = dict.fromkeys((f.name for f in fields(Hello)), 0)
    return Hello(**(plain | {"layer_sizes": bytes(6), "reading_index": reading_index}))


def events_of(message: Reading, time_s: float = 0.0, losses: int = 0) -> list[Event]:
    """Bytes came, the twin did `losses` steps, and that was the frame."""
    events: list[Event] = [Raw(time_s, b"\1\0", False)]
    if losses:
        events.append(Stepped(time_s, message.step, np.linspace(0.1, 0.2, losses)))
    return [*events, Received(time_s, Frame(0, message))]
