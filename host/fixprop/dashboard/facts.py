"""What a page must know once: geometry, scales, limits and the network's shape."""

from __future__ import annotations

from typing import Any

import numpy as np

from fixprop.dashboard.schema import HAND_FURTHEST_CM, HAND_MOST_DEG, HAND_NEAREST_CM, MARK_MOST_DEG
from fixprop.dashboard.snapshot import INPUTS
from fixprop.formats import RATE
from fixprop.header import DEFAULT_SEED
from fixprop.sim.optics import Hand, Mount
from fixprop.sim.paths import FIELD_DEG
from fixprop.sim.servo import CENTRE_US, DEGREES_PER_US
from fixprop.tracking.definition import OUTPUTS, READING_PERIOD_S, TOPOLOGY, VALUES
from fixprop.tracking.scales import cm_of_counts

COUNTS = np.linspace(0, 1023, 65)


def facts(mount: Mount, hand: Hand, simulated: bool, replayed: bool) -> dict[str, Any]:
    """The first message to every page; `replayed`: a recording, which takes no commands."""
    return {
        "kind": "facts",
        "simulated": simulated,
        "replayed": replayed,
        "scene": {
            "baseline_cm": mount.baseline_cm,
            "toe_in_deg": mount.toe_in_deg,
            "half_angle_deg": mount.half_angle_deg,
            "hand_width_cm": hand.width_cm,
            "hand_depth_cm": hand.depth_cm,
            "field_deg": FIELD_DEG,
        },
        "limits": {
            "hand_deg": HAND_MOST_DEG,
            "hand_cm": [HAND_NEAREST_CM, HAND_FURTHEST_CM],
            "mark_deg": MARK_MOST_DEG,
        },
        "servo": {
            "centre_us": CENTRE_US,
            "deg_per_us": DEGREES_PER_US,
            "low_us": VALUES["SERVO_LOW_US"],
            "high_us": VALUES["SERVO_HIGH_US"],
        },
        "network": {
            "sizes": TOPOLOGY.sizes,
            "activations": TOPOLOGY.activations,
            "inputs": INPUTS,
            "outputs": OUTPUTS,
        },
        "curve": {"counts": COUNTS.tolist(), "cm": cm_of_counts(COUNTS).round(2).tolist()},
        "reading_period_s": READING_PERIOD_S,
        "rate_one": 1 << RATE.fraction,
        "full_scale_deg": VALUES["BEARING_FULL_SCALE_DEG"],
        "seed": DEFAULT_SEED,
        "lesson_s": VALUES["BUTTON_LESSON_S"],
    }
