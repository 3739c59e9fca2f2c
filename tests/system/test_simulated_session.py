"""The firmware's own ELF on a simulated Uno: nothing is lost, and every bit can be accounted for."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pytest

from fixprop.board.replay_native import TELLS_OF_THE_CHIP, differs, replay
from fixprop.board.simulated import SimulatedBoard
from fixprop.firmware_build import STACK_RESERVE_BYTES, build_firmware
from fixprop.session import Session
from fixprop.sim.scene import World
from fixprop.sim.uno import CLOCK_HZ, Pulse
from fixprop.tracking.definition import READING_PERIOD_S, VALUES
from fixprop.tracking.learner import Learner, MirrorLearner
from fixprop.tracking.native_learner import NativeLearner
from fixprop.tracking.twin import Twin
from fixprop.wire.codec import Frame, encode_record
from fixprop.wire.frames import Counters
from fixprop.wire.records import Health, Reading, State, Teach, WeightCheck
from tests.host.recorded import Recording, feed, lesson

LESSON_S = 12
SERVO_PERIOD_S = 0.02


@dataclass
class Lesson:
    """A lesson on a simulated Uno and what was seen of it from outside."""

    recording: Recording
    board: SimulatedBoard
    counters: Counters
    pulses: list[Pulse]

    def every(self, kind: type) -> list[object]:
        return [f.message for f in self.recording.frames() if isinstance(f.message, kind)]

    def readings(self) -> list[Reading]:
        return [m for m in self.every(Reading) if isinstance(m, Reading)]


@pytest.fixture(scope="module")
def sim() -> Lesson:
    world = World(7)
    board = SimulatedBoard(build_firmware().elf, world)
    session = Session(board)
    recording = lesson(session, world, LESSON_S)
    return Lesson(recording, board, session.reader.counters, board.uno.pulses())


def test_no_frame_is_lost_or_damaged(sim: Lesson) -> None:
    frames = len(sim.recording.frames())
    assert sim.counters == Counters(frames=frames)
    assert frames > LESSON_S / READING_PERIOD_S


def test_readings_come_every_38_ms_and_none_is_missed(sim: Lesson) -> None:
    readings = sim.readings()
    assert [r.reading_index for r in readings] == list(range(len(readings)))
    assert len(readings) > LESSON_S / READING_PERIOD_S
    period_us = VALUES["READING_PERIOD_MS"] * 1000
    assert {b.time_us - a.time_us for a, b in pairwise(readings)} == {period_us}


def test_the_board_is_in_good_health(sim: Lesson, capsys: pytest.CaptureFixture[str]) -> None:
    health = sim.every(Health)[-1]
    assert isinstance(health, Health)
    with capsys.disabled():
        print(
            f"\nsimulated Uno: stack never touched {health.stack_free} bytes, "
            f"longest turn of the main loop {health.loop_max_us} us"
        )
    assert health.missed_readings == 0
    assert health.lost_tx_frames == 0
    assert health.rx_crc_errors == health.rx_overruns == 0
    assert health.stack_free >= STACK_RESERVE_BYTES
    # a reading must be taken before the next comes, 38 ms later; a quarter of that is ample
    assert 0 < health.loop_max_us < 10_000


def test_the_stack_that_is_free_is_what_the_simulator_saw(sim: Lesson) -> None:
    health = sim.every(Health)[-1]
    assert isinstance(health, Health)
    uno = sim.board.uno
    free = 2048 - uno.static_sram_bytes - uno.stack_peak_bytes
    # a byte pushed that equals the paint is not seen by the board, and the health message itself
    # may go deeper after it has measured
    assert 0 <= health.stack_free - free <= 64


def test_most_of_the_time_goes_into_training(sim: Lesson) -> None:
    steps = [r.step for r in sim.readings() if r.state & State.LEARNING]
    per_reading = np.diff(steps[10:])
    assert per_reading.min() > 40  # a period has 608,000 cycles: 15,000 a step are too many
    assert sim.readings()[-1].step > 40 * LESSON_S / READING_PERIOD_S


def test_pulses_on_the_pin_are_those_that_were_told(sim: Lesson) -> None:
    readings, offset_s = sim.readings(), sim.board.first_burst_s
    assert offset_s is not None
    starts = [p.start_cycle / CLOCK_HZ for p in sim.pulses]
    assert np.diff(starts) == pytest.approx(SERVO_PERIOD_S, abs=1e-6)
    compared = set()
    for reading in readings:
        # told is what was set one reading before: at this burst's start it is on the pin
        begun_s = offset_s + (reading.time_us - readings[0].time_us) / 1e6
        pulse = sim.pulses[bisect_right(starts, begun_s - SERVO_PERIOD_S / 2) - 1]
        after_change_s = READING_PERIOD_S - (begun_s - pulse.start_cycle / CLOCK_HZ)
        if after_change_s < SERVO_PERIOD_S:  # the pulse began before the change could take effect
            continue
        assert pulse.width_us == pytest.approx(reading.pointer_us, abs=1)
        compared.add(reading.pointer_us)
    assert len(compared) > 50
    assert {VALUES["SERVO_CENTRE_US"], 1500} <= compared


@pytest.mark.parametrize("learner", [MirrorLearner, NativeLearner])
def test_the_twin_knows_every_weight(sim: Lesson, learner: Callable[[int], Learner]) -> None:
    twin = feed(Twin(learner(0)), sim.recording.events)
    assert twin.state.first_difference is None
    assert (
        twin.state.checksums_equal == twin.state.checksums_compared == len(sim.every(WeightCheck))
    )
    assert twin.state.checksums_compared >= LESSON_S / READING_PERIOD_S // VALUES["CHECK_READINGS"]
    assert sim.recording.weights is not None
    assert np.array_equal(twin.learner.weights(), sim.recording.weights)
    assert twin.state.steps_replayed == sim.readings()[-1].step


def test_the_same_session_on_this_computer_sends_the_same_bytes(sim: Lesson) -> None:
    kinds: Counter[str] = Counter()
    for recorded, replayed in replay(sim.recording.events):
        assert not differs(recorded, replayed), f"{recorded} on the Uno, {replayed} here"
        assert replayed is not None
        if not isinstance(recorded.message, TELLS_OF_THE_CHIP):
            told, ours = ((f.message, f.sequence) for f in (recorded, replayed))
            assert encode_record(*told) == encode_record(*ours)
        kinds[recorded.name] += 1
    assert kinds["weights"] == 5
    assert kinds["ack"] == 7
    assert kinds["reading"] == len(sim.readings())


def test_one_wrong_bit_in_the_recording_would_be_seen(sim: Lesson) -> None:
    events = list(sim.recording.events)
    at = next(
        i
        for i, e in enumerate(events)
        if isinstance(e, Frame)
        and isinstance(e.message, Reading)
        and e.message.reading_index == 180
    )
    frame = events[at]
    assert isinstance(frame, Frame)
    assert isinstance(frame.message, Reading)
    events[at] = replace(frame, message=replace(frame.message, left=frame.message.left ^ 1))
    assert any(differs(*pair) for pair in replay(events))


def run(seed: int, seconds: float, portion_s: float) -> bytes:
    """All bytes of a lesson whose command is on the line before the board starts."""
    board = SimulatedBoard(build_firmware().elf, World(seed))
    board.write(encode_record(Teach(60), 1))
    data, end = b"", seconds
    while (left := end - board.time_s()) > 0:
        data += board.read(min(portion_s, left))
    return data


def test_the_same_seed_gives_the_same_bytes_whatever_the_slices() -> None:
    expected = run(3, 2.0, 0.5)
    frames = expected.count(b"\0")
    assert frames > 2.0 / READING_PERIOD_S
    assert run(3, 2.0, 0.5) == expected
    for portion_s in (0.001, 0.01):
        assert run(3, 2.0, portion_s) == expected
    assert run(4, 2.0, 0.5) != expected
