"""The simulated supply sags while the servo moves, and only then."""

from __future__ import annotations

from fixprop.sim.servo import Servo
from fixprop.sim.supply import PULSE_PERIOD_S, Supply


def test_it_sags_from_a_movements_start_to_a_period_after_its_end() -> None:
    servo, supply = Servo(), Supply(sag_mv=400)
    for n in range(10):
        servo.pulse(1450, n * 0.02)
    assert supply.mv(0.19, servo) == 5000
    servo.pulse(1492, 0.2)  # 4 degrees, 10 ms at 400 degrees a second
    servo.pulse(1492, 0.22)
    assert supply.mv(0.2, servo) == 5000
    assert supply.mv(0.201, servo) == supply.mv(0.2098, servo) == 4600
    assert supply.mv(0.2095 + PULSE_PERIOD_S, servo) == 4600
    assert supply.mv(0.211 + PULSE_PERIOD_S, servo) == 5000


def test_a_stiff_supply_is_what_it_is() -> None:
    servo = Servo()
    servo.pulse(1600, 0.02)
    assert Supply(idle_mv=4800).mv(0.03, servo) == 4800
    assert Supply().is_nominal
    assert not Supply(sag_mv=1).is_nominal and not Supply(idle_mv=4999).is_nominal
