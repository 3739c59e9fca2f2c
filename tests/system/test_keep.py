"""Weights over a power cut on the simulated Uno, whose EEPROM takes 3.4 ms a cell as the chip's does."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest

from fixprop.board.native import NativeTracker
from fixprop.board.replay_native import TELLS_OF_THE_CHIP, differs, replay
from fixprop.board.simulated import SimulatedBoard
from fixprop.firmware_build import STACK_RESERVE_BYTES, build_firmware
from fixprop.reliability.altered import altered_firmware
from fixprop.session import Session
from fixprop.sim.paths import Follow
from fixprop.sim.scene import World
from fixprop.sim.uno import CLOCK_HZ
from fixprop.tracking.definition import READING_PERIOD_S
from fixprop.tracking.learner import MirrorLearner, weights_crc
from fixprop.tracking.native_learner import NativeLearner
from fixprop.tracking.twin import Twin
from fixprop.wire.codec import encode_record
from fixprop.wire.records import (
    Health,
    Hello,
    Reading,
    ResetWeights,
    Save,
    State,
    Stored,
    Teach,
    WeightsSource,
)
from tests.host.recorded import REST_S, Recording, feed, record

LESSON_S = 8
RECORD_BYTES = 7 + 67 * 3
SLOT_BYTES = RECORD_BYTES + 13


@dataclass
class Life:
    """A lesson, a save in its midst, samples from the host, a load, and a power cut after that."""

    board: SimulatedBoard
    first: Recording
    second: Recording
    saved: Stored
    save_s: float
    image: bytes  # of the EEPROM when the power was cut

    def readings(self) -> list[Reading]:
        return [f.message for f in self.first.frames() if isinstance(f.message, Reading)]


@pytest.fixture(scope="module")
def life() -> Life:
    world = World(5)
    board = SimulatedBoard(build_firmware().elf, world)
    session = Session(board)
    first = record(session)
    session.open()
    session.command(Teach(LESSON_S))
    world.use(Follow(5, rest_s=REST_S + 0.2), board.time_s())
    session.run(LESSON_S - 1)
    start_s = board.time_s()
    saved = session.save()
    save_s = board.time_s() - start_s
    session.run(1.0)
    rng = np.random.default_rng(1)
    for _ in range(20):
        session.train_sample(*(rng.integers(-32768, 32768, count) for count in (4, 3)))
    session.run(0.5)
    session.load()
    session.run(1.0)
    session.save()
    session.run(0.3)
    image = board.uno.eeprom
    board.power_cycle()
    session = Session(board)
    second = record(session)
    session.open()
    session.run(2.0)
    return Life(board, first, second, saved, save_s, image)


def test_a_save_takes_less_than_a_second_and_no_reading_is_missed(
    life: Life, capsys: pytest.CaptureFixture[str]
) -> None:
    readings = life.readings()
    assert {b.time_us - a.time_us for a, b in pairwise(readings)} == {38_000}
    storing = [r for r in readings if r.state & State.STORING]
    health = [f.message for f in life.first.frames() if isinstance(f.message, Health)][-1]
    with capsys.disabled():
        print(
            f"\nsimulated Uno: a save takes {life.save_s:.2f} s; with saves, loads and samples "
            f"the stack never touched {health.stack_free} bytes, longest turn {health.loop_max_us} us"
        )
    # each cell takes 3.4 ms, and is asked after at every millisecond's interrupt
    assert 0.0034 * 190 < life.save_s < 0.0045 * (SLOT_BYTES + 1)
    assert len(storing) == pytest.approx(2 * life.save_s / READING_PERIOD_S, abs=3)
    assert all(r.state & State.LEARNING for r in storing)
    assert (health.missed_readings, health.lost_tx_frames, health.rx_overruns) == (0, 0, 0)
    assert health.loop_max_us < 10_000
    assert health.stack_free >= STACK_RESERVE_BYTES


def test_a_save_of_fifty_cells_in_one_turn_costs_readings() -> None:
    one, many = (
        "    return keep_work();\n",
        (
            "    for (uint8_t left = 100; left && store_busy(&tracker.store);)\n"
            "      left = (uint8_t)(left - keep_work());\n"
        ),
    )
    project = altered_firmware("lib/tracker/src/tracker.c", one, many)
    session = Session(SimulatedBoard(build_firmware(project=project).elf, World(5)))
    recording = record(session)
    session.open()
    session.save()
    session.run(1.2)
    told = [frame.message for frame in recording.frames()]
    times = [message.time_us for message in told if isinstance(message, Reading)]
    assert max(b - a for a, b in pairwise(times)) > 38_000
    assert [m for m in told if isinstance(m, Health)][-1].missed_readings > 0


def test_it_trains_before_and_after_a_save_and_not_within(life: Life) -> None:
    steps = {r.step for r in life.readings() if r.state & State.STORING}
    assert life.saved.step in steps
    assert len(steps) == 2  # of the two saves
    assert life.readings()[-1].step > life.saved.step


@pytest.mark.parametrize("kind", [MirrorLearner, NativeLearner])
def test_the_twin_is_sure_of_every_weight_through_all_of_it(life: Life, kind: type) -> None:
    twin = feed(Twin(kind(9)), life.first.events)
    before = twin.state.checksums_compared
    feed(twin, life.second.events)
    assert twin.state.first_difference is None
    assert twin.in_step
    assert twin.weights_known
    assert twin.state.checksums_compared == twin.state.checksums_equal >= before + 3 > 10


def test_the_board_starts_with_exactly_the_weights_that_it_saved_last(life: Life) -> None:
    stored = [f.message for f in life.first.frames() if isinstance(f.message, Stored)][-1]
    hello = next(f.message for f in life.second.frames() if isinstance(f.message, Hello))
    assert hello.weights_source == WeightsSource.EEPROM
    assert (hello.step, hello.weights_crc) == (stored.step, stored.weights_crc)
    assert (hello.rate, State(hello.state)) == (stored.rate, State.LEARNING)
    assert hello.reset_cause == 1


@pytest.mark.parametrize("part", ["first", "second"])
def test_the_same_session_on_this_computer_sends_the_same_bytes(life: Life, part: str) -> None:
    kinds = set()
    recording = life.first if part == "first" else life.second
    tracker = NativeTracker(life.image if part == "second" else None)
    for recorded, replayed in replay(recording.events, tracker):
        assert not differs(recorded, replayed), f"{recorded} on the Uno, {replayed} here"
        assert replayed is not None
        if not isinstance(recorded.message, TELLS_OF_THE_CHIP):
            told, ours = ((f.message, f.sequence) for f in (recorded, replayed))
            assert encode_record(*told) == encode_record(*ours)
        kinds.add(recorded.name)
    expected = {"reading", "weight_check"}
    assert expected | ({"stored", "trained", "ack"} if part == "first" else set()) <= kinds


def hello_of(eeprom: bytes) -> Hello:
    board = SimulatedBoard(build_firmware().elf, World(5), eeprom=eeprom)
    return Session(board).open()


def cut(eeprom: bytes, after_s: float, remains: int) -> tuple[bytes, bool]:
    """EEPROM after a second save that the power ended, and whether a cell was being written."""
    board = SimulatedBoard(build_firmware().elf, World(5), eeprom=eeprom)
    session = Session(board)
    session.open()
    session.command(ResetWeights(22))
    session.command(Save())
    board.uno.run(round(after_s * CLOCK_HZ))
    image, at = bytearray(board.uno.eeprom), board.uno.eeprom_busy_at
    if at is not None:
        image[at] = remains
    return bytes(image), at is not None


def test_the_power_may_go_at_any_time_of_a_save(life: Life) -> None:
    board = SimulatedBoard(build_firmware().elf, World(5))
    session = Session(board)
    session.open()
    session.command(ResetWeights(11))
    session.save()
    old, new = (weights_crc(MirrorLearner(seed).weights()) for seed in (11, 22))
    moments = [0.0001, 0.002, 0.005, 0.1, 0.37, 0.61, 0.8, 0.85, 1.2]
    found, while_writing = [], 0
    for after_s, remains in zip(moments, [0x00, 0x01, 0xFF] * 3, strict=True):
        image, busy = cut(board.uno.eeprom, after_s, remains)
        hello = hello_of(image)
        assert hello.weights_source == WeightsSource.EEPROM
        found.append(hello.weights_crc)
        while_writing += busy
    assert set(found) == {old, new}
    assert found == sorted(found, key=lambda crc: crc == new)  # old before some moment, new after
    assert while_writing > 4


def test_an_erased_board_starts_anew() -> None:
    board = SimulatedBoard(build_firmware().elf, World(5))
    session = Session(board)
    session.open()
    session.command(ResetWeights(11))
    for _ in range(2):
        session.save()
    session.erase()
    hello = hello_of(board.uno.eeprom)
    assert (hello.weights_source, hello.seed) == (WeightsSource.INITIAL, 1)
    assert hello.weights_crc == weights_crc(MirrorLearner(1).weights())
