"""A descent is what a board does, to the bit, on both engines and after a pickle."""

import pickle

import numpy as np
import pytest

from fixprop.errors import UsageError
from fixprop.examples.chip import OnChip
from fixprop.examples.iris import IRIS
from fixprop.examples.training import cross_entropy
from fixprop.formats import ACTIVATION, NO_TARGET, WEIGHT
from fixprop.network import Topology
from fixprop.training.descent import Descent, initial_weights

INPUTS, TARGETS = IRIS.fixed_inputs, IRIS.fixed_targets


def descent(**settings: object) -> Descent:
    return Descent(IRIS.topology, 3, **({"rate": 0.1} | settings))  # type: ignore[arg-type]


def test_two_epochs_are_those_of_the_chip() -> None:
    chip, here = OnChip(IRIS, 3), descent()
    for _ in range(2):
        chip.train(here.epoch(INPUTS, TARGETS))
    state = chip.state()
    assert state.fixed_weights is not None
    assert state.fixed_outputs is not None
    assert np.array_equal(here.weights, state.fixed_weights)
    assert np.array_equal(here.forward(INPUTS), state.fixed_outputs)


@pytest.mark.parametrize("momentum", [0.0, 0.5])
@pytest.mark.parametrize("batch", [1, 7])  # 150 samples leave an incomplete batch
def test_both_engines_agree_and_a_pickle_goes_on_alike(momentum: float, batch: int) -> None:
    engines = [
        descent(momentum=momentum, batch=batch, engine=name) for name in ("native", "mirror")
    ]
    for each in engines:
        each.epoch(INPUTS, TARGETS)
        copy = pickle.loads(pickle.dumps(each))
        for one in (each, copy):
            one.rate = 0.05
            one.epoch(INPUTS[:60], TARGETS[:60])
            one.steps(30, INPUTS, TARGETS)
        assert np.array_equal(each.weights, copy.weights)
    native, mirror = engines
    assert np.array_equal(native.weights, mirror.weights)
    assert np.array_equal(native.forward(INPUTS), mirror.forward(INPUTS))
    assert native.loss(INPUTS, TARGETS) == mirror.loss(INPUTS, TARGETS)


def test_the_returned_order_gives_the_same_weights_again() -> None:
    first, second = descent(), descent()
    order = [first.epoch(INPUTS, TARGETS), first.steps(40, INPUTS, TARGETS)]
    second.in_order(INPUTS, TARGETS, np.concatenate(order))
    assert np.array_equal(first.weights, second.weights)


def test_a_deck_is_gone_through_in_the_order_of_its_places() -> None:
    plain, dealt = descent(), descent()
    order = plain.epoch(INPUTS[:4], TARGETS[:4])
    assert dealt.epoch(INPUTS, TARGETS, deck=[9, 9, 7, 5]).tolist() == [
        [9, 9, 7, 5][n] for n in order
    ]


def test_the_loss_is_the_mean_of_what_the_examples_sum() -> None:
    one = descent()
    outputs = ACTIVATION.to_float(one.forward(INPUTS))
    expected = cross_entropy(outputs, ACTIVATION.to_float(TARGETS), outputs)
    assert one.loss(INPUTS, TARGETS) == pytest.approx(expected, abs=1e-4)


def test_a_squared_loss_counts_only_known_targets() -> None:
    one = Descent(Topology((1, 2), ("linear",)), 1, 0.1, weights=np.zeros(4, np.int64))
    targets = [[1 << 14, NO_TARGET], [NO_TARGET, NO_TARGET]]
    assert one.loss([0, 0], targets) == 0.5 * 0.5**2 / 2


def test_steps_draw_with_replacement_and_go_on() -> None:
    one = descent()
    drawn = one.steps(400, INPUTS[:20], TARGETS[:20])
    assert set(drawn) == set(range(20))
    assert not np.array_equal(one.steps(400, INPUTS[:20], TARGETS[:20]), drawn)


@pytest.mark.parametrize("initial", ["uniform", "xavier", "he"])
def test_initial_weights_depend_on_the_seed_alone(initial: str) -> None:
    first = initial_weights(IRIS.topology, 5, initial)
    assert np.array_equal(first, initial_weights(IRIS.topology, 5, initial))
    assert not np.array_equal(first, initial_weights(IRIS.topology, 6, initial))
    assert np.array_equal(Descent(IRIS.topology, 5, 0.1, initial=initial).weights, first)


def test_weights_at_the_ends_are_counted() -> None:
    weights = np.zeros(IRIS.topology.weight_count, np.int64)
    weights[[0, 3]] = WEIGHT.low, WEIGHT.high
    assert descent(weights=weights).saturated == 2


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"rate": 8.0}, "rate 8"),
        ({"rate": 0.0}, "rate 0"),
        ({"rate": -0.1}, "rate -0.1"),
        ({"rate": float("nan")}, "rate nan"),
        ({"momentum": 1.0}, "momentum 1"),
        ({"momentum": -0.5}, "momentum -0.5"),
        ({"batch": 0}, "batch 0"),
        ({"initial": "zero"}, "initial 'zero'"),
        ({"engine": "gpu"}, "engine 'gpu'"),
        ({"weights": np.zeros(3)}, "3 weights"),
    ],
)
def test_what_the_arithmetic_does_not_hold_is_refused(
    settings: dict[str, object], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        descent(**settings)


def test_samples_that_do_not_fit_the_network_are_refused() -> None:
    one = descent()
    with pytest.raises(UsageError, match="150 x 3: the network takes rows of 4"):
        one.epoch(INPUTS[:, :3], TARGETS)
    with pytest.raises(UsageError, match="150 inputs but 149 targets"):
        one.epoch(INPUTS, TARGETS[1:])
    with pytest.raises(UsageError, match="no samples"):
        one.epoch(INPUTS[:0], TARGETS[:0])
    with pytest.raises(UsageError, match="value 40000"):
        one.forward([[40_000, 0, 0, 0]])
