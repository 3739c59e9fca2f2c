"""The report's plots in their order, each with its heading, its words and its sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from fixprop.tracking.report.accuracy import by_distance, learning_curve, scatter_and_histogram
from fixprop.tracking.report.field import field_map
from fixprop.tracking.report.findings import Findings
from fixprop.tracking.report.motion import bearing_minute, bearing_stretch, sensor_readings
from fixprop.tracking.report.svg import Canvas
from fixprop.tracking.report.weights import weight_maps
from fixprop.tracking.summary import MOST_DEG


@dataclass(frozen=True)
class Part:
    """One plot: `alternative` for those who do not see it, `caption` says what to see."""

    name: str
    plot: Callable[[Findings, Canvas], Figure]
    alternative: str
    caption: Callable[[Findings], str]
    title: str = ""


@dataclass(frozen=True)
class Shown:
    """A section of the page."""

    name: str
    title: str
    parts: tuple[Part, ...]


def _learning(findings: Findings) -> str:
    settled = findings.settled(MOST_DEG)
    start = f"The error starts at {findings.rmse_deg('untrained'):.1f}°"
    if settled is None:
        return f"{start} and has not settled within {MOST_DEG:g}° when the lesson ends."
    return (
        f"{start} and stays within {MOST_DEG:g}° from {settled[0]:.0f} s on, after "
        f"{settled[1]:,} training steps; each dot is the test's RMSE had learning stopped "
        "there, and the last is where it did."
    )


def _stretch(findings: Findings) -> str:
    return (
        "See the estimate (blue) follow the hand: these 20 s are the ones whose error is nearest "
        "to the whole minute's, neither the best nor the worst; grey is no hand, dotted is a hand "
        "that no beam touches or that is beyond 45 cm."
    )


def _minute(findings: Findings) -> str:
    field = findings.run.test.in_field()
    return (
        f"Of {len(findings.test_s):,} readings, {int(field.sum()):,} have the hand 12 to 30 cm away "
        "(green band in the plots of distance) and in a beam: these make the figures at the top of "
        "the page."
    )


def _errors(findings: Findings) -> str:
    errors = np.abs(findings.errors_deg[findings.run.test.in_field()])
    middle, most = np.percentile(errors, (50, 90))
    return (
        f"Half of the readings are within {middle:.1f}° and nine tenths within {most:.1f}°; distance "
        "from the diagonal is error (it flattens far out, where only one beam sees the hand), and a "
        "narrower heap is a better estimator."
    )


def _distance(findings: Findings) -> str:
    band = findings.worst_band
    worst = f"is at most {band[3]:.1f}° in any band" if band else "is unknown (no reading)"
    return (
        f"Within the promised 12 to 30 cm the Uno's RMSE {worst}; beyond it hand and background "
        "blur. The best offline estimator was fitted to 12 to 30 cm and is drawn only there."
    )


def _sensors(findings: Findings) -> str:
    return (
        "The two curves rise together when the hand comes nearer and cross when it passes the "
        "middle: the bearing is in their difference; where one of them is on the floor only one beam "
        "touches the hand, and grey is no hand."
    )


def _weights(findings: Findings) -> str:
    before, after = findings.run.initial_weights, findings.run.final_weights
    return (
        f"{int((before != after).sum())} of {len(after)} weights moved; a row is one hidden neuron, "
        "and those that grew in the column “difference” tell left from right (orange positive, blue "
        "negative, one scale for all four maps). A weight is Q4.19: 24 bits, \u221216 to +16 in "
        "steps of 0.000002."
    )


def _field(findings: Findings) -> str:
    return (
        "Blue dots are where the lesson has been; on the right a stronger red is a larger error. "
        "Green is the promise, 12 to 30 cm and ±15°: within it the RMSE is "
        f"{findings.beams_rmse_deg(True)} while the hand is in both beams (shaded) and "
        f"{findings.beams_rmse_deg(False)} where only one touches it."
    )


PLOTS = (
    Shown("learning", "Learning curve", (
        Part("learning", learning_curve,
             "Line chart: RMSE of the bearing in degrees on the unseen test against lesson time in "
             "seconds and training steps, with lines for untrained, float64 and the "
             "best offline estimator.",
             _learning),
    )),
    Shown("tracking", "Tracking a hand it has never seen", (
        Part("stretch", bearing_stretch,
             "Line chart of 20 seconds: true bearing, the Uno's estimate and the servo pointer in "
             "degrees; below it the hand's distance in centimetres.",
             _stretch, "Twenty seconds"),
        Part("minute", bearing_minute,
             "Line charts of the whole test, in rows one below the other: true bearing and the Uno's "
             "estimate in degrees, and the hand's distance in centimetres.",
             _minute, "The whole minute"),
        Part("errors", scatter_and_histogram,
             "Scatter of estimated against true bearing in degrees, and a histogram of the error "
             "in degrees for the Uno and the best offline estimator.",
             _errors, "Estimate against truth"),
    )),
    Shown("distance", "Error by distance", (
        Part("distance", by_distance,
             "Step chart: RMSE in degrees in bands of distance from 12 to 45 centimetres for the "
             "Uno and float64, and to 30 centimetres for the best offline estimator; the promised 12 "
             "to 30 centimetres are shaded.",
             _distance),
    )),
    Shown("sensors", "What the sensors gave", (
        Part("sensors", sensor_readings,
             "Two line charts: readings of the left and the right sensor in counts and millivolts "
             "over time, in the lesson's first 20 seconds and in 20 seconds of the test.",
             _sensors),
    )),
    Shown("weights", "The weights, before and after", (
        Part("weights", weight_maps,
             "Heat maps of the weights of the hidden and the output layer before and after the "
             "lesson, each cell with its value.",
             _weights),
    )),
    Shown("field", "The field from above", (
        Part("field", field_map,
             "Two maps seen from above: places of the hand in the lesson, and the test's RMSE by "
             "place as colour, with sensors, beams and the promised field.",
             _field),
    )),
)  # fmt: skip
