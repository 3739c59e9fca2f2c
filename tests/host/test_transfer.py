"""Weights to a board and back: all of them, or an error that says how far it came."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from fixprop.errors import FixpropError, UsageError
from fixprop.formats import Integers
from fixprop.network import Topology
from fixprop.session import Session
from fixprop.tracking.definition import TOPOLOGY
from fixprop.tracking.native_learner import NativeLearner
from fixprop.tracking.twin import Twin
from fixprop.transfer import check_topology, pull, push
from fixprop.verify.compare import verify_board
from fixprop.wire.codec import Frame
from fixprop.wire.records import (
    Ack,
    GetWeights,
    Hello,
    Learn,
    Mark,
    Reading,
    ResetWeights,
    SetWeights,
    State,
    Teach,
    Weights,
    WeightsSource,
)
from tests.host.bad_line import ThroughABadLine, as_it_is

COUNT = TOPOLOGY.weight_count
LEARN = [pytest.param(0, id="resting"), pytest.param(1, id="learning")]


@pytest.fixture
def weights() -> Integers:
    weights = np.random.default_rng(1).integers(-(1 << 23), 1 << 23, COUNT)
    weights[:4] = -(1 << 23), (1 << 23) - 1, -1, 0
    return np.asarray(weights)


def once(fits: Callable[[Frame], bool]) -> Callable[[Frame], Frame | None]:
    """Loses the first frame that fits."""
    lost: list[Frame] = []

    def spoil(frame: Frame) -> Frame | None:
        if not lost and fits(frame):
            lost.append(frame)
            return None
        return frame

    return spoil


@pytest.mark.parametrize("learning", LEARN)
def test_what_was_pushed_is_pulled_and_learning_is_as_before(
    session: Session, weights: Integers, learning: int
) -> None:
    session.command(Learn(learning))
    push(session, weights)
    assert np.array_equal(pull(session), weights)
    hello = session.hello()
    assert State(hello.state) == (State.LEARNING if learning else 0)
    assert hello.weights_source == WeightsSource.HOST


@pytest.mark.parametrize("number", [0, 2, 4])
@pytest.mark.parametrize("way", ["there", "back"])
def test_what_is_lost_on_the_way_is_sent_again(
    port: ThroughABadLine, session: Session, weights: Integers, number: int, way: str
) -> None:
    if way == "there":
        port.spoil_sent = once(
            lambda f: isinstance(f.message, SetWeights) and f.message.offset == 16 * number
        )
    else:
        acks = iter(range(100))
        port.spoil = once(lambda f: isinstance(f.message, Ack) and next(acks) == number)
    push(session, weights)
    port.spoil = port.spoil_sent = as_it_is
    assert np.array_equal(pull(session), weights)


@pytest.mark.parametrize(
    "kind", [pytest.param(Weights, id="weights"), pytest.param(Hello, id="hello")]
)
def test_a_lost_part_of_the_read_back_is_asked_for_again(
    port: ThroughABadLine, session: Session, weights: Integers, kind: type
) -> None:
    with session.paused():
        port.spoil = once(lambda f: isinstance(f.message, kind))
    push(session, weights)
    assert np.array_equal(pull(session), weights)


def cut_after(port: ThroughABadLine, runs: int) -> None:
    """From then on the board hears nothing."""
    seen: list[Frame] = []

    def spoil(frame: Frame) -> Frame | None:
        if isinstance(frame.message, SetWeights) or len(seen) >= runs:
            seen.append(frame)
        return frame if len(seen) <= runs else None

    port.spoil_sent = spoil


@pytest.mark.parametrize("learning", LEARN)
@pytest.mark.parametrize("runs", [1, 4])
def test_a_push_cut_short_says_so_and_the_board_waits_for_the_next(
    port: ThroughABadLine, session: Session, weights: Integers, runs: int, learning: int
) -> None:
    session.run(0.1)
    session.command(Mark(1000, 1))  # there is something to learn from
    session.command(Learn(learning))
    cut_after(port, runs)
    with pytest.raises(FixpropError) as raised:
        push(session, weights)
    assert f"{16 * runs} of 67 weights were set, so the board does not learn" in str(raised.value)
    assert "push again" in str(raised.value)
    assert "\n" not in str(raised.value)
    port.spoil_sent = as_it_is
    hello = session.hello()
    assert State(hello.state) == State.INCOMPLETE
    with pytest.raises(FixpropError, match=r"refused learn \(on 1\): some weights were set"):
        session.command(Learn(1))
    session.run(0.5)
    assert session.hello().step == hello.step
    for action in (lambda: pull(session), lambda: verify_board(session, 10, 1)):
        with pytest.raises(FixpropError, match="a push to test:// was cut short"):
            action()
    push(session, weights)
    assert np.array_equal(pull(session), weights)
    session.command(Learn(1))
    session.run(0.5)
    assert session.hello().step > hello.step


def test_a_push_that_never_began_left_everything_as_it_was(
    port: ThroughABadLine, session: Session, weights: Integers
) -> None:
    session.command(Learn(1))
    before = pull(session)
    port.spoil_sent = lambda f: None if isinstance(f.message, SetWeights) else f
    with pytest.raises(FixpropError, match="no answer to set_weights") as raised:
        push(session, weights)
    assert "were set" not in str(raised.value)
    assert State(session.hello().state) == State.LEARNING
    assert np.array_equal(pull(session), before)


def test_a_weight_that_reads_back_wrong_is_named(
    port: ThroughABadLine, session: Session, weights: Integers
) -> None:
    def spoil(frame: Frame) -> Frame:
        if isinstance(run := frame.message, SetWeights) and run.offset == 32:
            data = bytes([run.data[0] ^ 1]) + run.data[1:]
            return replace(frame, message=replace(run, data=data))
        return frame

    port.spoil_sent = spoil
    with pytest.raises(FixpropError, match="weight 32 reads back as") as raised:
        push(session, weights)
    assert f"instead of {weights[32]}, 1 of 67 differ" in str(raised.value)


def test_weights_that_do_not_fit_their_checksum_are_not_believed(
    port: ThroughABadLine, session: Session
) -> None:
    def spoil(frame: Frame) -> Frame:
        if isinstance(run := frame.message, Weights) and run.offset == 48:
            return replace(frame, message=replace(run, data=bytes(48)))
        return frame

    port.spoil = spoil
    with pytest.raises(FixpropError, match="says its weights' CRC is 0x"):
        pull(session)


def test_a_lesson_is_not_disturbed(session: Session, weights: Integers) -> None:
    session.command(Teach(60))
    before = session.hello()
    for action in (lambda: push(session, weights), lambda: pull(session)):
        with pytest.raises(FixpropError, match="a lesson goes on at test://"):
            action()
    assert session.hello() == before


def test_the_twin_follows_a_push(session: Session, weights: Integers) -> None:
    twin = Twin(NativeLearner(1))
    session.listeners.append(twin.take)
    session.on_sent.append(twin.sent)
    session.on_lost.append(twin.lost)
    session.command(ResetWeights(3))
    session.run(0.1)
    session.command(Mark(1000, 1))
    session.command(Learn(1))
    session.run(1.0)
    push(session, weights // 16)
    session.run(2.0)
    assert twin.in_step
    assert twin.weights_known
    assert twin.state.first_difference is None
    assert twin.state.checksums_equal == twin.state.checksums_compared >= 4
    assert twin.state.steps_replayed > 1000


def test_weights_outside_their_format_are_refused_before_anything_is_sent(
    port: ThroughABadLine, session: Session, weights: Integers
) -> None:
    sent: list[Frame] = []

    def spoil(frame: Frame) -> Frame:
        sent.append(frame)
        return frame

    weights[66] = 1 << 23
    port.spoil_sent = spoil
    with pytest.raises(UsageError, match=r"weight 8388608: .* holds -8388608 to 8388607"):
        push(session, weights)
    assert not any(isinstance(f.message, SetWeights | GetWeights | Learn) for f in sent)


@pytest.mark.parametrize(
    "other",
    [Topology((4, 9, 3), ("tanh", "linear")), Topology((4, 8, 3), ("sigmoid", "linear"))],
    ids=str,
)
def test_another_network_is_refused_and_both_are_named(session: Session, other: Topology) -> None:
    with pytest.raises(UsageError) as raised:
        check_topology(other, session)
    assert f"the model is {other} ({', '.join(other.activations)})" in str(raised.value)
    assert f"the board's network {TOPOLOGY} (tanh, linear)" in str(raised.value)
    check_topology(TOPOLOGY, session)


def test_readings_go_on_during_a_push(session: Session, weights: Integers) -> None:
    heard: list[int] = []
    session.listeners.append(
        lambda f: heard.append(f.message.reading_index) if isinstance(f.message, Reading) else None
    )
    session.run(0.2)
    push(session, weights)
    session.run(0.2)
    assert heard == list(range(len(heard)))
    assert len(heard) >= 10
