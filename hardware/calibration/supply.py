"""What it is worth to correct readings for the supply: writes supply.md beside this file.

Run it with: PYTHONPATH=host .venv/bin/python hardware/calibration/supply.py   (3 min)

The same worlds on native://, once without a correction, once with the supply measured every 26
readings (a health message), once before every reading, as the firmware does.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np

from fixprop.board.native import NativeBoard
from fixprop.calibration.constants import SensorConstants
from fixprop.session import Session
from fixprop.sim.paths import Follow, Still, Track
from fixprop.sim.scene import World
from fixprop.sim.sensors import SensorUnit, draw_units
from fixprop.sim.supply import Supply
from fixprop.tracking.definition import READING_PERIOD_S, VALUES
from fixprop.tracking.evaluation import track_of
from fixprop.wire.records import Learn, Reading, ResetWeights, Teach

SEEDS = range(1, 9)
REST_S = (VALUES["TEACH_REST_READINGS"] + 5) * READING_PERIOD_S
LEAD_READINGS = 26
NEAR_CM, FAR_CM, FIELD_DEG = 12, 30, 15
STILL_CM = 20.0
LOW_MV = 27.0  # so far below the middle lie the ranks that the firmware's filter keeps


@dataclass(frozen=True)
class Case:
    """Supplies of the lesson and of the track after it."""

    name: str
    lesson: Supply
    track: Supply


CASES = (
    Case("5.0 V", Supply(), Supply()),
    Case("5.0 V, 4.6 V while the servo moves", Supply(sag_mv=400), Supply(sag_mv=400)),
    Case("lesson at 5.0 V, then 4.6 V", Supply(), Supply(idle_mv=4600)),
)
CORRECTIONS = {"none": 0, "every 26 readings": VALUES["HEALTH_READINGS"], "every reading": 1}


def _correct_every(board: NativeBoard, readings: int) -> None:
    """Let the firmware see the bandgap's conversions only so often; 0: never."""
    burst: Callable[[int, int, int, int], None] = board.tracker.burst_reading
    count, bandgap = 0, 0

    def seen(left: int, right: int, present: int, time_us: int) -> None:
        nonlocal count, bandgap
        if readings and count % readings == 0:
            bandgap = present
        count += 1
        burst(left, right, bandgap, time_us)

    board.tracker.burst_reading = seen  # type: ignore[method-assign,assignment]


def bearing_rmse_deg(seed: int, case: Case, every: int, typical: bool = False) -> float:
    """Of unseen motion after a lesson of a minute; `typical`: units without spread."""
    units: tuple[SensorUnit, SensorUnit] = draw_units(seed)
    if typical:
        left, right = (replace(u, gain=1.0, offset_mv=0.0) for u in units)
        units = left, right
    world = World(seed, Still(), supply=case.lesson, units=units)
    board = NativeBoard(world)
    _correct_every(board, every)
    session = Session(board)
    readings: list[Reading] = []
    session.listeners.append(
        lambda f: readings.append(f.message) if isinstance(f.message, Reading) else None
    )
    session.open()
    session.command(ResetWeights(seed))
    session.command(Teach(60))
    world.use(Follow(seed, rest_s=REST_S), board.time_s())
    session.run(60)
    session.command(Learn(0))
    taught = len(readings)
    world.supply = case.track
    world.use(Track(seed), board.time_s())
    session.run(61)
    offset_s = board.first_burst_s - readings[0].time_us / 1e6
    track = track_of(readings[taught + LEAD_READINGS :], offset_s, world)
    truth = track.truth
    field = truth.present & (np.abs(truth.bearing_deg) <= FIELD_DEG)
    field &= (truth.range_cm >= NEAR_CM) & (truth.range_cm <= FAR_CM)
    return float(np.sqrt(np.mean((track.bearing_deg - truth.bearing_deg)[field] ** 2)))


def range_error_cm(seed: int, case: Case, every: int) -> tuple[float, float]:
    """Mean and standard deviation of one reading's, calibrated, of a still hand at 20 cm."""
    world = World(seed, Still(0.0, STILL_CM), supply=case.track)
    board = NativeBoard(world)
    _correct_every(board, every)
    session = Session(board)
    readings: list[int] = []
    session.listeners.append(
        lambda f: readings.append(f.message.left) if isinstance(f.message, Reading) else None
    )
    session.open()
    session.command(Teach(60))  # the servo sweeps, whoever follows
    session.run(40)
    unit = world.units[0]
    constants = SensorConstants(unit.gain, unit.offset_mv - LOW_MV)
    seen = constants.range_cm(readings[VALUES["TEACH_REST_READINGS"] + LEAD_READINGS :])
    return float(seen.mean()), float(seen.std())


def main() -> None:
    """Write the page."""
    grid = list(product(CASES, CORRECTIONS.items()))
    rows = []
    with ProcessPoolExecutor(2) as pool:
        reference = [pool.submit(range_error_cm, seed, CASES[0], 1) for seed in SEEDS]
        typical = [pool.submit(bearing_rmse_deg, seed, CASES[0], 1, True) for seed in SEEDS]
        found = [
            [
                (
                    pool.submit(bearing_rmse_deg, seed, case, every),
                    pool.submit(range_error_cm, seed, case, every),
                )
                for seed in SEEDS
            ]
            for case, (_, every) in grid
        ]
        zero_cm = np.array([future.result()[0] for future in reference])
        for (case, (name, _)), futures in zip(grid, found, strict=True):
            bearing = np.median([b.result() for b, _ in futures])
            means, spreads = np.array([r.result() for _, r in futures]).T
            shift, spread = np.mean(means - zero_cm), np.mean(spreads)
            rows.append(f"| {case.name} | {name} | {bearing:.2f} | {shift:+.2f} | {spread:.2f} |")
        alike = np.median([future.result() for future in typical])
    Path(__file__).with_suffix(".md").write_text(_page("\n".join(rows), float(alike)))


def _page(rows: str, alike_deg: float) -> str:
    return f"""# What correcting for the supply is worth

Written by `hardware/calibration/supply.py`: {len(SEEDS)} seeds on `native://`. Bearing: median
rms error in degrees of unseen motion at {NEAR_CM} to {FAR_CM} cm after a lesson of a minute. Range:
of a still hand at {STILL_CM:.0f} cm while the servo sweeps, one calibrated sensor; how far its mean
moves from that at 5.0 V, and the standard deviation of one reading, in cm.

| supply | measured | bearing, deg | range moves, cm | spread, cm |
|-|-|-:|-:|-:|
{rows}

With sensors that do not differ from the datasheet's at all the first case gives {alike_deg:.2f}
degrees. That is the most that a calibration could do for the network's inputs, so the board uses
none for them: it learns its own sensors. Centimetres are the host's.
"""


if __name__ == "__main__":
    main()
