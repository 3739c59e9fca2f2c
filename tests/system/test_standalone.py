"""A simulated Uno with nothing but its button, its LED and its supply; a session only listens."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest

from fixprop.board.replay_native import TELLS_OF_THE_CHIP, differs, replay
from fixprop.board.simulated import SimulatedBoard
from fixprop.firmware_build import STACK_RESERVE_BYTES, build_firmware
from fixprop.session import Session
from fixprop.sim.paths import Follow, Still
from fixprop.sim.scene import World
from fixprop.sim.servo import pulse_to_deg
from fixprop.sim.uno import CLOCK_HZ
from fixprop.tracking.lights import LIGHTS
from fixprop.tracking.native_learner import NativeLearner
from fixprop.tracking.twin import Twin
from fixprop.wire.codec import encode_record
from fixprop.wire.records import (
    ButtonAction,
    GetWeights,
    Health,
    Hello,
    Pressed,
    Reading,
    State,
    Stored,
    StoreOperation,
    WeightsSource,
)
from tests.host.recorded import REST_S, Recording, feed, record

BUTTON, LED = "D2", "D13"
BOOT_LOADER_S = 1.6  # of the Uno's own Optiboot, when a port is opened; after power-on none
POINTS_WITHIN_S = 2.0
HAND_DEG = 10.0


def press(board: SimulatedBoard, session: Session, seconds: float) -> None:
    """With bounces of up to 6 ms at both ends."""
    for level in (False, None, False, None, False):
        board.uno.drive(BUTTON, level)
        session.run(0.003)
    session.run(seconds)
    for level in (None, False, None):
        board.uno.drive(BUTTON, level)
        session.run(0.006)


@dataclass
class Life:
    """A lesson of the button's own length, another one cut short, and then all is forgotten."""

    board: SimulatedBoard
    recording: Recording
    taught: bytes  # EEPROM after the first lesson

    def every(self, kind: type) -> list[object]:
        return [f.message for f in self.recording.frames() if isinstance(f.message, kind)]


@pytest.fixture(scope="module")
def life() -> Life:
    world = World(5, Still())
    board = SimulatedBoard(build_firmware().elf, world)
    session = Session(board)
    recording = record(session)
    session.open()
    session.run(0.3)
    press(board, session, 0.1)
    world.use(Follow(5, rest_s=REST_S + 0.2), board.time_s())
    session.run(62.5)
    taught = board.uno.eeprom
    press(board, session, 0.1)
    session.run(8.0)
    press(board, session, 0.3)
    session.run(2.0)
    press(board, session, 2.1)
    session.run(1.0)
    session.command(GetWeights())
    session.run(0.7)
    return Life(board, recording, taught)


def test_every_press_is_told_and_what_it_did_to_the_store(life: Life) -> None:
    pressed, stored = life.every(Pressed), life.every(Stored)
    assert [p.action for p in pressed] == [  # type: ignore[attr-defined]
        ButtonAction.TEACH, ButtonAction.END, ButtonAction.TEACH, ButtonAction.END,
        ButtonAction.FORGET,
    ]  # fmt: skip
    assert [s.operation for s in stored] == [  # type: ignore[attr-defined]
        StoreOperation.SAVE, StoreOperation.SAVE, StoreOperation.ERASE,
    ]  # fmt: skip
    assert all(s.result == 0 for s in stored)  # type: ignore[attr-defined]


def test_the_twin_follows_every_press_with_every_bit(life: Life) -> None:
    twin = feed(Twin(NativeLearner(9)), life.recording.events)
    assert twin.state.first_difference is None
    assert twin.in_step and twin.weights_known
    assert twin.state.checksums_equal == twin.state.checksums_compared > 100
    assert twin.state.steps_replayed > 100_000
    assert twin.board_weights is not None
    assert np.array_equal(twin.learner.weights(), twin.board_weights)


def test_the_same_presses_on_this_computer_send_the_same_bytes(life: Life) -> None:
    for recorded, replayed in replay(life.recording.events):
        assert not differs(recorded, replayed), f"{recorded} on the Uno, {replayed} here"
        assert replayed is not None
        if not isinstance(recorded.message, TELLS_OF_THE_CHIP):
            told, ours = ((f.message, f.sequence) for f in (recorded, replayed))
            assert encode_record(*told) == encode_record(*ours)


def test_nothing_is_missed_meanwhile(life: Life, capsys: pytest.CaptureFixture[str]) -> None:
    health, readings = life.every(Health)[-1], life.every(Reading)
    assert isinstance(health, Health)
    times = [r.time_us for r in readings if isinstance(r, Reading)]
    assert {b - a for a, b in pairwise(times)} == {38_000}
    assert (health.missed_readings, health.lost_tx_frames, health.rx_overruns) == (0, 0, 0)
    with capsys.disabled():
        print(f"\nstandalone: stack never touched {health.stack_free} bytes")
    assert health.stack_free >= STACK_RESERVE_BYTES


def test_a_taught_board_points_within_two_seconds_of_power_on(
    life: Life, capsys: pytest.CaptureFixture[str]
) -> None:
    board = SimulatedBoard(
        build_firmware().elf, World(5, Still(HAND_DEG, 20.0)), eeprom=life.taught
    )
    session = Session(board)
    heard = record(session)
    session.run(1.0)
    hello = heard.frames()[0].message
    assert isinstance(hello, Hello) and hello.weights_source == WeightsSource.EEPROM
    assert not hello.state & (State.LEARNING | State.TEACHING)
    pulses = board.uno.pulses()
    there = [abs(pulse_to_deg(p.width_us) - HAND_DEG) < 6 for p in pulses]  # twice the rms error
    stays = next(i for i in range(len(there)) if all(there[i : i + 10]))
    with capsys.disabled():
        print(f"\nstandalone: points {pulses[stays].end_s:.2f} s after power-on")
    assert pulses[stays].end_s + BOOT_LOADER_S < POINTS_WITHIN_S
    assert stays + 10 < len(there)
    assert abs(pulse_to_deg(pulses[0].width_us) - HAND_DEG) > 6  # it did not stand there before


def test_the_led_shows_its_patterns_on_the_pin(life: Life) -> None:
    """How long it is on and off, sampled every millisecond, before and in a lesson."""
    board = SimulatedBoard(build_firmware().elf, World(5, Still()))
    session = Session(board)
    session.open()
    patterns = {light.name: (light.on_ms, light.off_ms) for light in LIGHTS}

    def shown(seconds: float) -> set[tuple[bool, int]]:
        levels = []
        for _ in range(round(seconds * 1000)):
            board.uno.run(CLOCK_HZ // 1000)
            levels.append(board.uno.pin(LED))
        edges = [i for i, (a, b) in enumerate(pairwise(levels), 1) if a != b]
        return {(levels[a], round((b - a) / 10) * 10) for a, b in pairwise(edges)}

    def expected(name: str) -> set[tuple[bool, int]]:
        on_ms, off_ms = patterns[name]
        return {(True, on_ms), (False, off_ms)}

    assert shown(4.5) == expected("untrained")
    press(board, session, 0.1)
    session.run(1.1)  # a pattern begins where the one before was
    assert shown(2.2) == expected("rest")
    session.run(0.9)
    assert shown(0.6) == expected("settle")
