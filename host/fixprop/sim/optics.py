"""What one sensor's beam sees of the hand: a fan of weighted rays against an elliptic cylinder.

Bearing: degrees from the axis straight ahead, seen from the midpoint between the sensors,
positive to the right: x = r sin(bearing), y = r cos(bearing), in centimetres.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from fixprop.sim.gp2y0a21 import Floats

_RAYS = 41
_FAN_SIGMAS = 2.2  # the fan ends where the beam has 9 % of its axis intensity


@dataclass(frozen=True)
class Mount:
    """Two sensors, long axes vertical, turned towards each other by toe_in_deg each."""

    baseline_cm: float = 7.0  # with 2.5 degrees: the best of hardware/mounting-sweep.md
    toe_in_deg: float = 2.5
    half_angle_deg: float = 3.5  # where the beam has half its axis intensity; sources: 2.1 to 4.3
    background_cm: float = 150.0  # the wall behind the scene, as bright as the hand

    def position_cm(self, side: int) -> float:
        """x of the left (0) or right (1) sensor."""
        return (side - 0.5) * self.baseline_cm

    def axis_deg(self, side: int) -> float:
        """Bearing of the left (0) or right (1) sensor's beam axis."""
        return (1 - 2 * side) * self.toe_in_deg


@dataclass(frozen=True)
class Hand:
    """A vertical elliptic cylinder that faces the midpoint; range_cm is to its nearest point."""

    width_cm: float = 8.0
    depth_cm: float = 4.0


@cache
def _fan(half_angle_deg: float) -> tuple[Floats, Floats]:
    sigma = half_angle_deg / np.sqrt(2 * np.log(2))
    angles = np.linspace(-_FAN_SIGMAS * sigma, _FAN_SIGMAS * sigma, _RAYS)
    weights = np.exp(-0.5 * (angles / sigma) ** 2)
    return angles, weights / weights.sum()


def look(
    mount: Mount, hand: Hand, side: int, bearing_deg: ArrayLike, range_cm: ArrayLike
) -> tuple[Floats, Floats]:
    """Distance the sensor takes the scene for (cm), and the beam's coverage by the hand (0 to 1).

    For arrays of hand positions; NaN means that the hand is away. The position-sensitive
    detector sees the light-weighted mean of 1 / distance: hand light goes with
    weight * cos(incidence) / distance^2, rays that miss come back from the far background.
    """
    bearing, distance = np.broadcast_arrays(
        np.asarray(bearing_deg, dtype=np.float64), np.asarray(range_cm, dtype=np.float64)
    )
    angles, weights = _fan(mount.half_angle_deg)
    length, cosine = _hits(mount, hand, side, np.ravel(bearing), np.ravel(distance), angles)
    hit = np.isfinite(length)
    depth = np.where(hit, length, 1.0) * np.cos(np.radians(angles))  # along the beam's axis
    light = np.where(hit, weights * cosine / np.where(hit, length, 1.0) ** 2, 0.0)
    coverage = hit @ weights
    wall = (1 - coverage) / mount.background_cm**2
    nearness = (light / depth).sum(axis=1) + wall / mount.background_cm
    effective = (light.sum(axis=1) + wall) / nearness
    return effective.reshape(bearing.shape), coverage.reshape(bearing.shape)


def _hits(
    mount: Mount, hand: Hand, side: int, bearing: Floats, distance: Floats, angles: Floats
) -> tuple[Floats, Floats]:
    """Ray lengths to the hand (NaN: a miss) and cosines of incidence; shape (positions, rays).

    Solved in the hand's own frame, across and along the line of sight from the midpoint, scaled
    so that the ellipse is a unit circle.
    """
    a, c = hand.width_cm / 2, hand.depth_cm / 2
    b = np.radians(bearing)[:, None]
    x = mount.position_cm(side)
    across, along = x * np.cos(b) / a, (x * np.sin(b) - distance[:, None] - c) / c
    ray = np.radians(mount.axis_deg(side) + angles)[None, :] - b
    ray_across, ray_along = np.sin(ray) / a, np.cos(ray) / c
    square = ray_across**2 + ray_along**2
    half = across * ray_across + along * ray_along
    inside = half**2 - square * (across**2 + along**2 - 1)
    root = np.sqrt(np.where(inside > 0, inside, np.nan))  # NaN also where the hand is away
    length = (-half - root) / square
    length = np.where(length > 0, length, np.nan)
    normal = np.hypot((across + length * ray_across) / a, (along + length * ray_along) / c)
    return length, root / normal
