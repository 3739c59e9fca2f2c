"""Why the sensors are toed in as they are: measures that, and draws mounting.svg.

.venv/bin/python -m hardware.mounting    # the two tables, about a minute
"""

from __future__ import annotations

import math
import sys

import click
import numpy as np
from numpy.typing import NDArray

from fixprop.cli import run
from fixprop.sim.offline import offline_readings
from fixprop.sim.optics import Hand, Mount, look
from fixprop.sim.paths import FIELD_DEG, Track
from fixprop.sim.scene import VISIBLE_COVERAGE
from fixprop.sim.sensors import LEFT, RIGHT, draw_units
from fixprop.tracking.baselines import oracle_features
from fixprop.tracking.definition import READING_PERIOD_S
from fixprop.tracking.evaluation import FAR_CM, NEAR_CM, ZONE_EDGES_DEG, ZONES_FAR_CM
from hardware.circuit import definition_pins

TOE_IN_DEG = (0.0, 1.25, 2.0, 2.5, 3.0, 3.75, 5.0, 7.5)
WORLDS = (1, 2)
TEACH_S, TEST_S = 3000.0, 1000.0
RANGES_CM = (12.0, 15.0, 20.0, 25.0, 30.0, 37.0, 45.0)
SCALE = 7.5  # units of the picture for a centimetre
WIDTH, HEIGHT, FOOT = 560.0, 740.0, 680.0
CENTRE = WIDTH / 2
BEAM_CM = 86.0  # drawn so far

Floats = NDArray[np.float64]


def crossing_cm(mount: Mount) -> float:
    """Distance at which the beams' axes meet."""
    toe_in = math.radians(mount.toe_in_deg)
    return mount.baseline_cm / 2 / math.tan(toe_in) if toe_in else math.inf


def figures(mount: Mount, world: int) -> tuple[float, float]:
    """Bearing RMSE in degrees near, and accuracy in three zones beyond, of gradient boosting."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    def data(seed: int, seconds: float) -> tuple[Floats, Floats, Floats]:
        units = draw_units(world)
        r = offline_readings(seed, seconds, Track(seed), READING_PERIOD_S, units=units, mount=mount)
        seen = r.truth.present & (r.truth.visible_left | r.truth.visible_right)
        features = oracle_features(r.left, r.right)
        return features[seen], r.truth.bearing_deg[seen], r.truth.range_cm[seen]

    features, bearing, _ = data(1000 + world, TEACH_S)
    model = HistGradientBoostingRegressor(
        max_iter=250, learning_rate=0.08, max_leaf_nodes=63, random_state=0
    ).fit(features, bearing)
    features, bearing, range_cm = data(2000 + world, TEST_S)
    told = model.predict(features)
    near = (range_cm >= NEAR_CM) & (range_cm <= FAR_CM)
    far = (range_cm > FAR_CM) & (range_cm <= ZONES_FAR_CM)
    same_zone = np.digitize(told, ZONE_EDGES_DEG) == np.digitize(bearing, ZONE_EDGES_DEG)
    return float(np.sqrt(np.mean((told - bearing)[near] ** 2))), float(same_zone[far].mean())


def sweep() -> None:
    """Print a row for each toe-in, at the usual baseline."""
    print("toe-in  crossing   RMSE 12-30 cm, deg    three zones 30-45 cm")
    for toe_in in TOE_IN_DEG:
        mount = Mount(toe_in_deg=toe_in)
        rows = np.array([figures(mount, world) for world in WORLDS])
        near, far = (" ".join(f"{x:.2f}" for x in column) for column in rows.T)
        crossing = f"{crossing_cm(mount):4.0f} cm" if toe_in else "  never"
        print(f"{toe_in:6.2f}  {crossing:>8}   {near:<20}  {far}", flush=True)


def widest_deg(mount: Mount, range_cm: float) -> tuple[float, float]:
    """The largest bearings at which one beam, and both, see a hand; in half degrees."""
    bearing = np.arange(0.0, 45.0, 0.5)
    left, right = (
        look(mount, Hand(), side, bearing, range_cm)[1] >= VISIBLE_COVERAGE
        for side in (LEFT, RIGHT)
    )
    return float(bearing[left | right].max()), float(bearing[left & right].max())


def view() -> None:
    """Print how far to the side a hand is seen."""
    print("range    one beam   both beams")
    for range_cm in RANGES_CM:
        one, both = widest_deg(Mount(), range_cm)
        print(f"{range_cm:2.0f} cm {one:8.1f} deg {both:8.1f} deg")


def at(x_cm: float, y_cm: float) -> str:
    """A point of the scene, in the picture's units."""
    return f"{CENTRE + SCALE * x_cm:.1f},{FOOT - SCALE * y_cm:.1f}"


def polar(bearing_deg: float, range_cm: float) -> str:
    """A point of the scene by bearing and range."""
    bearing = math.radians(bearing_deg)
    return at(range_cm * math.sin(bearing), range_cm * math.cos(bearing))


def beam(mount: Mount, side: int, length_cm: float) -> str:
    """The wedge inside which a beam has at least half its axis intensity."""
    x = mount.position_cm(side)
    ends = []
    for edge in (-mount.half_angle_deg, mount.half_angle_deg):
        angle = math.radians(mount.axis_deg(side) + edge)
        ends.append(at(x + length_cm * math.sin(angle), length_cm * math.cos(angle)))
    colour = ("#c33", "#36c")[side]
    return f'<polygon points="{at(x, 0)} {" ".join(ends)}" fill="{colour}" fill-opacity="0.25"/>'


def field() -> str:
    """Where bearings are promised: FIELD_DEG to either side, NEAR_CM to FAR_CM."""
    degrees = np.linspace(-FIELD_DEG, FIELD_DEG, 13)
    outline = [polar(d, NEAR_CM) for d in degrees] + [polar(d, FAR_CM) for d in degrees[::-1]]
    return f'<polygon points="{" ".join(outline)}" fill="none" stroke="#000" stroke-width="2"/>'


def text(x_cm: float, y_cm: float, words: str) -> str:
    """Words centred at a point of the scene."""
    x, y = at(x_cm, y_cm).split(",")
    return f'<text x="{x}" y="{y}" text-anchor="middle">{words}</text>'


def axes(mount: Mount) -> list[str]:
    """Both beams' axes, and where they meet if that is in the picture."""
    lines, crossing = [], crossing_cm(mount)
    for side in (LEFT, RIGHT):
        x, angle = mount.position_cm(side), math.radians(mount.axis_deg(side))
        ends = at(x, 0).split(",") + at(x + BEAM_CM * math.tan(angle), BEAM_CM).split(",")
        lines.append(
            '<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="#888" stroke-dasharray="6 5"/>'.format(
                *ends
            )
        )
    if crossing < BEAM_CM:
        cx, cy = at(0, crossing).split(",")
        lines.append(f'<circle cx="{cx}" cy="{cy}" r="4"/>')
        lines.append(text(19, crossing - 0.7, f"the axes cross at {crossing:.0f} cm"))
    return lines


def picture(mount: Mount) -> str:
    """The mounting from above, as SVG."""
    pins = definition_pins()
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" '
        f'width="{WIDTH:g}" font-family="sans-serif" font-size="15">',
        "<!-- Generated by `make hardware` from hardware/mounting.py; do not edit. -->",
        f'<rect width="{WIDTH:g}" height="{HEIGHT:g}" fill="#fff"/>',
        *(beam(mount, side, BEAM_CM) for side in (0, 1)),
        field(),
        *axes(mount),
        text(18, 20.5, f"{NEAR_CM:g} to {FAR_CM:g} cm, ±{FIELD_DEG:g}°"),
        text(-mount.baseline_cm / 2 - 3, -2.8, f"left, {pins['PIN_LEFT_SENSOR'].label}"),
        text(mount.baseline_cm / 2 + 3, -2.8, f"right, {pins['PIN_RIGHT_SENSOR'].label}"),
        text(0, -5.8, f"{mount.baseline_cm:g} cm apart, toed in {mount.toe_in_deg:g}° each"),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


@click.command()
def main() -> None:
    """Print both tables: what each toe-in is worth, and how far to the side a hand is seen.

    \b
    Example:  .venv/bin/python -m hardware.mounting
    """
    sweep()
    view()


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], main, "python -m hardware.mounting"))
