"""A reading every 38 ms, whatever the main loop does: sleeps, learns, saves, or is flooded."""

from __future__ import annotations

from itertools import pairwise
from typing import TypeVar

import pytest

from fixprop.board.simulated import SimulatedBoard
from fixprop.firmware_build import STACK_RESERVE_BYTES, FirmwareBuild, build_firmware
from fixprop.reliability.altered import altered_firmware
from fixprop.session import Session
from fixprop.sim.paths import Still
from fixprop.sim.scene import World
from fixprop.sim.supply import Supply
from fixprop.transfer import pull, push
from fixprop.wire.codec import encode_record
from fixprop.wire.records import GetHello, Health, Hello, Learn, Reading, Save, Stored
from tests.host.recorded import Recording, record

SUPPLY_MV = 4700  # not the 5000 that is told when the bandgap was not measured
A_SECOND = (26, 27)  # 26.3
T = TypeVar("T")


def board(build: FirmwareBuild) -> tuple[SimulatedBoard, Session, Recording]:
    uno = SimulatedBoard(build.elf, World(3, Still(0.0, 20.0), supply=Supply(idle_mv=SUPPLY_MV)))
    session = Session(uno)
    recording = record(session)
    session.open()
    return uno, session, recording


def told(recording: Recording, kind: type[T]) -> list[T]:
    return [frame.message for frame in recording.frames() if isinstance(frame.message, kind)]


def hear(session: Session, recording: Recording, seconds: float) -> list[Reading]:
    before = len(told(recording, Reading))
    session.run(seconds)
    return told(recording, Reading)[before:]


def assert_steady(readings: list[Reading]) -> None:
    assert {b.time_us - a.time_us for a, b in pairwise(readings)} == {38_000}
    assert all(r.supply_mv == pytest.approx(SUPPLY_MV, abs=13) for r in readings)
    lefts = sorted(r.left for r in readings)
    assert lefts[-1] < 1.5 * lefts[0]  # a hand at rest


def test_a_chip_that_sleeps_reads_as_often_as_one_that_learns() -> None:
    _, session, recording = board(build_firmware())
    for learning in (0, 1):  # 1: with no examples there is nothing to learn from, so it sleeps
        session.command(Learn(learning))
        readings = hear(session, recording, 1.0)
        assert len(readings) in A_SECOND
        assert_steady(readings)


def test_asking_the_pins_first_changes_no_reading_of_a_sensor() -> None:
    pull_ups = "  SENSOR_PORT |= PULL_UPS;"
    never_asked = build_firmware(project=altered_firmware("src/adc.c", pull_ups, ""))
    told_by = []
    for build in (build_firmware(), never_asked):
        _, session, recording = board(build)
        session.command(Learn(0))
        told_by.append([(r.left, r.right) for r in hear(session, recording, 1.0)])
    assert told_by[0] == told_by[1]
    assert len(set(told_by[0])) > 10


def test_a_save_costs_no_reading() -> None:
    _, session, recording = board(build_firmware())
    session.command(Learn(0))
    before = len(told(recording, Reading))
    session.command(Save())
    while not told(recording, Stored):  # 221 cells of 3.4 ms
        session.run(0.02)
    during = told(recording, Reading)[before:]
    assert len(during) > 15
    assert_steady(during)
    assert_steady(told(recording, Reading)[1:])


def test_an_adc_left_on_spoils_the_readings_of_a_chip_that_sleeps() -> None:
    always_on = altered_firmware("src/adc.c", "{ ADCSRA = ADC_OFF; }", "{}")
    _, session, recording = board(build_firmware(project=always_on))
    assert len(hear(session, recording, 0.3)) > 30


def flood(build: FirmwareBuild, seconds: float = 2.0) -> tuple[SimulatedBoard, Recording]:
    """Commands back to back down a line that waits for nobody, and a second of rest."""
    uno, session, recording = board(build)
    session.command(Learn(0))
    hello = encode_record(GetHello(), 1)
    uno.uno.rush()
    uno.write(hello * round(seconds * 50_000 / len(hello)))
    session.run(seconds + 1.0)
    return uno, recording


def test_a_flood_of_commands_stops_neither_readings_nor_watchdog() -> None:
    uno, recording = flood(build_firmware())
    assert uno.uno.resets == 1
    indices = [h.reading_index for h in told(recording, Hello)]
    assert indices[-1] > 1.9 * 26
    health = told(recording, Health)[-1]
    assert health.missed_readings == 0
    assert health.stack_free >= STACK_RESERVE_BYTES
    readings = told(recording, Reading)
    assert_steady(readings[-20:])
    assert readings[-1].reading_index > 2.9 * 26


def test_a_loop_that_takes_all_that_comes_starves_under_a_flood() -> None:
    bounded, unbounded = "left && uart_take(&byte); left--", "uart_take(&byte);"
    greedy = altered_firmware("src/main.cpp", bounded, unbounded)
    uno, _ = flood(build_firmware(project=greedy), 1.0)
    assert uno.uno.resets > 1


def test_weights_over_a_line_that_waits_for_nobody_lose_no_byte() -> None:
    uno, session, recording = board(build_firmware())
    uno.uno.rush()
    session.command(Learn(1))
    weights = pull(session)
    push(session, weights)
    session.run(1.2)
    assert (pull(session) == weights).all()
    health = told(recording, Health)[-1]
    assert (health.rx_overruns, health.missed_readings, uno.uno.overruns) == (0, 0, 0)


@pytest.mark.parametrize("ms", [12, 45])
def test_a_long_turn_is_told_as_long_as_it_was(ms: int) -> None:
    slow = f"  static uint8_t turns;\n  if (++turns == 200)\n    delay({ms});\n  take_bytes();\n"
    project = altered_firmware("src/main.cpp", "  take_bytes();\n", slow)
    _, session, recording = board(build_firmware(project=project))
    session.run(1.5)
    assert told(recording, Health)[-1].loop_max_us == pytest.approx(1000 * ms, abs=2100)
