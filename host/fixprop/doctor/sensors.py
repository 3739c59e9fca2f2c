"""What the readings of the two sensors tell about them."""

from __future__ import annotations

import numpy as np

from fixprop.doctor import limits
from fixprop.doctor.kinds import Finding
from fixprop.doctor.person import SIDES
from fixprop.doctor.watch import Phase, Watch
from fixprop.sim.gp2y0a21 import Floats

FEWEST_READINGS = 20
# Below it, noise at the limit is cut off at zero: rank 1 of 16 lies 1.3 standard deviations low.
CLIPPED = 1.3 * limits.COUNTS * limits.READ_SIGMA_HIGH * 1.5


def successive_sigma(values: Floats) -> float:
    """Standard deviation from one value to the next: a slow change does not count."""
    return float(np.sqrt(np.mean(np.diff(values) ** 2) / 2))


def usual_sigma(values: Floats) -> float:
    """The same from the median difference: passing hands, which move at times, do not count.

    The median of |N(0, 2 s^2)| is 0.954 s.
    """
    return float(np.median(np.abs(np.diff(values))) / 0.954)


def is_steady(values: Floats) -> bool:
    """Whether nothing moved before the sensor: the means of 8 readings, a third of a second, agree.

    Noise three times a healthy sensor's moves them by 30.
    """
    means = values[: len(values) // 8 * 8].reshape(-1, 8).mean(axis=1)
    return bool(means.std() < limits.RISE / 4)


def judge(watch: Watch) -> list[Finding]:
    """What is wrong with each sensor, or between the two."""
    found = [f for side in (0, 1) for f in _judge_one(watch, side)]
    return found or _judge_hands(watch)


def _judge_one(watch: Watch, side: int) -> list[Finding]:
    phases = [p.of(side) for p in (watch.rest, *watch.hands) if len(p.readings) >= FEWEST_READINGS]
    if not phases or len(watch.rest.readings) < FEWEST_READINGS:
        return []  # the line or the board is the trouble
    verdict = _level(phases) or _floating(phases[0]) or _noise(phases, watch, side)
    if verdict is None:
        return []
    kind, seen = verdict
    return [Finding(kind, f"the {SIDES[side]} sensor {seen}", SIDES[side])]


def _level(phases: list[Floats]) -> tuple[str, str] | None:
    low, high = (f([np.median(p) for p in phases]) for f in (min, max))
    mean = max(float(p.mean()) for p in phases)
    if low > limits.SHORTED:
        return "sensor_high", f"reads {low:.0f}, limit {limits.SHORTED}"
    readings = np.concatenate(phases)
    if open_ones := int((readings > limits.SHORTED).sum()):
        return "sensor_floating", f"is off in {open_ones} of {len(readings)} readings, limit 0"
    if mean < limits.LOW:
        return "sensor_low", f"reads {mean:.0f} at most, limit {limits.LOW}"
    if high > limits.HIGHEST:
        return "sensor_floating", f"reads {high:.0f}, limit {limits.HIGHEST}"
    return None


def _floating(rest: Floats) -> tuple[str, str] | None:
    sigma = usual_sigma(rest)
    if sigma <= limits.FLOATING_SIGMA:
        return None
    return "sensor_floating", f"wanders by {sigma:.0f} a reading, limit {limits.FLOATING_SIGMA:.0f}"


def _noise(phases: list[Floats], watch: Watch, side: int) -> tuple[str, str] | None:
    if max(float(p.std()) for p in phases) < limits.STUCK_SIGMA and not _own_hand(watch, side):
        return "sensor_stuck", f"has noise of {phases[0].std():.1f}, limit {limits.STUCK_SIGMA:.1f}"
    chosen = _where_noise_shows(watch, side)
    sigma, limit = successive_sigma(chosen), limits.noisy_sigma(len(chosen))
    if sigma > limit and is_steady(chosen):
        return "sensor_noisy", f"has noise of {sigma:.0f}, limit {limit:.0f}"
    return None


def _own_hand(watch: Watch, side: int) -> bool:
    """Whether its own hand raises it; the other's moves an open pin too, which follows that pin."""
    hand = watch.hands[side]
    return len(hand.readings) >= FEWEST_READINGS and _rise(hand, watch.rest, side) >= limits.RISE


def _where_noise_shows(watch: Watch, side: int) -> Floats:
    """At rest, unless the output is so low there that its noise is cut off at zero."""
    rest, hand = watch.rest.of(side), watch.hands[side].of(side)
    if rest.mean() < CLIPPED and len(hand) >= FEWEST_READINGS and hand.mean() > rest.mean():
        return hand
    return rest


def _judge_hands(watch: Watch) -> list[Finding]:
    if min(len(p.readings) for p in (watch.rest, *watch.hands)) < FEWEST_READINGS:
        return []
    own = [_rise(watch.hands[side], watch.rest, side) for side in (0, 1)]
    other = [_rise(watch.hands[side], watch.rest, 1 - side) for side in (0, 1)]
    if all(o >= limits.RISE and o > s for o, s in zip(other, own, strict=True)):
        seen = f"a hand on the left raises the right sensor by {other[0]:.0f}, the left by {own[0]:.0f}"
        return [Finding("sensors_swapped", f"{seen}, limit {limits.RISE}")]
    return [_blind(side, own[side]) for side in (0, 1) if own[side] < limits.RISE]


def _blind(side: int, rise: float) -> Finding:
    seen = f"the {SIDES[side]} sensor rises by {rise:.0f} for a hand before it, limit {limits.RISE}"
    return Finding("sensor_blind", seen, SIDES[side])


def _rise(hand: Phase, rest: Phase, side: int) -> float:
    return float(np.median(hand.of(side)) - np.median(rest.of(side)))
