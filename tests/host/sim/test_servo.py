"""Pulses in, angle out, no faster than the servo turns."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.sim.servo import SLEW_DEG_S, Servo, pulse_to_deg


def test_pulses_span_half_a_turn_around_1450_us() -> None:
    assert pulse_to_deg(1450) == 0
    assert pulse_to_deg(500) == -90
    assert pulse_to_deg(2400) == 90
    assert pulse_to_deg(1450 + 1900 / 180) == pytest.approx(1)  # longer is to the right
    assert pulse_to_deg(3000) == 90


def test_it_turns_at_its_own_speed() -> None:
    servo = Servo()
    servo.pulse(2400, 1.0)
    assert servo.angle_deg([0, 1.0, 1.1, 1.225, 2]) == pytest.approx([0, 0, 40, 90, 90])


def test_a_new_pulse_turns_it_from_where_it_is() -> None:
    servo = Servo()
    servo.pulse(2400, 1.0)
    servo.pulse(1450, 1.1)  # 40 degrees reached
    assert servo.angle_deg([1.05, 1.1, 1.15, 1.2, 3]) == pytest.approx([20, 40, 20, 0, 0])


def test_repeating_a_pulse_changes_nothing() -> None:
    once, often = Servo(), Servo()
    once.pulse(2000, 0.02)
    for n in range(1, 50):
        often.pulse(2000, 0.02 * n)
    times = np.linspace(0, 1, 101)
    assert np.array_equal(once.angle_deg(times), often.angle_deg(times))


def test_it_never_turns_faster_than_its_slew_rate() -> None:
    servo, rng = Servo(), np.random.default_rng(1)
    for n in range(200):
        servo.pulse(float(rng.uniform(500, 2400)), 0.02 * n)
    angle = servo.angle_deg(np.arange(0, 4, 1e-3))
    assert np.abs(np.diff(angle)).max() == pytest.approx(SLEW_DEG_S * 1e-3)


def test_asking_for_part_of_its_history_gives_the_same_as_for_all() -> None:
    servo, rng = Servo(), np.random.default_rng(2)
    for n in range(100):
        servo.pulse(float(rng.uniform(1200, 1700)), 0.02 * n)
    times = np.linspace(0, 2.5, 997)
    whole = servo.angle_deg(times)
    assert np.array_equal(whole, [float(servo.angle_deg(t)) for t in times])
