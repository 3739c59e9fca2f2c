"""Plot of the field from above: where the hand was taught, and how well it was found."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle
from numpy.typing import ArrayLike

from fixprop.sim.optics import Mount
from fixprop.sim.paths import FIELD_DEG
from fixprop.tracking.evaluation import FAR_CM, NEAR_CM, Floats
from fixprop.tracking.report.findings import Findings
from fixprop.tracking.report.svg import KEYS, Canvas, dots

BEARING_EDGES_DEG = np.arange(-FIELD_DEG - 1.0, FIELD_DEG + 1.1, 2.0)
RANGE_EDGES_CM = np.array([12, 15, 18, 21, 24, 27, 30, 33, 36, 39, 42, 45], np.float64)
LEAST_READINGS = 3  # in a cell, to have a colour
BEAM_CM = 52.0  # drawn so far
WORST_DEG = 8.0  # and worse: the darkest colour
SCALE_STEPS = 16


def field_map(findings: Findings, canvas: Canvas) -> Figure:
    """Two views from above: the lesson's places, the test's errors."""
    figure = canvas.figure(640 if canvas.wide else 352)
    lesson, test = figure.subplots(1, 2, sharey=True)
    for axes, title in (
        (lesson, "Lesson: where the hand was"),
        (test, "Test: RMSE where it was"),
    ):
        _scene(axes)
        _promise(axes)
        axes.set_title(title if canvas.wide else title.replace(": ", ":\n"))
        axes.set_xlabel("to the right (cm)" if canvas.wide else "right (cm)")
    lesson.set_ylabel("ahead of the sensors (cm)")
    truth = findings.run.lesson.truth
    x_cm, y_cm = _xy(truth.bearing_deg, truth.range_cm)
    dots(lesson, x_cm, y_cm, "trained", 2.6, alpha=0.6)
    _errors(test, findings)
    _scale(test, canvas)
    return figure


def _xy(bearing_deg: ArrayLike, range_cm: ArrayLike) -> Floats:
    """Centimetres to the right and ahead, in this order along the first axis."""
    angle = np.radians(np.asarray(bearing_deg, np.float64))
    range_cm = np.asarray(range_cm, np.float64)
    return np.array([range_cm * np.sin(angle), range_cm * np.cos(angle)])


def _scene(axes: Axes) -> None:
    mount = Mount()
    for side, name in enumerate(("left", "right")):
        x, axis = mount.position_cm(side), mount.axis_deg(side)
        sensor, half = np.array([x, 0.0]), mount.half_angle_deg
        low, middle, high = (sensor + _xy(axis + angle, BEAM_CM) for angle in (-half, 0, half))
        beam = np.array([sensor, low, high])
        axes.add_artist(Polygon(beam, facecolor=KEYS[name], alpha=0.13, lw=0))
        for end, style in ((low, "-"), (middle, ":"), (high, "-")):
            axes.plot(*np.transpose([sensor, end]), style, color=KEYS[name], lw=0.9, zorder=3)
        axes.add_artist(Rectangle((x - 1.1, -1.4), 2.2, 1.4, facecolor=KEYS[name], lw=0))
        axes.text(x, -1.9, name, ha="center", va="top", fontsize=10.5)
    axes.set(xlim=(-15, 15), ylim=(-5, 47.5), aspect="equal")
    axes.set_yticks([0, 12, 20, 30, 40, 45])


def _promise(axes: Axes) -> None:
    arc = np.linspace(-FIELD_DEG, FIELD_DEG, 31)
    edge = np.hstack([_xy(arc, NEAR_CM), _xy(arc[::-1], FAR_CM)]).T
    axes.add_artist(Polygon(edge, fill=False, edgecolor=KEYS["promise"], lw=2, zorder=4))


def _errors(axes: Axes, findings: Findings) -> None:
    truth, errors = findings.run.test.truth, findings.errors_deg
    for near, far in pairwise(RANGE_EDGES_CM.tolist()):
        for low, high in pairwise(BEARING_EDGES_DEG.tolist()):
            with np.errstate(invalid="ignore"):
                rows = findings.seen & (truth.range_cm >= near) & (truth.range_cm < far)
                rows &= (truth.bearing_deg >= low) & (truth.bearing_deg < high)
            if rows.sum() >= LEAST_READINGS:
                rmse = float(np.sqrt(np.mean(errors[rows] ** 2)))
                _cell(axes, (low, high), (near, far), rmse)


def _cell(
    axes: Axes, bearings: tuple[float, float], ranges: tuple[float, float], rmse: float
) -> None:
    arc = np.linspace(*bearings, 4)
    corners = np.hstack([_xy(arc, ranges[0]), _xy(arc[::-1], ranges[1])]).T
    axes.add_artist(Polygon(corners, facecolor=KEYS["card"], edgecolor=KEYS["line"], lw=0.6))
    axes.add_artist(Polygon(corners, facecolor=KEYS["wrong"], alpha=_shade_of(rmse), lw=0))


def _shade_of(rmse: float) -> float:
    return 0.04 + 0.96 * min(rmse / WORST_DEG, 1.0)


def _scale(axes: Axes, canvas: Canvas) -> None:
    """A colour bar made of the same shades, which blend with the page."""
    bar = axes.inset_axes((0.04, 0.235, 0.24 if canvas.wide else 0.3, 0.022))
    for step in range(SCALE_STEPS):
        rmse = WORST_DEG * (step + 0.5) / SCALE_STEPS
        bar.add_artist(
            Rectangle((step, 0), 1, 1, facecolor=KEYS["wrong"], alpha=_shade_of(rmse), lw=0)
        )
    bar.set(xlim=(0, SCALE_STEPS), ylim=(0, 1), yticks=[])
    bar.set_xticks([0, SCALE_STEPS], ["0°", f"{WORST_DEG:g}°+"], fontsize=10)
    bar.set_title("RMSE", fontsize=10, fontweight="normal")
    bar.grid(False)
