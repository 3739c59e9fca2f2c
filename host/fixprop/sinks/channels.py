"""The channels: what is shown of a board, each with name, unit and how it comes from the messages.

Every sink, every output format and docs/sinks.md tell these and no others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fixprop.errors import UsageError
from fixprop.formats import ACTIVATION, RATE
from fixprop.tracking.definition import VALUES
from fixprop.tracking.learner import degrees_of_bearing
from fixprop.tracking.scales import cm_of_counts, deg_of_pulse
from fixprop.wire.records import Health, Reading

Number = int | float
CONVERSIONS = VALUES["BURST_RANKS"]


@dataclass(frozen=True)
class Moment:
    """What is known when a reading comes; None: nothing yet."""

    reading: Reading
    health: Health | None = None
    loss: float | None = None
    steps_per_s: float | None = None
    lost_frames: int = 0


@dataclass(frozen=True)
class Channel:
    """One series. The name carries the unit too, as few tools show units of their own."""

    name: str
    unit: str
    text: str
    value: Callable[[Moment], Number | None]
    form: str = "d"  # as in format()
    plotter: bool = False  # in the Serial Plotter unless others are asked for

    def show(self, value: Number) -> str:
        """The number as all text formats have it."""
        return format(value, self.form)


CHANNELS = (
    Channel("reading", "", "number of the reading", lambda m: m.reading.reading_index),
    Channel(
        "left_counts",
        "counts",
        "left sensor, of 1023",
        lambda m: m.reading.left / CONVERSIONS,
        ".3f",
    ),
    Channel(
        "right_counts",
        "counts",
        "right sensor, of 1023",
        lambda m: m.reading.right / CONVERSIONS,
        ".3f",
    ),
    Channel(
        "left_cm",
        "cm",
        "left sensor by the datasheet's curve, 7 to 150 cm",
        lambda m: _cm(m.reading.left),
        ".1f",
        True,
    ),
    Channel(
        "right_cm",
        "cm",
        "right sensor by the datasheet's curve, 7 to 150 cm",
        lambda m: _cm(m.reading.right),
        ".1f",
        True,
    ),
    Channel(
        "bearing_deg",
        "deg",
        "the network's bearing of the hand, positive to the right",
        lambda m: float(degrees_of_bearing(m.reading.bearing)),
        ".2f",
        True,
    ),
    Channel(
        "bearing_ahead_deg",
        "deg",
        "the network's bearing one reading ahead",
        lambda m: float(degrees_of_bearing(m.reading.bearing_ahead)),
        ".2f",
        True,
    ),
    Channel(
        "presence",
        "",
        "the network's presence: about 0.5 a hand, -0.5 none",
        lambda m: float(ACTIVATION.to_float(m.reading.presence)),
        ".3f",
        True,
    ),
    Channel(
        "pointer_deg",
        "deg",
        "where the servo points",
        lambda m: deg_of_pulse(m.reading.pointer_us),
        ".2f",
        True,
    ),
    Channel(
        "supply_mv",
        "mV",
        "the board's supply, to which the readings are scaled",
        lambda m: m.reading.supply_mv,
    ),
    Channel("step", "steps", "training steps so far", lambda m: m.reading.step),
    Channel("rate", "", "learning rate", lambda m: float(RATE.to_float(m.reading.rate)), ".6g"),
    Channel("loss", "", "mean loss of the steps since the last", lambda m: m.loss, ".6g", True),
    Channel(
        "steps_per_s",
        "steps/s",
        "training steps a second, of the last second",
        lambda m: m.steps_per_s,
        ".1f",
    ),
    Channel(
        "stack_free_bytes",
        "bytes",
        "SRAM that the stack has never touched",
        lambda m: None if m.health is None else m.health.stack_free,
    ),
    Channel(
        "missed_readings",
        "readings",
        "readings that the board took too late",
        lambda m: None if m.health is None else m.health.missed_readings,
    ),
    Channel("lost_frames", "frames", "frames missing here", lambda m: m.lost_frames),
)
BY_NAME = {channel.name: channel for channel in CHANNELS}


def _cm(conversions_sum: int) -> float:
    return float(cm_of_counts(conversions_sum / CONVERSIONS))


def channels_of(names: Sequence[str]) -> tuple[Channel, ...]:
    """The channels of these names, in this order; UsageError for one that is none, or twice."""
    for name in names:
        if name not in BY_NAME:
            raise UsageError(f"channel '{name}': no such channel; choose from {', '.join(BY_NAME)}")
    if len(set(names)) < len(names):
        raise UsageError(f"channels {','.join(names)}: name each of them once")
    return tuple(BY_NAME[name] for name in names)
