"""A conversation with a board: what is answered, what is refused, and what went missing."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest

from fixprop.board.simulated import SimulatedBoard
from fixprop.errors import FixpropError
from fixprop.fingerprint import fingerprint
from fixprop.firmware_build import build_firmware
from fixprop.network import Topology
from fixprop.session import HELLO_PATIENCE_S, NoAnswer, Session, check_hello
from fixprop.sim.faulty_line import FaultyLine
from fixprop.sim.scene import World
from fixprop.tracking.definition import TOPOLOGY
from fixprop.tracking.learner import weights_crc
from fixprop.tracking.native_learner import NativeLearner
from fixprop.tracking.twin import Twin
from fixprop.wire.codec import Frame, encode_record
from fixprop.wire.framing import frame_payload
from fixprop.wire.messages import PROTOCOL_VERSION
from fixprop.wire.records import (
    Ack,
    Hello,
    Learn,
    Load,
    Mark,
    Reading,
    Record,
    ResetWeights,
    Result,
    Save,
    SetPointer,
    SetRate,
    SetWeights,
    State,
    Stored,
    StoreOperation,
    StoreResult,
    Weights,
)
from tests.host.bad_line import Spoil, ThroughABadLine


def without(kind: type) -> Spoil:
    return lambda frame: None if isinstance(frame.message, kind) else frame


def first(count: int, fits: Callable[[Frame], bool], after: int = 0) -> Spoil:
    """Loses the first `count` frames that fit, `after` some that it lets through."""
    seen = itertools.count()
    return lambda f: None if fits(f) and after <= next(seen) < after + count else f


def test_hello_tells_who_the_board_is(port: ThroughABadLine) -> None:
    hello = Session(port).open()
    assert hello.protocol == PROTOCOL_VERSION
    assert hello.fingerprint == fingerprint(TOPOLOGY)
    assert hello.layer_sizes[: hello.layer_count] == bytes(TOPOLOGY.sizes)
    assert hello.reading_period_us == 38_000


def test_a_board_that_runs_already_is_asked_for_its_hello(port: ThroughABadLine) -> None:
    port.read(1.0)  # its hello after the start went to nobody
    assert Session(port).open().fingerprint == fingerprint(TOPOLOGY)


def test_no_hello_is_one_line_that_names_the_port_and_the_next_step() -> None:
    port = ThroughABadLine(without(Hello))
    with pytest.raises(FixpropError) as raised:
        Session(port).open()
    text = str(raised.value)
    assert text.startswith("no hello from test:// in 4 s: has it power, and is fixprop's")
    assert "fixprop flash" in text
    assert "\n" not in text
    assert HELLO_PATIENCE_S <= port.time_s() < HELLO_PATIENCE_S + 0.6  # one HELLO_REPEAT_S


def test_a_hello_of_another_layout_is_told_apart_from_silence(
    port: ThroughABadLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = frame_payload(bytes([Hello.code, 0, 1]) + bytes(31))  # protocol 1's had 34 bytes
    read = port.read
    monkeypatch.setattr(port, "read", lambda seconds: read(seconds) and old)
    with pytest.raises(FixpropError) as raised:
        Session(port).open()
    assert f"what it sends is not protocol {PROTOCOL_VERSION} (" in str(raised.value)
    assert "fixprop flash" in str(raised.value)


@pytest.mark.parametrize(
    ("difference", "older", "cure"),
    [(-1, "firmware", "fixprop flash"), (1, "host", "git pull")],
)
def test_another_protocol_says_which_side_to_update(difference: int, older: str, cure: str) -> None:
    protocol = PROTOCOL_VERSION + difference

    def spoil(frame: Frame) -> Frame:
        if not isinstance(frame.message, Hello):
            return frame
        return replace(frame, message=replace(frame.message, protocol=protocol))

    with pytest.raises(FixpropError) as raised:
        Session(ThroughABadLine(spoil)).open()
    assert f"test:// speaks protocol {protocol}, this host {PROTOCOL_VERSION}" in str(raised.value)
    assert f"the {older} is older" in str(raised.value)
    assert cure in str(raised.value)
    assert "\n" not in str(raised.value)


def test_another_fingerprint_names_both_and_the_cure(port: ThroughABadLine) -> None:
    other = Topology((4, 9, 3), ("tanh", "linear"))
    with pytest.raises(FixpropError) as raised:
        Session(port, other).open()
    text = str(raised.value)
    assert f"has fingerprint {fingerprint(TOPOLOGY):08x}" in text
    assert f"this host {fingerprint(other):08x} for 4-9-3" in text
    assert "flash this checkout's firmware: fixprop flash" in text
    assert "\n" not in text


def test_a_matching_hello_is_accepted(session: Session) -> None:
    session.port.write(encode_record(SetRate(1), 9))  # someone else's traffic is no hindrance
    hello = Hello(
        PROTOCOL_VERSION, fingerprint(TOPOLOGY), 1, 1, 38_000, 0, 0, 0, 3, bytes(6), *[0] * 4
    )
    check_hello(hello, TOPOLOGY, "test://")


def test_a_command_returns_its_acknowledgement(session: Session) -> None:
    session.run(0.2)
    ack = session.command(SetRate(77))
    assert (ack.command, ack.result, ack.step) == (SetRate.code, 0, 0)
    assert ack.reading_index == 5  # at 38 ms each, those before 0.2 s have come


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (
            SetPointer(499),
            "set_pointer (pointer_us 499): a field is outside what this firmware accepts; "
            "send other values",
        ),
        (
            SetWeights(60, 16, bytes(48)),
            "set_weights (offset 60, count 16): a field is outside what this firmware accepts; "
            "send other values",
        ),
        (Load(), "load: no weights of this firmware are stored; save some first"),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_a_refused_command_names_itself_its_values_and_the_next_step(
    session: Session, command: Record, words: str
) -> None:
    with pytest.raises(FixpropError) as raised:
        session.command(command)
    assert str(raised.value) == f"test:// refused {words}"


@pytest.mark.parametrize("result", [*(result for result in Result if result), 200])
def test_every_refusal_says_what_to_do(
    port: ThroughABadLine, session: Session, result: int
) -> None:
    def spoil(frame: Frame) -> Frame:
        if isinstance(ack := frame.message, Ack):
            return replace(frame, message=replace(ack, result=result))
        return frame

    port.spoil = spoil
    with pytest.raises(FixpropError, match=r"test:// refused save: .+; .+") as raised:
        session.command(Save())
    assert "\n" not in str(raised.value)


def test_a_refused_save_of_a_push_cut_short_says_to_set_all(session: Session) -> None:
    session.command(SetWeights(0, 16, bytes(48)))
    with pytest.raises(FixpropError, match="some weights were set and not all; set them all, or"):
        session.save()


def test_no_answer_names_the_command_and_ends_after_a_second(
    port: ThroughABadLine, session: Session
) -> None:
    port.spoil, start = without(Ack), port.time_s()
    with pytest.raises(FixpropError, match=r"no answer to set_rate from test:// in 1 s: check the"):
        session.command(SetRate(5))
    assert port.time_s() - start == pytest.approx(1.0, abs=0.05)  # one reading period


class LosesTheEnd(FaultyLine):
    """Of the next thing that is sent, `lost` bytes."""

    lost = 0

    def write(self, data: bytes) -> None:
        super().write(data[: len(data) - self.lost])
        self.lost = 0


@pytest.mark.parametrize("lost", [1, 2, 7])
def test_a_command_that_lost_its_end_costs_no_other(lost: int) -> None:
    line = LosesTheEnd(SimulatedBoard(build_firmware().elf, World(1)), lambda data: data)
    session = Session(line)
    session.open()
    line.lost = lost
    with pytest.raises(NoAnswer):
        session.command(SetRate(77))
    assert session.command(SetRate(78)).result == 0
    line.lost = lost
    with pytest.raises(NoAnswer):
        session.command(SetRate(79))
    # one that lost nothing but its delimiter is whole, and obeyed before the one that brings another
    assert session.hello().rate == (79 if lost == 1 else 78)


def test_each_command_begins_with_a_delimiter(
    port: ThroughABadLine, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = list[bytes]()
    monkeypatch.setattr(port, "write", sent.append)
    with pytest.raises(NoAnswer):
        session.command(SetRate(1))
    assert sent == [b"\0" + encode_record(SetRate(1), 0)]


def test_an_answer_to_another_command_is_not_taken_for_ours(
    port: ThroughABadLine, session: Session
) -> None:
    def spoil(frame: Frame) -> Frame:
        if isinstance(ack := frame.message, Ack):
            return replace(frame, message=replace(ack, command_sequence=ack.command_sequence ^ 1))
        return frame

    port.spoil = spoil
    with pytest.raises(FixpropError, match="no answer"):
        session.command(SetRate(5))


def test_weights_are_collected_whole(session: Session) -> None:
    session.command(ResetWeights(5))
    assert np.array_equal(session.weights(), NativeLearner(5).weights())


@pytest.mark.parametrize("missing", [0, 16, 32, 64])
def test_a_missing_run_of_weights_is_an_error_and_not_zeros(
    port: ThroughABadLine, session: Session, missing: int
) -> None:
    def spoil(frame: Frame) -> Frame | None:
        is_it = isinstance(frame.message, Weights) and frame.message.offset == missing
        return None if is_it else frame

    port.spoil = spoil
    with pytest.raises(FixpropError, match=f"test:// sent {missing} of 67 weights, then none"):
        session.weights()


def test_weights_while_learning_are_refused(session: Session) -> None:
    session.command(Learn(1))
    with pytest.raises(FixpropError, match=r"refused get_weights: not now; send it again later"):
        session.weights()
    session.command(Learn(0))
    assert len(session.weights()) == TOPOLOGY.weight_count


def test_300_commands_are_each_acknowledged_and_the_twin_follows(session: Session) -> None:
    twin = Twin(NativeLearner(1))
    session.listeners.append(twin.take)
    session.on_sent.append(twin.sent)
    session.on_lost.append(twin.lost)
    session.command(ResetWeights(3))
    session.run(0.05)
    session.command(Mark(1000, 1))
    session.command(Learn(1))
    for number in range(300):  # more than the 256 numbers that a sequence has
        ack = session.command(SetRate(1000 + number))
        assert ack.command_sequence == (number + 3) % 256
        if number % 10 == 0:
            session.run(0.1)
    assert session.reader.counters.lost == session.reader.counters.duplicates == 0
    assert twin.in_step
    assert twin.state.first_difference is None
    assert twin.state.checksums_equal == twin.state.checksums_compared >= 4
    assert twin.state.steps_replayed > 1000


def test_listeners_hear_every_frame_in_order_and_may_leave(session: Session) -> None:
    heard: list[Frame] = []
    session.listeners.append(heard.append)
    session.run(1.0)
    session.listeners.remove(heard.append)
    session.run(0.2)
    readings = [f.message.reading_index for f in heard if isinstance(f.message, Reading)]
    assert readings == list(range(26))  # one second holds 26 periods of 38 ms


def test_a_lost_frame_is_told_before_the_frames_that_follow_it(
    port: ThroughABadLine, session: Session
) -> None:
    told: list[object] = []
    session.on_lost.append(told.append)
    session.listeners.append(lambda frame: told.append(frame.name))
    session.run(0.04)
    port.spoil = lambda frame: None
    session.run(0.04)
    port.spoil = lambda frame: frame
    session.run(0.04)
    assert told == ["reading", 1, "reading"]


def test_a_loss_behind_a_frame_in_the_same_bytes_is_told_behind_it(
    port: ThroughABadLine, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the reset makes the twin sure again, and what is lost after it must end that
    twin = Twin(NativeLearner(1))
    session.listeners.append(twin.take)
    session.on_sent.append(twin.sent)
    session.on_lost.append(twin.lost)
    ack, skipped, reading = Ack(0, ResetWeights.code, 0, 0, 0), 1, Reading(*[0] * 12)
    together = encode_record(ack, 1) + encode_record(reading, 2 + skipped)
    monkeypatch.setattr(port, "read", lambda seconds: together)
    session.command(ResetWeights(3))
    assert not twin.in_step
    assert twin.state.first_difference == "frames lost: 1; reset the weights to start again"


def test_set_weights_then_weights_gives_them_back(session: Session) -> None:
    data = bytes(range(48))
    session.command(SetWeights(16, 16, data))
    weights = session.weights()
    for index in range(16):
        expected = int.from_bytes(data[3 * index : 3 * index + 3], "little", signed=True)
        assert weights[16 + index] == expected


def test_a_hello_that_is_lost_is_asked_for_again(port: ThroughABadLine, session: Session) -> None:
    lost: list[Frame] = []

    def spoil(frame: Frame) -> Frame | None:
        if isinstance(frame.message, Hello) and not lost:
            lost.append(frame)
            return None
        return frame

    port.spoil = spoil
    assert session.hello().fingerprint == fingerprint(TOPOLOGY)
    port.spoil = without(Hello)
    with pytest.raises(NoAnswer, match="test:// does not say how it is"):
        session.hello()


@pytest.mark.parametrize("on", [0, 1])
def test_a_pause_ends_as_it_began_even_with_an_error(session: Session, on: int) -> None:
    session.command(Learn(on))
    for error in (None, FixpropError("broken")):
        with suppress(FixpropError), session.paused() as before:
            assert bool(before.state & State.LEARNING) == bool(on)
            assert not session.hello().state & State.LEARNING
            if error:
                raise error
        assert bool(session.hello().state & State.LEARNING) == bool(on)


@pytest.mark.parametrize("on", [0, 1])
@pytest.mark.parametrize("lost", [1, 2])
def test_a_pause_goes_through_a_lost_answer_of_learn(
    port: ThroughABadLine, session: Session, on: int, lost: int
) -> None:
    session.command(Learn(1))
    port.spoil = first(lost, lambda frame: _is_ack_of(frame, Learn), after=1 - on)
    with session.paused():
        assert not session.hello().state & State.LEARNING
    assert session.hello().state & State.LEARNING


def test_a_pause_that_does_not_begin_leaves_the_board_learning(
    port: ThroughABadLine, session: Session
) -> None:
    session.command(Learn(1))
    port.spoil = first(3, lambda frame: _is_ack_of(frame, Learn))  # as often as it is asked
    with pytest.raises(NoAnswer, match="no answer to learn"), session.paused():
        raise AssertionError("it was not known to be paused")
    assert session.hello().state & State.LEARNING


def _is_ack_of(frame: Frame, command: type[Record]) -> bool:
    return isinstance(ack := frame.message, Ack) and ack.command == command.code


def test_the_error_in_a_pause_is_the_one_told(port: ThroughABadLine, session: Session) -> None:
    session.command(Learn(1))
    with pytest.raises(FixpropError, match="the first"), session.paused():
        port.spoil = lambda frame: None
        raise FixpropError("the first")


def test_save_load_and_erase_return_what_the_board_says(session: Session) -> None:
    session.command(ResetWeights(5))
    saved = session.save()
    assert (saved.operation, saved.generation, saved.result) == (StoreOperation.SAVE, 1, 0)
    session.command(ResetWeights(6))
    assert session.load().weights_crc == saved.weights_crc
    assert np.array_equal(session.weights(), NativeLearner(5).weights())
    assert session.erase().operation == StoreOperation.ERASE
    with pytest.raises(FixpropError, match="refused load: no weights of this firmware are"):
        session.load()


def test_a_worn_eeprom_is_one_line(port: ThroughABadLine, session: Session) -> None:
    def spoil(frame: Frame) -> Frame:
        if isinstance(stored := frame.message, Stored):
            return replace(frame, message=replace(stored, result=StoreResult.WORN, bad_slots=3))
        return frame

    port.spoil = spoil
    with pytest.raises(FixpropError) as raised:
        session.save()
    assert str(raised.value) == (
        "test:// could not save: 3 slots of its EEPROM are worn out; "
        "what it held before is still there"
    )


def test_a_save_whose_end_is_lost_is_told(port: ThroughABadLine, session: Session) -> None:
    port.spoil = without(Stored)
    with pytest.raises(NoAnswer, match="test:// obeyed save but told nothing of it in 5 s"):
        session.save()


def test_a_sample_brings_its_outputs(session: Session) -> None:
    inputs, targets = np.array([1, -2, 32767, -32768]), np.array([5, -6, 7])
    learner = NativeLearner(1)
    trained = session.train_sample(inputs, targets)
    assert trained.outputs == learner.train_on(inputs, targets).astype("<i2").tobytes()
    assert (trained.step, trained.weights_crc) == (1, weights_crc(learner.weights()))
