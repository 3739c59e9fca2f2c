"""The twin through saves, loads and power cuts: it knows the weights, or knows that it does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fixprop.board.native import NativeBoard
from fixprop.session import Session
from fixprop.sim.scene import World
from fixprop.tracking.learner import Learner, MirrorLearner, weights_crc
from fixprop.tracking.native_learner import NativeLearner
from fixprop.tracking.twin import Twin
from fixprop.wire.codec import Frame
from fixprop.wire.records import Hello, Learn, Mark, ResetWeights, Save, Stored, Trained


class Watched:
    """A native board, a session and a twin that hears all of it; `spoil` may change a frame."""

    def __init__(self, learner: Learner, eeprom: bytes | None = None) -> None:
        self.board = NativeBoard(World(3), eeprom=eeprom)
        self.twin = Twin(learner)
        self.frames: list[Frame] = []
        self.connect()

    def connect(self) -> None:
        """A session from the board's start."""
        self.session = Session(self.board)
        self.session.listeners += [self.twin.take, self.frames.append]
        self.session.on_sent.append(self.twin.sent)
        self.session.on_lost.append(self.twin.lost)
        self.session.open()

    def power_cycle(self) -> None:
        """Off and on, and a new session."""
        self.board.power_cycle()
        self.connect()

    def teach(self, marks: int, seconds: float) -> None:
        """Some samples, and time to learn them."""
        for number in range(marks):
            self.session.run(0.05)
            self.session.command(Mark(1500 * number - 4000, 1))
        self.session.command(Learn(1))
        self.session.run(seconds)

    def certain(self) -> bool:
        """Whether the twin has followed in every bit until now."""
        self.session.run(0.7)  # a checksum comes every 16 readings, 0.61 s
        state = self.twin.state
        assert state.first_difference is None
        assert state.checksums_equal == state.checksums_compared
        return self.twin.in_step and self.twin.weights_known

    def weights_agree(self) -> bool:
        """The twin's weights against those that the board sends."""
        with self.session.paused():
            return bool(np.array_equal(self.session.weights(), self.twin.learner.weights()))


@pytest.fixture
def watched() -> Watched:
    return Watched(NativeLearner(9))


@pytest.mark.parametrize("kind", [MirrorLearner, NativeLearner])
def test_the_twin_follows_through_save_training_and_load(kind: type) -> None:
    watched = Watched(kind(9))
    watched.teach(4, 0.3)
    stored = watched.session.save()
    watched.session.run(0.5)
    assert watched.session.hello().step > stored.step > 100
    told = watched.session.load()
    assert (told.step, told.weights_crc) == (stored.step, stored.weights_crc)
    assert watched.certain()
    assert watched.weights_agree()


def test_the_twin_knows_the_weights_after_a_power_cut(watched: Watched) -> None:
    watched.teach(4, 0.5)
    saved = watched.session.save()
    watched.session.run(0.5)
    watched.power_cycle()
    assert watched.certain()
    assert weights_crc(watched.twin.learner.weights()) == saved.weights_crc
    compared = watched.twin.state.checksums_compared
    watched.teach(3, 1.0)
    assert watched.certain()
    assert watched.twin.learner.step > saved.step + 100
    assert watched.twin.state.checksums_compared > compared
    assert watched.weights_agree()


def test_each_of_several_saves_is_remembered(watched: Watched) -> None:
    watched.teach(4, 0.3)
    watched.session.save()
    image = watched.board.tracker.eeprom
    watched.session.run(0.5)
    watched.session.save()
    later = watched.board.tracker.eeprom
    for eeprom in (image, later):
        board = NativeBoard(World(3), eeprom=eeprom)
        watched.board = board
        watched.connect()
        assert watched.certain()
        assert watched.weights_agree()
    assert len(watched.twin.saved) == 2


def test_a_save_whose_end_nobody_heard_before_a_reset_is_remembered(watched: Watched) -> None:
    watched.teach(4, 0.5)
    watched.session.command(Learn(0))
    watched.session.command(Save())
    end = watched.board.time_s() + 1.0
    while watched.board.time_s() < end:  # its end goes to nobody
        watched.board.read(0.1)
    watched.board.power_cycle()
    watched.session.run(0.5)  # on the same line
    assert watched.twin.learner.step > 100
    assert watched.certain()
    assert watched.weights_agree()


def test_a_save_broken_off_is_not_taken_for_one_of_other_weights() -> None:
    first = Watched(NativeLearner(9))
    first.teach(4, 0.3)
    first.session.command(Learn(0))
    first.session.save()
    second = Watched(NativeLearner(9), first.board.tracker.eeprom)
    second.session.command(ResetWeights(5))
    second.session.command(Save())
    second.board.power_cycle()  # while it is written
    second.session.run(0.5)
    assert not second.certain()  # it went on with what was stored before us
    second.session.save()
    second.session.load()
    assert not second.certain()
    assert second.weights_agree()  # which asked for them
    assert second.certain()


def test_a_new_twin_learns_loaded_weights_by_asking_and_follows_what_came_before() -> None:
    first = Watched(NativeLearner(9))
    first.teach(4, 0.5)
    first.session.save()
    second = Watched(NativeLearner(9), first.board.tracker.eeprom)
    second.teach(4, 1.0)  # trains on from weights that the twin does not know
    assert not second.certain()
    compared = second.twin.state.checksums_compared
    assert second.weights_agree()  # which asked for them
    assert second.twin.weights_known
    second.session.command(Learn(1))
    second.session.run(1.0)
    assert second.certain()
    assert second.twin.state.checksums_compared > compared
    assert second.weights_agree()


def test_a_reset_of_the_weights_makes_them_known_again() -> None:
    first = Watched(NativeLearner(9))
    first.session.save()
    second = Watched(NativeLearner(9), first.board.tracker.eeprom)
    assert not second.twin.weights_known
    second.session.command(ResetWeights(5))
    second.teach(3, 0.5)
    assert second.certain()


def test_samples_from_the_host_are_followed(watched: Watched) -> None:
    watched.teach(3, 0.2)
    steps = watched.twin.state.steps_replayed
    rng = np.random.default_rng(1)
    for _ in range(50):
        sample = (rng.integers(-32768, 32768, count) for count in (4, 3))
        watched.session.train_sample(*sample)
    assert watched.certain()
    assert watched.twin.state.steps_replayed > steps + 50
    assert watched.weights_agree()


def test_steps_of_samples_are_told_one_by_one(watched: Watched) -> None:
    told: list[int] = []
    watched.twin.on_steps = lambda step, losses: told.append(step)
    for _ in range(3):
        watched.session.train_sample(np.zeros(4, np.int64), np.zeros(3, np.int64))
    assert told == [1, 2, 3]


@pytest.mark.parametrize(
    ("kind", "field", "what"),
    [
        (Stored, "weights_crc", "step 0: the weights' CRC is "),
        (Trained, "weights_crc", "step 1: the weights' CRC is "),
        (Trained, "outputs", "step 1: bearing is "),
        (Hello, "weights_crc", "the start: the weights' CRC is "),
    ],
    ids=["save", "sample", "outputs", "hello"],
)
def test_a_wrong_number_in_what_the_board_tells_is_a_difference(
    watched: Watched, kind: type, field: str, what: str
) -> None:
    sent = []
    watched.session.on_sent.append(lambda sequence, command: sent.append((sequence, command)))
    start = len(watched.frames)
    watched.session.save()
    watched.session.train_sample(np.zeros(4, np.int64), np.zeros(3, np.int64))
    twin = Twin(NativeLearner(9))
    commands = dict(sent)
    assert isinstance(commands[min(commands)], Save)
    for sequence, command in sent:
        twin.sent(sequence, command)
    for frame in watched.frames[:1] + watched.frames[start:]:
        message = frame.message
        if isinstance(message, kind):
            value = getattr(message, field)
            wrong = bytes([value[0] ^ 1]) + value[1:] if field == "outputs" else value ^ 1
            frame = replace(frame, message=replace(message, **{field: wrong}))
        twin.take(frame)
    assert twin.state.first_difference is not None
    assert twin.state.first_difference.startswith(what)


def test_an_answered_hello_does_not_start_the_twin_anew(watched: Watched) -> None:
    watched.session.train_sample(np.full(4, 9999), np.full(3, 20000))
    weights = watched.twin.learner.weights()
    hello = watched.session.hello()
    assert hello.reading_index == 0
    assert np.array_equal(watched.twin.learner.weights(), weights)
    assert watched.certain()


def test_a_twin_says_how_it_stands(watched: Watched) -> None:
    assert Twin(NativeLearner(9)).standing == "no board has been heard from its start yet"
    assert watched.twin.standing == "in step: every weight is known"
    watched.teach(3, 0.8)
    step = watched.twin.learner.step
    assert step > 1000  # so that it has a separator
    watched.twin.disconnected()
    watched.twin.disconnected()  # once is enough
    assert watched.twin.state.gaps == 1
    assert watched.twin.standing == f"the line was lost after step {step:,}; waiting for the board"
    assert watched.twin.latest_step() is None
    assert watched.twin.state.first_difference is None
    watched.session.hello()
    assert watched.twin.standing == "not in step since the gap; reset the weights to start again"
    watched.session.run(1.0)
    assert not watched.twin.in_step
    watched.session.command(ResetWeights(3))
    assert watched.certain()
    assert watched.twin.latest_step() is None  # those before the reset are not its own


def test_losses_of_weights_that_nobody_knows_are_not_told() -> None:
    first = Watched(NativeLearner(9))
    first.session.save()
    second = Watched(NativeLearner(9), first.board.tracker.eeprom)
    told: list[int] = []
    second.twin.on_steps = lambda step, losses: told.append(step)
    second.teach(3, 0.3)
    assert second.twin.learner.step > 0
    assert not second.twin.weights_known
    assert told == []
    assert second.twin.latest_step() is None
    assert "pull them" in second.twin.standing
