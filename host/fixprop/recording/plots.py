"""Plots of a session whose truth may be unknown: what the board was given, and what it made of it."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fixprop.recording.story import Flags, Floats, Story
from fixprop.tracking.report.svg import KEYS, Canvas, legend_above
from fixprop.tracking.report.weights import two_maps

MOST_POINTS = 3000
MOST_LOSSES = 600
COUNTS_PER_READING = 1 / 8


def thinned(count: int, most: int = MOST_POINTS) -> slice:
    """Rows to draw, so that a page of hours is not larger than one of minutes."""
    return slice(None, None, max(1, -(-count // most)))


def losses(story: Story, canvas: Canvas) -> Figure:
    """Mean loss of the training steps, before each."""
    figure = canvas.figure(330)
    axes = figure.subplots()
    reading, _, loss = np.array(story.losses).T
    size = max(1, -(-len(loss) // MOST_LOSSES))
    whole = len(loss) // size * size
    means = loss[:whole].reshape(-1, size).mean(axis=1)
    last = len(story.readings) - 1
    time_s = story.time_s()[np.minimum(reading.astype(int), last)][size - 1 : whole : size]
    axes.plot(time_s, means, color=KEYS["trained"], lw=1.4, label="loss, mean of many steps")
    axes.set(xlabel="time (s)", ylabel="loss", yscale="log")
    legend_above(axes, canvas, 1)
    return figure


def bearings(story: Story, canvas: Canvas) -> Figure:
    """The board's bearing beside the pointer, its label in a lesson, and the truth if it is known."""
    figure = canvas.figure(380)
    axes = figure.subplots()
    time_s, rows = story.time_s(), thinned(len(story.readings))
    series: list[tuple[str, str, float, Floats]] = [
        ("pointer", "servo pointer", 1.1, story.pointer_deg())
    ]
    truth = story.true_bearing_deg()
    if truth is not None:
        series.append(("truth", "hand, true", 1.5, truth))
    seen = np.where(story.present(), story.bearing_deg(), np.nan)
    series.append(("trained", "estimate, board", 1.5, seen))
    for colour, label, width, values in series:
        axes.plot(time_s[rows], values[rows], color=KEYS[colour], lw=width, label=label)
    _lesson(axes, time_s, story.labelled())
    axes.set(xlabel="time (s)", ylabel="bearing (degrees), right is +", ylim=(-24, 24))
    legend_above(axes, canvas, 4)
    return figure


def sensors(story: Story, canvas: Canvas) -> Figure:
    """Both sensors."""
    figure = canvas.figure(330)
    axes = figure.subplots()
    time_s, rows = story.time_s(), thinned(len(story.readings))
    for side, style in (("left", "-"), ("right", "--")):
        counts = np.array([getattr(r, side) for r in story.readings]) * COUNTS_PER_READING
        axes.plot(
            time_s[rows], counts[rows], style, color=KEYS[side], lw=1.4, label=f"{side} sensor"
        )
    axes.set(xlabel="time (s)", ylabel="reading (counts)")
    axes.set_ylim(0)
    legend_above(axes, canvas, 3)
    return figure


def weights(story: Story, canvas: Canvas) -> Figure:
    """At the first lesson's start, or the recording's, and at its end."""
    before, after = story.first_weights, story.played.weights
    assert before is not None and after is not None
    return two_maps(before, after, canvas)


def _lesson(axes: Axes, time_s: Floats, labelled: Flags) -> None:
    """Shade where the pointer's angle was the label."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], labelled.astype(int), [0]])))
    for number, (first, end) in enumerate(zip(edges[::2], edges[1::2], strict=True)):
        label = "lesson: the pointer is the label" if number == 0 else None
        last = min(int(end), len(time_s) - 1)
        axes.axvspan(
            time_s[first], time_s[last], color=KEYS["promise"], alpha=0.1, lw=0, label=label
        )
