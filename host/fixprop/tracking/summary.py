"""The demo's figures and its verdict: what summary.json holds."""

from __future__ import annotations

from typing import Any

import numpy as np

from fixprop.tracking.demo import DemoRun, Estimates
from fixprop.tracking.evaluation import (
    bearing_rmse_deg,
    presence_accuracy,
    rmse_by_range,
    zone_accuracy,
)
from fixprop.wire.records import State

MOST_DEG = 4.0
MOST_OF_FLOAT64 = 1.15
MOST_OF_ORACLE = 2.5


def summarise(run: DemoRun, estimates: Estimates) -> dict[str, Any]:
    """Everything that summary.json holds; `verdict` is "pass" or what failed."""
    twin, saturation = run.twin.state, run.twin.saturation
    labelled = (run.lesson.state & State.LABELLED) != 0
    rmse = {
        name: round(bearing_rmse_deg(getattr(estimates, name), run.test), 4)
        for name in ("untrained", "trained", "float64_same_network", "oracle")
    }
    summary: dict[str, Any] = {
        "seed": run.seed,
        "firmware": {
            "sha256": run.build.sha256,
            "flash_bytes": run.build.flash_bytes,
            "static_sram_bytes": run.build.static_sram_bytes,
            "peak_stack_bytes": run.peak_stack_bytes,
        },
        "device_seconds": round(run.device_seconds, 3),
        "teach": {
            "samples": int(labelled.sum()),
            "training_steps": run.twin.learner.step,
            "cycles_per_step": run.cycles_per_step,
        },
        "bearing_rmse_deg": rmse,
        "bearing_rmse_by_range_deg": [
            {"from_cm": low, "to_cm": high, "readings": count, "trained": round(error, 4)}
            for low, high, count, error in rmse_by_range(estimates.trained, run.test)
        ],
        "test_readings": int(run.test.in_field().sum()),
        "test_readings_faster_than_half_a_metre_a_second": fast_readings(run),
        "zone_accuracy_45cm": round(zone_accuracy(estimates.trained, run.test), 4),
        "presence_accuracy": round(presence_accuracy(run.test), 4),
        "oracle": {"kind": estimates.oracle_name, "readings": estimates.oracle_readings},
        "twin": {
            "steps_replayed": twin.steps_replayed,
            "checksums_compared": twin.checksums_compared,
            "checksums_equal": twin.checksums_equal,
            "weights_identical": weights_identical(run),
            "first_difference": twin.first_difference,
        },
        "saturation": saturation.as_dict() if saturation else None,
        "serial": {"frames": run.frames, "lost": run.lost, "crc_errors": run.crc_errors},
        "adc_deadlines_missed": run.health.missed_readings,
    }
    summary["verdict"] = "; ".join(failures(summary)) or "pass"
    return summary


def fast_readings(run: DemoRun) -> int:
    """Test readings in the field while the hand moves across it faster than 0.5 m/s."""
    with np.errstate(invalid="ignore"):
        return int((run.test.in_field() & (run.test.speed_m_s() > 0.5)).sum())


def weights_identical(run: DemoRun) -> bool:
    """The board's weights at the end are the twin's, and nothing differed on the way."""
    same = bool(np.array_equal(run.final_weights, run.twin.learner.weights()))
    return same and run.twin.state.first_difference is None


def failures(summary: dict[str, Any]) -> list[str]:
    """What keeps the demo from passing, each with its figure and its limit."""
    rmse, twin, serial = summary["bearing_rmse_deg"], summary["twin"], summary["serial"]
    trained, float64, oracle = rmse["trained"], rmse["float64_same_network"], rmse["oracle"]
    checks = [
        (
            twin["weights_identical"],
            f"board and twin differ: {twin['first_difference'] or 'final weights'}",
        ),
        (
            0 < twin["checksums_compared"] == twin["checksums_equal"],
            f"{twin['checksums_equal']} of {twin['checksums_compared']} checksums equal",
        ),
        (serial["lost"] == 0, f"{serial['lost']} frames lost"),
        (serial["crc_errors"] == 0, f"{serial['crc_errors']} frames damaged"),
        (
            summary["adc_deadlines_missed"] == 0,
            f"{summary['adc_deadlines_missed']} readings missed",
        ),
        (trained <= MOST_DEG, f"bearing error {trained:.2f} deg exceeds {MOST_DEG:g}"),
        (
            trained <= MOST_OF_FLOAT64 * float64,
            f"bearing error {trained:.2f} deg exceeds {MOST_OF_FLOAT64:g} x {float64:.2f} (float64)",
        ),
        (
            trained <= MOST_OF_ORACLE * oracle,
            f"bearing error {trained:.2f} deg exceeds {MOST_OF_ORACLE:g} x {oracle:.2f} (best offline)",
        ),
    ]
    return [text for holds, text in checks if not holds]
