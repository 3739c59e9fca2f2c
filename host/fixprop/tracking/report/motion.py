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
COUNTS_PER_READING = 1 / 8  # a reading is the sum of eight conversions


def bearing_stretch(findings: Findings, canvas: Canvas) -> Figure:
    """Bearing and distance in a typical stretch of the test."""
    return _bearing(findings, canvas, findings.stretch)


def bearing_minute(findings: Findings, canvas: Canvas) -> Figure:
    """Bearing and distance in the whole test."""
    return _bearing(findings, canvas, np.ones(len(findings.test_s), np.bool_))


def _bearing(findings: Findings, canvas: Canvas, rows: Flags) -> Figure:
    figure = canvas.figure(430 if canvas.wide else 420)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1.1))
    truth, time_s = findings.run.test.truth, findings.test_s[rows]
    thin = 0.75 if rows.all() else 1.0
    hidden = truth.present & ~findings.seen
    series: tuple[tuple[str, str, str, float, Floats], ...] = (
        ("pointer", "servo pointer", "-", 1.1, findings.pointer_deg),
        ("truth", "hand, not seen", ":", 1.5,
         where(hidden, truth.bearing_deg)),
        ("truth", "hand, true", "-", 2.0, where(findings.seen, truth.bearing_deg)),
        ("trained", "estimate, Uno", "-", 1.7,
         where(findings.seen, findings.run.test.bearing_deg)),
    )  # fmt: skip
    for colour, label, style, width, values in series:
        upper.plot(time_s, values[rows], style, color=KEYS[colour], lw=width * thin, label=label)
    for axes in (upper, lower):
        _shade(axes, time_s, ~truth.present[rows])
    upper.set(ylabel="bearing (degrees), right is +", ylim=(-24, 24), yticks=range(-20, 21, 10))
    legend_above(upper, canvas, 4)
    lower.axhspan(NEAR_CM, FAR_CM, color=KEYS["promise"], alpha=0.12, lw=0)
    lower.plot(time_s, truth.range_cm[rows], color=KEYS["truth"], lw=1.4)
    lower.set(ylabel="distance (cm)", ylim=(10, 47), yticks=(12, 30, 45))
    lower.set_xlabel("time since the test began (s)")
    lower.set_xlim(time_s[0], time_s[-1])
    lower.xaxis.set_major_locator(MultipleLocator(10 if rows.all() else 5))
    figure.align_ylabels()
    return figure


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
