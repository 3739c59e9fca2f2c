"""What a beam sees of a card and of a hand."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.sim.gp2y0a21 import output_mv
from fixprop.sim.optics import Hand, Mount, look
from fixprop.sim.sensors import LEFT, RIGHT

AHEAD = Mount(baseline_cm=0, toe_in_deg=0)
CROSSED = Mount(baseline_cm=10, toe_in_deg=9.5)  # 5 cm / tan(9.5 degrees) = 30 cm
CARD = Hand(width_cm=200, depth_cm=0.01)


def test_a_wide_card_reads_the_datasheet_curve() -> None:
    distance = np.arange(6, 80.5, 0.5)
    seen, coverage = look(AHEAD, CARD, LEFT, np.zeros_like(distance), distance)
    assert coverage == pytest.approx(1)
    assert np.abs(output_mv(seen) - output_mv(distance)).max() < 20  # asked for; it is below 1


def test_an_absent_hand_reads_the_background() -> None:
    seen, coverage = look(Mount(), Hand(), LEFT, np.nan, np.nan)
    assert coverage == 0
    assert seen == pytest.approx(150)


def test_the_edge_is_soft_about_three_cm_wide_at_30_cm() -> None:
    x = np.linspace(-12, 0, 1201)  # an 8 cm hand comes into the left beam from the left
    seen, _ = look(CROSSED, Hand(), LEFT, np.degrees(np.arctan2(x, 30)), np.hypot(x, 30))
    mv = output_mv(seen)
    part = (mv - mv.min()) / (mv.max() - mv.min())
    assert part[0] == pytest.approx(0)
    width = np.interp(0.9, part, x) - np.interp(0.1, part, x)
    assert 2 < width < 4


@pytest.mark.parametrize(("half_angle_deg", "narrower"), [(2.1, True), (4.3, False)])
def test_a_narrower_beam_has_a_sharper_edge(half_angle_deg: float, narrower: bool) -> None:
    bearing = np.linspace(-25, 0, 501)
    mount = Mount(baseline_cm=10, toe_in_deg=9.5, half_angle_deg=half_angle_deg)

    def touched(m: Mount) -> int:
        return int((look(m, Hand(), LEFT, bearing, 30)[1] > 0.01).sum())

    assert (touched(mount) < touched(CROSSED)) == narrower


def test_the_beams_cross_at_30_cm() -> None:
    thin = Hand(width_cm=1, depth_cm=0.5)

    def centre(side: int, range_cm: float) -> float:
        bearing = np.linspace(-20, 20, 801)
        coverage = look(CROSSED, thin, side, bearing, range_cm)[1]
        return float((bearing * coverage).sum() / coverage.sum())

    assert centre(LEFT, 30) == pytest.approx(0, abs=0.5)
    assert centre(RIGHT, 30) == pytest.approx(0, abs=0.5)
    assert centre(LEFT, 15) < -4 < 4 < centre(RIGHT, 15)
    assert centre(RIGHT, 45) < -1 < 1 < centre(LEFT, 45)


def test_left_and_right_are_mirror_images() -> None:
    bearing, distance = np.linspace(-20, 20, 41), np.linspace(12, 45, 41)
    left = look(Mount(), Hand(), LEFT, bearing, distance)
    right = look(Mount(), Hand(), RIGHT, -bearing, distance)
    assert np.allclose(left, right)


def test_nobody_sees_the_hand_beyond_20_degrees_at_30_cm() -> None:
    for side in (LEFT, RIGHT):
        assert look(CROSSED, Hand(), side, [-20, 20], 30)[1] == pytest.approx(0)
        assert look(CROSSED, Hand(), side, 0, 30)[1] == pytest.approx(1, abs=0.02)


def test_an_array_gives_what_its_elements_give() -> None:
    bearing, distance = np.array([[-7.0, 3.0], [np.nan, 11.0]]), np.array([[20.0, 33.0], [20, 14]])
    together = look(Mount(), Hand(), RIGHT, bearing, distance)
    for i in np.ndindex(2, 2):
        alone = look(Mount(), Hand(), RIGHT, bearing[i], distance[i])
        assert np.allclose(alone, [part[i] for part in together], rtol=1e-12)
