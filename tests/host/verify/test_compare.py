"""Places that agree are found identical; one wrong bit anywhere is found and named."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.errors import FixpropError
from fixprop.formats import Integers
from fixprop.session import Session
from fixprop.tracking.definition import TOPOLOGY
from fixprop.tracking.twin import weights_of
from fixprop.transfer import messages_of, pull, push
from fixprop.verify.compare import compare, place_of, verify_board
from fixprop.verify.places import MirrorPlace, NativePlace, Told
from fixprop.verify.workload import STEPS_PER_ROUND, rounds
from fixprop.wire.codec import Frame, encode_record
from fixprop.wire.records import Ack, Learn, SetRate, SetWeights, State, Teach, TrainSample
from tests.host.bad_line import ThroughABadLine

COUNT = TOPOLOGY.weight_count
STEPS = 2 * STEPS_PER_ROUND + 50


def test_mirror_native_and_board_are_identical(session: Session) -> None:
    steps: list[None] = []
    result = verify_board(session, STEPS, 1, lambda: steps.append(None))
    assert result.identical
    assert result.places == ("mirror", "native", "test://")
    assert result.steps == len(steps) == STEPS
    assert result.outputs == 2 * 3 * STEPS  # two places compared with the mirror, 3 outputs
    assert result.checksums == 2 * STEPS
    assert result.weights == 2 * 3 * COUNT  # at the end of each of three rounds


@pytest.mark.parametrize("learning", [0, 1])
def test_the_board_is_left_as_it_was(session: Session, learning: int) -> None:
    push(session, np.arange(COUNT) * 1000 - 5000)
    session.command(SetRate(777))
    session.command(Learn(learning))
    before = session.hello()
    verify_board(session, 20, 1)
    after = session.hello()
    assert np.array_equal(pull(session), np.arange(COUNT) * 1000 - 5000)
    assert (after.rate, after.state) == (777, State.LEARNING if learning else 0)
    assert (before.rate, before.state) == (after.rate, after.state)


class Saboteur:
    """Changes a weight of the board behind the host's back, before a step."""

    def __init__(self, port: ThroughABadLine, step: int, index: int, change: int) -> None:
        self.port, self.step, self.index, self.change = port, step, index, change
        self.weights = np.zeros(COUNT, np.int64)
        self.seen = 0

    def __call__(self, frame: Frame) -> Frame:
        if isinstance(frame.message, SetWeights):
            run = frame.message
            self.weights[run.offset :][: run.count] = weights_of(run.data, run.count)
        if isinstance(frame.message, TrainSample):
            self.seen += 1
            if self.seen == self.step:
                self._change()
        return frame

    def _change(self) -> None:
        self.weights[self.index] += self.change
        for run in messages_of(self.weights):
            self.port.board.write(encode_record(run, 99))


def swallow_foreign_acks(frame: Frame) -> Frame | None:
    foreign = isinstance(frame.message, Ack) and frame.message.command_sequence == 99
    return None if foreign else frame


@pytest.mark.parametrize(
    ("index", "where"),
    [
        (0, "weight 0 (layer 1, neuron 0, bias)"),
        (13, "weight 13 (layer 1, neuron 2, input 2)"),
        (66, "weight 66 (layer 2, neuron 2, input 7)"),
    ],
)
@pytest.mark.parametrize("change", [1 << 18, 1])  # seen in the outputs, or only in the checksum
def test_a_corrupted_weight_on_the_board_is_found_and_named(
    port: ThroughABadLine, session: Session, index: int, where: str, change: int
) -> None:
    before = pull(session)
    port.spoil_sent, port.spoil = Saboteur(port, 1, index, change), swallow_foreign_acks
    result = verify_board(session, STEPS, 1)
    assert not result.identical
    assert result.steps == 1
    found = result.differences[-1]
    assert str(found).startswith(f"step 1: {where} is {found.value} on test://, {found.mirror} in")
    # the step itself moves a weight by much less than the larger change
    assert found.value - found.mirror == pytest.approx(change, abs=change / 4)
    assert np.array_equal(pull(session), before)  # put back all the same


@pytest.mark.parametrize("bit", [0, 15])
def test_a_wrong_bit_of_an_output_is_named(bit: int) -> None:
    class Wrong(NativePlace):
        name, steps = "wrong", 0

        def train(self, inputs: Integers, targets: Integers) -> Told:
            told = super().train(inputs, targets)
            self.steps += 1
            if self.steps == 30:
                told.outputs[1] ^= 1 << bit
            return told

    places = (MirrorPlace(TOPOLOGY), NativePlace(TOPOLOGY), Wrong(TOPOLOGY))
    result = compare(TOPOLOGY, places, rounds(TOPOLOGY, STEPS, 1))
    (found,) = result.differences
    assert (found.place, found.step, found.what, found.index) == ("wrong", 30, "output", 1)
    assert (found.layer, found.neuron, found.input) == (2, 1, None)
    assert abs(found.value - found.mirror) == 1 << bit
    assert result.steps == 30


def test_a_weight_that_its_checksum_hides_is_found_at_the_end_of_the_round() -> None:
    class Hiding(NativePlace):
        def weights(self) -> Integers:
            weights = super().weights().copy()
            weights[50] += len(self.asked)
            return weights

        asked: tuple[int, ...] = (1,)

        def train(self, inputs: Integers, targets: Integers) -> Told:
            self.asked = ()
            told = super().train(inputs, targets)
            self.asked = (1,)
            return told

    places = (MirrorPlace(TOPOLOGY), Hiding(TOPOLOGY))
    (found,) = compare(TOPOLOGY, places, rounds(TOPOLOGY, STEPS, 1)).differences
    assert (found.step, found.what, found.index) == (STEPS_PER_ROUND, "weight", 50)
    assert found.value == found.mirror + 1


def test_a_lesson_is_not_disturbed(session: Session) -> None:
    session.command(Teach(60))
    before = session.hello()
    with pytest.raises(FixpropError, match="a lesson goes on"):
        verify_board(session, 10, 1)
    assert session.hello() == before


def test_places_of_weights() -> None:
    listed = [place_of(TOPOLOGY, index) for index in range(COUNT)]
    expected = [
        (layer, neuron, column - 1 if column else None)
        for layer, (neurons, columns) in enumerate(TOPOLOGY.weight_shapes, 1)
        for neuron in range(neurons)
        for column in range(columns)
    ]
    assert [(layer, neuron, given) for layer, _, neuron, given in listed] == expected
    assert [index for _, index, _, _ in listed] == list(range(COUNT))
    with pytest.raises(IndexError):
        place_of(TOPOLOGY, COUNT)
