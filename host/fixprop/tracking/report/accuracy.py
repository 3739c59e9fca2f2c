"""Plots of how good: over the lesson, by distance, and reading by reading."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, MultipleLocator

from fixprop.sim.paths import FIELD_DEG
from fixprop.tracking.evaluation import FAR_CM, NEAR_CM, rmse_by_range
from fixprop.tracking.report.findings import ESTIMATORS, Findings
from fixprop.tracking.report.svg import KEYS, Canvas, dots, legend_above

STYLES = {"untrained": ":", "trained": "-", "float64_same_network": "--", "oracle": "-."}
SHORT = {
    "untrained": "untrained",
    "trained": "on the Uno",
    "float64_same_network": "float64",
    "oracle": "best offline estimator",
}
WIDEST_ERROR_DEG = 12.0


def learning_curve(findings: Findings, canvas: Canvas) -> Figure:
    """RMSE over the unseen test, had the lesson ended at each moment."""
    figure = canvas.figure(370 if canvas.wide else 350)
    axes = figure.subplots()
    times, rmse = findings.curve_times_s, findings.curve_rmse_deg
    axes.axvspan(0, findings.first_label_s, color=KEYS["muted"], alpha=0.13, lw=0)
    note = "no bearing\ntaught yet" if canvas.wide else "not\nyet"
    axes.text(
        findings.first_label_s / 2, 0.5, note, fontsize=10.5, color=KEYS["muted"],
        ha="center", va="center", transform=axes.get_xaxis_transform(),
    )  # fmt: skip
    for name in ("untrained", "float64_same_network", "oracle"):
        value = findings.rmse_deg(name)
        text = f"{SHORT[name]} {value:.2f}°"
        axes.axhline(value, color=KEYS[ESTIMATORS[name][0]], ls=STYLES[name], label=text)
    label = f"on the Uno, at the end {findings.rmse_deg('trained'):.2f}°"
    axes.plot(times, rmse, color=KEYS["trained"], marker="o", ms=4, lw=2.2, label=label)
    axes.set(xlabel="lesson time (s)", ylabel="RMSE on the unseen test (degrees)")
    axes.set_ylim(0)
    axes.set_xlim(0, max(times[-1], 1.0) * 1.01)
    axes.xaxis.set_major_locator(MultipleLocator(10))
    _steps_on_top(axes, findings, canvas)
    axes.legend(
        loc="center right",
        bbox_to_anchor=(1, 0.57),
        handlelength=2.4,
        frameon=True,
        facecolor=KEYS["card"],
        edgecolor="none",
        framealpha=0.9,
    )
    return figure


def _steps_on_top(axes: Axes, findings: Findings, canvas: Canvas) -> None:
    steps = np.array(findings.curve_steps, np.float64)
    wanted = MaxNLocator(6 if canvas.wide else 3).tick_values(steps[0], steps[-1])
    wanted = wanted[(wanted >= steps[0]) & (wanted <= steps[-1])]
    top = axes.secondary_xaxis("top")
    places = np.interp(wanted, steps, findings.curve_times_s)
    top.set_ticks(places.tolist(), labels=[f"{int(n):,}" for n in wanted])
    top.set_xlabel("training steps")


def by_distance(findings: Findings, canvas: Canvas) -> Figure:
    """RMSE in bands of distance: the chip against its bounds."""
    figure = canvas.figure(340 if canvas.wide else 350)
    axes = figure.subplots()
    promise = "promise, 12 to 30 cm" if canvas.wide else "promise"
    axes.axvspan(NEAR_CM, FAR_CM, color=KEYS["promise"], alpha=0.12, lw=0, label=promise)
    edges: set[int] = set()
    largest = 1.0
    for name in ("trained", "float64_same_network", "oracle"):
        bands = rmse_by_range(getattr(findings.estimates, name), findings.run.test)
        edges |= {edge for low, high, _, _ in bands for edge in (low, high)}
        counts = [((low + high) / 2, count) for low, high, count, _ in bands]
        if name == "oracle":  # fitted to the promise only
            bands = [band for band in bands if band[1] <= FAR_CM]
        largest = max(largest, *(error for *_, error in bands), 0.0)
        x = [value for low, high, _, _ in bands for value in (low + 0.15, high - 0.15, np.nan)]
        y = [value for *_, error in bands for value in (error, error, np.nan)]
        wide = 4.5 if name == "trained" else 2.6
        axes.plot(
            x, y, color=KEYS[ESTIMATORS[name][0]], lw=wide, ls=STYLES[name], label=SHORT[name]
        )
    for centre, count in counts:
        axes.text(
            centre, 0.02, f"{count}" if not canvas.wide else f"{count} readings", fontsize=10.5,
            ha="center", va="bottom", color=KEYS["muted"], transform=axes.get_xaxis_transform(),
        )  # fmt: skip
    axes.set_xticks(sorted(edges))
    axes.set(xlabel="distance of the hand (cm)", ylabel="RMSE (degrees)")
    axes.set_ylim(0, 1.15 * largest)
    axes.grid(False, axis="x")
    legend_above(axes, canvas, 4)
    return figure


def scatter_and_histogram(findings: Findings, canvas: Canvas) -> Figure:
    """Estimated against true bearing, and how often which error occurs."""
    figure = canvas.figure(360 if canvas.wide else 660)
    scatter, histogram = figure.subplots(*((1, 2) if canvas.wide else (2, 1)))
    _scatter(scatter, findings)
    _histogram(histogram, findings)
    return figure


def _scatter(axes: Axes, findings: Findings) -> None:
    test, rows = findings.run.test, findings.run.test.in_field()
    truth = test.truth.bearing_deg[rows]
    limit = FIELD_DEG + 5
    axes.plot([-limit, limit], [-limit, limit], color=KEYS["truth"], lw=1, label="no error")
    estimate = np.clip(test.bearing_deg[rows], -limit - 4, limit + 4)
    dots(axes, truth, estimate, "trained", 3.6, alpha=0.55)
    axes.set(
        title="Each test reading, 12 to 30 cm",
        xlabel="true bearing (degrees)",
        ylabel="bearing the Uno gave (degrees)",
        xlim=(-FIELD_DEG - 2, FIELD_DEG + 2),
        ylim=(-limit - 5, limit + 5),
    )
    axes.legend(loc="upper left")


def _histogram(axes: Axes, findings: Findings) -> None:
    rows = findings.run.test.in_field()
    truth, bins = findings.run.test.truth.bearing_deg[rows], np.arange(-12, 12.1, 0.5).tolist()
    for name in ("trained", "oracle"):
        errors = (getattr(findings.estimates, name)[rows] - truth).clip(-11.99, 11.99)
        share = np.full(len(errors), 100 / max(len(errors), 1))
        filled = name == "trained"
        axes.hist(
            errors, bins=bins, weights=share, color=KEYS[ESTIMATORS[name][0]], label=SHORT[name],
            histtype="stepfilled" if filled else "step", alpha=0.55 if filled else 1, lw=1.8,
        )  # fmt: skip
    axes.set_ylim(0, 1.25 * axes.get_ylim()[1])  # room for the legend
    axes.axvline(0, ymax=0.8, color=KEYS["truth"], lw=1)
    axes.set(
        title="Errors, 12 to 30 cm",
        xlabel="estimated less true bearing (degrees)",
        ylabel="share of readings (%)",
        xlim=(-WIDEST_ERROR_DEG, WIDEST_ERROR_DEG),
    )
    axes.legend(loc="upper right")
