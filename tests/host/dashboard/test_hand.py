"""The hand under the mouse."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.dashboard.hand import LEAST_S, LiveHand
from fixprop.sim.gp2y0a21 import Floats


def at(hand: LiveHand, time_s: float) -> tuple[float, float]:
    bearing, distance = hand.positions(np.asarray(time_s), _nowhere)
    return float(bearing), float(distance)


def _nowhere(time_s: Floats) -> Floats:
    return np.zeros_like(time_s)


def test_it_stays_until_it_is_moved_and_then_goes_there() -> None:
    hand = LiveHand((0.0, 20.0))
    assert at(hand, 1.0) == (0.0, 20.0)
    hand.move((3.0, 21.0))
    assert at(hand, 2.0) == (0.0, 20.0)
    assert at(hand, 2.0 + LEAST_S / 2) == pytest.approx((1.5, 20.5))
    assert at(hand, 3.0) == (3.0, 21.0)


def test_its_past_stays_as_it_was() -> None:
    hand = LiveHand((0.0, 20.0))
    hand.move((2.0, 20.0))
    then = [at(hand, t) for t in (1.0, 1.01, 1.02)]
    hand.move((-8.0, 30.0))
    at(hand, 1.025)
    assert [at(hand, t) for t in (1.0, 1.01, 1.02)] == then


def test_it_is_no_faster_than_a_hand() -> None:
    hand = LiveHand((0.0, 10.0))
    hand.move((0.0, 50.0))
    at(hand, 1.0)
    assert at(hand, 1.1)[1] == pytest.approx(30.0)  # 2 m/s


def test_it_goes_away_and_comes_back() -> None:
    hand = LiveHand((0.0, 20.0))
    hand.move((np.nan, np.nan))
    at(hand, 1.0)
    assert np.isnan(at(hand, 2.0)).all()
    hand.move((5.0, 15.0))
    at(hand, 3.0)
    assert at(hand, 4.0) == (5.0, 15.0)


def test_a_million_moves_cost_no_more_than_a_few() -> None:
    hand = LiveHand((0.0, 20.0))
    for n in range(1000):
        hand.move((n % 20, 20.0))
        at(hand, n / 60)
    assert len(hand._knots) < 100
