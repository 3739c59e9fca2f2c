"""A calibration on disk: figures as JSON with a checksum, and a picture beside it."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from fixprop.calibration.constants import FAR_MV, SensorConstants, UnitConstants
from fixprop.calibration.fit import CURVE_MV, PLACED_CM, Fit
from fixprop.calibration.steps import AT, SIDES
from fixprop.calibration.walk import Outcome
from fixprop.errors import FixpropError, MissingTool
from fixprop.files import checksum, write_whole
from fixprop.sim.gp2y0a21 import output_mv

FORMAT = 2
CURE = "calibrate anew: fixprop calibrate"
COLOURS = ("#0072B2", "#D55E00")  # Okabe and Ito 2008: told apart by all eyes


def document(outcome: Outcome, name: str, port: str) -> dict[str, Any]:
    """What calibration.json holds; units are in the names."""
    constants = outcome.constants
    return {
        "format": FORMAT,
        "name": name,
        "port": port,
        "date": datetime.fromtimestamp(constants.unix_s, UTC).isoformat(timespec="seconds"),
        "supply_mv": round(outcome.supply_mv),
        "bandgap_mv": constants.bandgap_mv,
        "card_placed_within_cm": PLACED_CM,
        "datasheet_curve_within_mv": CURVE_MV,
        **{SIDES[side]: _sensor(outcome, side) for side in (0, 1)},
        "remarks": outcome.remarks,
    }


def _sensor(outcome: Outcome, side: int) -> dict[str, Any]:
    fit = outcome.fits[side]
    constants = fit.constants
    measured = {name: m for (name, of), m in outcome.measured.items() if of == side}
    return {
        "gain": round(constants.gain, 4),
        "gain_error": round(fit.gain_error, 4),
        "offset_mv": round(constants.offset_mv, 1),
        "offset_error_mv": round(fit.offset_error_mv, 1),
        "beam_half_angle_deg": _rounded(constants.beam_deg, 2),
        "crosstalk_mv": round(constants.crosstalk_mv, 1),
        "residual_mv": {
            f"{distance:g}": round(residual, 1)
            for distance, residual in zip(AT, fit.residual_mv, strict=True)
        },
        "measured": {
            name: {
                "mean_mv": round(m.mean_mv, 2),
                "sigma_mv": round(m.sigma_mv, 2),
                "readings": m.count,
                "rejected": m.rejected,
            }
            for name, m in measured.items()
        },
    }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def write_calibration(path: Path, outcome: Outcome, port: str) -> Path:
    """Write `path` (JSON) and the picture beside it, whose path is returned."""
    picture = path.with_suffix(".png")
    image = plot(outcome, path.stem)
    write_whole(path, text(document(outcome, path.stem, port)))
    write_whole(picture, image)
    return picture


def text(content: dict[str, Any]) -> str:
    """A document as the file holds it; the last field is a checksum of the others."""
    return json.dumps(content | {"checksum": checksum(content)}, indent=2) + "\n"


def read_calibration(path: Path) -> UnitConstants:
    """The constants in a file, as rounded there; FixpropError if it is not one as it was written."""
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise FixpropError(f"cannot read {path}: {error.strerror}; {CURE}") from error
    except (ValueError, RecursionError) as error:
        raise FixpropError(
            f"{path} is no calibration, or only a part of one: {error}; {CURE}"
        ) from error
    if not isinstance(content, dict) or "card_placed_within_cm" not in content:
        raise FixpropError(f"{path} is no calibration; {CURE}")
    if content.get("format") != FORMAT:
        raise FixpropError(
            f"{path} has format {content.get('format')!r}, this host reads {FORMAT}; {CURE}"
        )
    if content.get("checksum") != checksum(content):
        raise FixpropError(f"{path} was altered after it was written; {CURE}")
    return _constants(content)


def _constants(content: dict[str, Any]) -> UnitConstants:
    left, right = (
        SensorConstants(
            told["gain"], told["offset_mv"], told["beam_half_angle_deg"], told["crosstalk_mv"]
        )
        for told in (content[side] for side in SIDES)
    )
    unix_s = round(datetime.fromisoformat(content["date"]).timestamp())
    return UnitConstants(left, right, content["bandgap_mv"], unix_s)


def plot(outcome: Outcome, title: str) -> bytes:
    """PNG: both sensors against the datasheet's curve, and what is left of the difference."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingTool("the picture needs matplotlib: pip install -e '.[report]'") from error
    figure = Figure(figsize=(7.5, 6.5), dpi=110, layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    distances = np.linspace(6.5, 80, 300)
    above.plot(distances, output_mv(distances), color="0.45", lw=1.2, label="datasheet, typical")
    above.fill_between(
        distances, *_limits_mv(distances), color="0.88", lw=0, label="datasheet, any unit"
    )
    for side, fit in enumerate(outcome.fits):
        _plot_sensor(above, below, distances, side, fit, outcome)
    above.set_ylabel("output, mV")
    above.set_title(f"{title}: two GP2Y0A21 against the datasheet", loc="left")
    above.legend(frameon=False)
    above.grid(alpha=0.3)
    below.axhline(0, color="0.45", lw=1)
    below.set_ylabel("measured less\nfitted, mV")
    below.set_xlabel("distance of the card from the lenses, cm")
    below.grid(alpha=0.3)
    image = io.BytesIO()
    figure.savefig(image, format="png", metadata={"Software": None})
    return image.getvalue()


def _limits_mv(distances: Any) -> tuple[Any, Any]:
    """The datasheet's limits: Vo(80) = 0.40 +- 0.15 V, Vo(10) - Vo(80) = 1.90 +- 0.25 V."""
    above = output_mv(distances) - FAR_MV
    return (
        FAR_MV - 150 + above * (1 - 0.25 / 1.90),
        FAR_MV + 150 + above * (1 + 0.25 / 1.90),
    )


def _plot_sensor(
    above: Any, below: Any, distances: Any, side: int, fit: Fit, outcome: Outcome
) -> None:
    colour, marker = COLOURS[side], "os"[side]
    constants = fit.constants
    beam = "not measured" if constants.beam_deg is None else f"{constants.beam_deg:.1f} degrees"
    label = f"{SIDES[side]}: gain {constants.gain:.3f}, {constants.offset_mv:+.0f} mV, beam {beam}"
    above.plot(distances, constants.output_mv(distances), color=colour, lw=1.5, label=label)
    measured = [outcome.measured[step.name, side].mean_mv for step in AT.values()]
    above.plot(list(AT), measured, marker, color=colour, ms=5)
    sigmas = [abs(r / s) for r, s in zip(fit.residual_mv, fit.sigmas, strict=True)]
    shifted = [distance + (side - 0.5) * 0.6 for distance in AT]
    below.errorbar(
        shifted, fit.residual_mv, yerr=sigmas, fmt=marker, color=colour, ms=4, lw=1, capsize=2
    )
