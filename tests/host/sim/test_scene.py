"""The world as the board meets it."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.sim.scene import Follow, Scripted, Still, Track, World
from fixprop.sim.sensors import LEFT, RIGHT
from fixprop.sim.uno import CLOCK_HZ

STEP = 1664  # cycles of one ADC conversion


def poll(world: World, start_s: float, count: int, every: int = 1) -> list[tuple[int, int]]:
    first = round(start_s * CLOCK_HZ)
    cycles = range(first, first + count * every * STEP, every * STEP)
    return [(world.adc_mv(0, c), world.adc_mv(1, c)) for c in cycles]


def test_the_same_seed_is_the_same_world() -> None:
    one, same, other = (poll(World(seed, Track(1)), 0.1, 3000) for seed in (4, 4, 5))
    assert one == same != other


def test_a0_is_the_left_sensor_and_a1_the_right() -> None:
    world = World(1, Still(-12, 20), noise=0)
    left, right = poll(world, 0.2, 1)[0]
    assert left > right + 300
    assert world.adc_mv(2, CLOCK_HZ) == 0  # nothing is on A2


def test_truth_tells_who_sees_the_hand() -> None:
    middle, left, far, away = (
        World(1, path).truth(1.0)
        for path in (Still(0, 25), Still(-14, 25), Still(-30, 30), Still())
    )
    assert (middle.present, middle.visible_left, middle.visible_right) == (True, True, True)
    assert (left.bearing_deg, left.range_cm) == (-14, 25)
    assert (left.visible_left, left.visible_right) == (True, False)
    assert (far.present, far.visible_left, far.visible_right) == (True, False, False)
    assert away.present is away.visible_left is away.visible_right is False
    assert np.isnan(away.bearing_deg)


def test_truths_and_truth_agree_across_a_change_of_path() -> None:
    world = World(2, Track(3))
    world.use(Still(5, 22), 4.0)
    times = np.array([1.0, 3.999, 4.0, 9.0])
    rows = list(zip(*world.truths(times), strict=True))
    assert np.array_equal(rows, [world.truth(t) for t in times], equal_nan=True)
    assert world.truth(4.0)[:2] == (5, 22) != world.truth(3.999)[:2]


def test_a_sensor_answers_to_the_hand_one_cycle_late() -> None:
    path = Scripted([(0, 0, 40), (1, 0, 40), (1.001, 0, 15), (9, 0, 15)])
    world = World(3, path, noise=0)
    readings = np.array(poll(world, 0.2, 12000))[:, 0]
    changed = np.flatnonzero(np.diff(readings) > 400)
    assert len(changed) == 1
    late_s = 0.2 + changed[0] * STEP / CLOCK_HZ - 1.0
    period_s = world.units[0].period_ms / 1000
    assert period_s / 2 < late_s < 1.5 * period_s + 0.005 + 0.002


def test_the_hand_follows_the_servo() -> None:
    world = World(4, Follow(4, rest_s=0.5))
    for n in range(200):
        world.servo_pulse(1450 + 1900 / 180 * 10, 0.02 * n)
    assert np.isnan(world.truth(0.4).bearing_deg)
    assert world.truth(3.9).bearing_deg == pytest.approx(10, abs=3)  # wander: 1 degree rms
    assert float(world.servo.angle_deg(3.9)) == pytest.approx(10)


def test_other_reads_do_not_change_what_a_sensor_measures() -> None:
    def held(every: int) -> list[tuple[int, int]]:
        world, seen = World(5, Track(5), noise=0), []
        for c in range(CLOCK_HZ // 5, 2 * CLOCK_HZ, every * STEP):
            pair = (world.adc_mv(0, c), world.adc_mv(1, c))
            if c % (96 * STEP) == CLOCK_HZ // 5 % (96 * STEP):
                seen.append(pair)
        return seen

    assert held(1) == held(96)


def test_pulses_between_reads_give_the_same_hand_however_they_are_batched() -> None:
    def run(batch: int) -> list[int]:
        """Pulses come in order before any later conversion, as SimulatedUno delivers them."""
        world, seen = World(6, Follow(6, rest_s=0)), []
        for n in range(100):
            world.servo_pulse(1450 + 5 * (n % 40), 0.02 * n)
            if n % batch == 0:
                world.truths(np.linspace(0, 0.02 * n, 7))  # looking back disturbs nothing
            seen.append(world.adc_mv(0, round(0.02 * n * CLOCK_HZ) + 5))
        return seen

    assert run(1) == run(7)


def test_a_finger_on_a_sensor_hides_the_hand_and_its_light_from_the_other() -> None:
    means = []
    for covered in (None, RIGHT, LEFT):
        world = World(3, Still(0.0, 20.0), crosstalk_mv=(30.0, 50.0), noise=0.0)
        world.cover(covered, 0.0)
        cycles = [round((0.3 + 0.001 * n) * CLOCK_HZ) for n in range(3)]
        means.append([world.adc_mv(side, cycles[side]) for side in (LEFT, RIGHT)])
    free, right_covered, left_covered = means
    assert free[0] - right_covered[0] == pytest.approx(30, abs=1)
    assert free[1] - left_covered[1] == pytest.approx(50, abs=1)
    assert right_covered[1] < 0.6 * free[1] and left_covered[0] < 0.6 * free[0]
