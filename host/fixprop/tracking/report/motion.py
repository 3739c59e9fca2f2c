"""Plots over time: the hand and its estimate, and what the sensors gave."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator
from numpy.typing import ArrayLike

from fixprop.tracking.evaluation import FAR_CM, NEAR_CM, Flags, Floats, Track
from fixprop.tracking.report.findings import STRETCH_S, Findings, where
from fixprop.tracking.report.svg import KEYS, Canvas, legend_above
from fixprop.wire.records import State

MV_PER_COUNT = 5000 / 1024  # 10 bits of the 5 V supply, ATmega328P datasheet section 24.7
PANELS = (3, 1.1)  # heights of bearing and distance
COUNTS_PER_READING = 1 / 8  # a reading is the sum of eight conversions


def bearing_stretch(findings: Findings, canvas: Canvas) -> Figure:
    """Bearing and distance in a typical stretch of the test, and the pointer."""
    figure = canvas.figure(430 if canvas.wide else 420)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=PANELS)
    rows = findings.stretch
    upper.plot(
        findings.test_s[rows], findings.pointer_deg[rows], color=KEYS["pointer"], lw=1.1,
        label="servo pointer",
    )  # fmt: skip
    _bearing(upper, findings, rows, 1.0)
    _distance(lower, findings, rows)
    legend_above(upper, canvas, 4)
    lower.set_xlabel("time since the test began (s)")
    figure.align_ylabels()
    return figure


def bearing_minute(findings: Findings, canvas: Canvas) -> Figure:
    """Bearing and distance in the whole test, one row below the other."""
    length_s, height_px = (30.0, 330) if canvas.wide else (20.0, 300)
    starts_s = np.arange(0.0, findings.test_s[-1], length_s).tolist()
    figure = canvas.figure(height_px * len(starts_s))
    panels = figure.subplots(2 * len(starts_s), 1, height_ratios=PANELS * len(starts_s))
    for start_s, upper, lower in zip(starts_s, panels[::2], panels[1::2], strict=True):
        rows = (findings.test_s >= start_s) & (findings.test_s <= start_s + length_s)
        _bearing(upper, findings, rows, 0.7)
        _distance(lower, findings, rows)
        for axes in (upper, lower):
            axes.set_xlim(start_s, start_s + length_s)
        upper.tick_params(labelbottom=False)
    legend_above(panels[0], canvas, 3)
    panels[-1].set_xlabel("time since the test began (s)")
    figure.align_ylabels()
    return figure


def _bearing(axes: Axes, findings: Findings, rows: Flags, thin: float) -> None:
    """Where the hand was and where the Uno took it to be; `thin` scales the lines."""
    truth, time_s = findings.run.test.truth, findings.test_s[rows]
    hidden = truth.present & ~findings.seen
    series: tuple[tuple[str, str, str, float, Floats], ...] = (
        ("truth", "hand, not seen", ":", 1.5, where(hidden, truth.bearing_deg)),
        ("truth", "hand, true", "-", 2.0, where(findings.seen, truth.bearing_deg)),
        ("trained", "estimate, Uno", "-", 1.7,
         where(findings.seen, findings.run.test.bearing_deg)),
    )  # fmt: skip
    for colour, label, style, width, values in series:
        axes.plot(time_s, values[rows], style, color=KEYS[colour], lw=width * thin, label=label)
    axes.set(ylabel="bearing (degrees), right is +", ylim=(-24, 24), yticks=range(-20, 21, 10))
    _time_axis(axes, findings, rows)


def _distance(axes: Axes, findings: Findings, rows: Flags) -> None:
    range_cm = findings.run.test.truth.range_cm[rows]
    axes.axhspan(NEAR_CM, FAR_CM, color=KEYS["promise"], alpha=0.12, lw=0)
    axes.plot(findings.test_s[rows], range_cm, color=KEYS["truth"], lw=1.4)
    axes.set(ylabel="distance (cm)", ylim=(10, 47), yticks=(12, 30, 45))
    _time_axis(axes, findings, rows)


def _time_axis(axes: Axes, findings: Findings, rows: Flags) -> None:
    time_s = findings.test_s[rows]
    _shade(axes, time_s, ~findings.run.test.truth.present[rows])
    axes.set_xlim(time_s[0], time_s[-1])
    axes.xaxis.set_major_locator(MultipleLocator(5))


def _shade(axes: Axes, time_s: Floats, rows: Flags) -> None:
    """Grey where `rows` holds."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], rows.astype(int), [0]])))
    for first, end in zip(edges[::2], edges[1::2], strict=True):
        last = min(int(end), len(time_s) - 1)
        axes.axvspan(time_s[first], time_s[last], color=KEYS["muted"], alpha=0.16, lw=0)


def sensor_readings(findings: Findings, canvas: Canvas) -> Figure:
    """Both sensors, in the lesson's first seconds and in the test's stretch."""
    figure = canvas.figure(500 if canvas.wide else 520)
    lesson, test = figure.subplots(2, 1, sharey=True)
    track = findings.run.lesson
    lesson_s = track.time_s - track.time_s[0]
    rows = lesson_s <= STRETCH_S
    _sensors(lesson, track, lesson_s, rows, canvas)
    _shade(lesson, lesson_s[rows], (track.state[rows] & State.HAND_ABSENT_LABEL) != 0)
    legend_above(lesson, canvas, 3)
    lesson.set_xlabel("lesson time (s)")
    _sensors(test, findings.run.test, findings.test_s, findings.stretch, canvas)
    away = ~findings.run.test.truth.present[findings.stretch]
    _shade(test, findings.test_s[findings.stretch], away)
    test.set_xlabel("time since the test began (s)")
    return figure


def _millivolts(counts: ArrayLike) -> Floats:
    return np.asarray(counts, np.float64) * MV_PER_COUNT


def _counts(millivolts: ArrayLike) -> Floats:
    return np.asarray(millivolts, np.float64) / MV_PER_COUNT


def _sensors(axes: Axes, track: Track, time_s: Floats, rows: Flags, canvas: Canvas) -> None:
    for side, style in (("left", "-"), ("right", "--")):
        counts = getattr(track, side)[rows] * COUNTS_PER_READING
        axes.plot(time_s[rows], counts, style, color=KEYS[side], lw=1.6, label=f"{side} sensor")
    axes.set_ylabel("reading (counts)")
    axes.set_xlim(time_s[rows][0], time_s[rows][-1])
    axes.set_ylim(0)
    axes.xaxis.set_major_locator(MultipleLocator(5))
    right = axes.secondary_yaxis("right", functions=(_millivolts, _counts))
    right.set_ylabel("reading (mV)")
