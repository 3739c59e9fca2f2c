"""The promised bound holds whatever the network and the inputs, and is not far from what happens."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from fixprop.activations import ACTIVATIONS
from fixprop.errors import UsageError
from fixprop.formats import ACTIVATION, Integers
from fixprop.importers import Imported, bounds, from_arrays
from fixprop.importers.float_network import Reals, activate
from fixprop.importers.intervals import LARGEST_WEIGHT
from fixprop.network import Mirror

HIDDEN = ("linear", "relu", "leaky_relu", "sigmoid", "tanh")
HEADS = (*HIDDEN, "softmax", "sigmoid_cross_entropy")
EXACT = 1e-9
"""Float64's own rounding, in the comparison."""


def random_network(rng: np.random.Generator, head: str) -> tuple[Imported, Reals]:
    """A network of any depth and magnitude, and the sample that it was brought in with."""
    sizes = rng.integers(1, 9, rng.integers(2, 5))
    layers = [
        (rng.normal(0, rng.uniform(0.2, 3), (m, n)), rng.normal(0, 1, n))
        for m, n in pairwise(sizes)
    ]
    names = [str(name) for name in rng.choice(HIDDEN, len(layers) - 1)]
    centre, half = rng.normal(0, 5, sizes[0]), rng.uniform(0.1, 2, sizes[0])
    sample = rng.uniform(centre - half, centre + half, (40, sizes[0]))
    weights, biases = layers[0]
    layers[0] = (weights / half[:, np.newaxis], biases - centre / half @ weights)
    return from_arrays(layers, [*names, head], sample, saturate=True), sample


@pytest.mark.parametrize("head", HEADS)
def test_no_difference_is_beyond_its_bound(head: str) -> None:
    rng = np.random.default_rng(HEADS.index(head))
    for _ in range(40):
        imported, sample = random_network(rng, head)
        reach = np.ptp(sample, axis=0)
        inputs = rng.uniform(
            sample.min(axis=0) - reach, sample.max(axis=0) + reach, (200, len(reach))
        )
        for values in (sample, inputs):  # what it knows, and what is far beyond its ranges
            difference = np.abs(imported.difference(values))
            assert (difference <= imported.bound(values) + EXACT).all()
        assert (
            np.abs(imported.difference(sample)) <= np.array(imported.report.bound) + EXACT
        ).all()


@pytest.mark.parametrize("head", HEADS)
def test_an_unconditional_bound_holds_in_the_whole_range(head: str) -> None:
    rng = np.random.default_rng(HEADS.index(head))
    low, high = np.array([-3.0, 0.0, 100.0]), np.array([-1.0, 7.0, 101.0])
    half = (high - low) / 2
    first = rng.normal(0, 1, (3, 5)) / half[:, np.newaxis]
    layers = [(first, -(low + half) @ first), (rng.normal(0, 1, (5, 2)), rng.normal(0, 1, 2))]
    imported = from_arrays(layers, ["tanh", head], ranges=np.stack([low, high], axis=1))
    corners = np.array(np.meshgrid(*zip(low, high, strict=True))).reshape(3, -1).T
    inputs = np.concatenate([corners, rng.uniform(low, high, (3000, 3))])
    assert imported.report.unconditional
    worst = np.abs(imported.difference(inputs)).max(axis=0)
    assert (worst <= np.array(imported.report.bound) + EXACT).all()
    assert max(imported.report.bound) < 20 * worst.max()  # 25 weights, all at their worst


def test_a_wrong_weight_breaks_the_bound() -> None:
    """What the test above compares is able to fail: sixteen units of one weight are too many."""
    imported, sample = random_network(np.random.default_rng(3), "linear")
    wrong = imported.model.weights.copy()
    wrong[-1] += 16 << 8
    changed = type(imported.model)(
        imported.model.topology, wrong, imported.model.inputs, imported.model.outputs
    )
    difference = np.abs(changed.predict(sample) - imported.network.predict(sample))
    assert (difference > imported.bound(sample)).any()


@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
def test_table_errors_are_those_documented(name: str) -> None:
    """docs/arithmetic.md, The tables: 1.69 and 2.45 units."""
    units = bounds.table_error(name) / ACTIVATION.unit
    assert units == pytest.approx({"sigmoid": 1.69, "tanh": 2.45}[name], abs=0.01)


@pytest.mark.parametrize("neurons", [2, 3, 10, 100])
def test_softmax_errs_less_than_its_bound(neurons: int) -> None:
    rng = np.random.default_rng(neurons)
    function = ACTIVATIONS["softmax"]
    spread = rng.choice([300, 3000, 30000], (2000, 1))
    nets = np.clip(np.round(rng.normal(0, spread, (2000, neurons))), -(1 << 15), (1 << 15) - 1)
    whole = nets.astype(np.int64)
    shares = ACTIVATION.to_float(function.of_sum(whole << function.sum_shift))
    exact = activate("softmax", ACTIVATION.to_float(whole) * function.net_range)
    assert np.abs(shares - exact).max() <= bounds.softmax_error(neurons)


def test_weights_beyond_the_format_are_refused_or_cut_off() -> None:
    layers = [(np.array([[40.0]]), np.zeros(1))]
    with pytest.raises(
        UsageError, match=r"layer '0': 1 weights are beyond 15.9995, the largest 40"
    ):
        from_arrays(layers, ["tanh"], ranges=(-1, 1))
    cut = from_arrays(layers, ["tanh"], ranges=(-1, 1), saturate=True)
    assert cut.report.layers[0].saturated == 1
    assert cut.model.weights[1] >> 8 == round(LARGEST_WEIGHT * 2048)


def test_copies_share_a_weight_that_is_too_large() -> None:
    """A tanh cannot be scaled: three copies of it carry 40."""
    layers = [(np.array([[1.0, -1.0]]), np.zeros(2)), (np.array([[40.0], [1.0]]), np.zeros(1))]
    imported = from_arrays(layers, ["tanh", "sigmoid"], ranges=(-1, 1))
    assert imported.model.topology.sizes == (1, 4, 1)
    assert "'0' has 4 neurons instead of 2" in imported.report.notes[0]
    inputs = np.linspace(-1, 1, 101)[:, np.newaxis]
    original = activate("sigmoid", 39 * np.tanh(inputs))
    difference = np.abs(imported.model.predict(inputs) - original)
    assert (difference <= imported.bound(inputs) + EXACT).all()


def test_a_scale_moves_between_layers() -> None:
    """Weights of 1000 and 1/1000 fit after a rectifier: the values between may be of any size."""
    layers = [
        (np.array([[1000.0, 1e-3]]), np.zeros(2)),
        (np.array([[1e-3], [1000.0]]), np.zeros(1)),
    ]
    imported = from_arrays(layers, ["relu", "linear"], ranges=(-1, 1))
    inputs = np.linspace(-1, 1, 101)[:, np.newaxis]
    assert np.abs(imported.model.predict(inputs) - 2 * np.maximum(inputs, 0)).max() < 1e-3
    assert max(imported.report.bound) < 3e-3


@pytest.mark.parametrize("size", [1e-3, 1e-6, 5e-7, 1e-9])
@pytest.mark.parametrize("sampled", [True, False])
def test_small_units_lose_nothing(size: float, sampled: bool) -> None:
    """A network in metres is as exact as the same one in nanometres, down to 12 decimals."""
    inputs = np.linspace(-1, 1, 101)[:, np.newaxis]
    layers = [
        (np.array([[size, -size]]), np.zeros(2)),
        (np.array([[1.0], [-0.5]]), np.zeros(1)),
    ]
    imported = from_arrays(
        layers, ["relu", "linear"], inputs if sampled else None, None if sampled else (-1, 1)
    )
    assert max(imported.report.bound) < 1e-3 * size + 1e-12
    difference = np.abs(imported.difference(inputs))
    assert (difference <= imported.bound(inputs) + EXACT * size).all()


def test_an_output_that_is_always_the_same_has_room() -> None:
    """Also where only rounding makes it differ: a column is no finer than its weights allow."""
    rows = np.array([[0.1, 0.2, 0.3], [0.3, 0.6, 0.9]])
    for weight in (0.0, 1.0):
        layers = [(np.array([[weight], [weight], [-weight]]), np.full(1, weight / 3))]
        imported = from_arrays(layers, ["linear"], rows)
        assert np.ptp(imported.network.predict(rows)) < 1e-15
        column = imported.model.outputs[0]
        assert (column.high - column.low) * column.unit > 0.01
        assert (np.abs(imported.difference(rows)) <= imported.bound(rows) + EXACT).all()


def test_a_bound_of_one_row_wants_it_as_a_row() -> None:
    imported = from_arrays([(np.ones((2, 1)), np.zeros(1))], ["linear"], ranges=(0, 1))
    for measure in (imported.bound, imported.difference):
        assert measure([[0.5, 0.5]]).shape == (1, 1)
        with pytest.raises(UsageError, match=r"shape \(2,\).*give rows of 2 numbers"):
            measure([0.5, 0.5])


def test_a_long_sample_does_not_copy_the_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    copies = []
    forward = Mirror.forward

    def counted(mirror: Mirror, inputs: Integers) -> Integers:
        copies.append(len(mirror.weights[0]))
        return forward(mirror, inputs)

    monkeypatch.setattr(Mirror, "forward", counted)
    sample = np.random.default_rng(0).uniform(-1, 1, (500, 2))
    from_arrays([(np.ones((2, 1)), np.zeros(1))], ["tanh"], sample)
    assert set(copies) == {1}


@pytest.mark.parametrize(
    ("shapes", "words"),
    [
        ([(150_528, 2)], "the inputs: 150528 wide, the chip takes 1 to 254"),
        ([(2, 150_528), (150_528, 1)], "layer '0': 150528 wide, the chip takes 1 to 254"),
    ],
)
def test_a_network_that_is_far_too_wide_is_refused_before_it_takes_memory(
    shapes: list[tuple[int, int]], words: str
) -> None:
    """150,528 inputs, an image of 224 x 224 x 3, would be a matrix of 169 GiB."""
    layers = [(np.zeros(shape), np.zeros(shape[1])) for shape in shapes]
    with pytest.raises(UsageError, match=words):
        from_arrays(layers, ["linear"] * len(layers), ranges=(0, 1))


@pytest.mark.parametrize(
    ("weights", "biases"),
    [
        (np.array([["a", "b"]]), np.zeros(2)),
        (np.ones((1, 2)), np.array(["a", "b"])),
        ([[1.0, 2.0], [1.0]], np.zeros(2)),
        ([[{}]], np.zeros(1)),
    ],
)
def test_weights_that_are_no_numbers_are_named(weights: object, biases: object) -> None:
    with pytest.raises(UsageError, match="layer '0' holds what is not an array of numbers"):
        from_arrays([(weights, biases)], ["linear"], ranges=(0, 1))  # type: ignore[list-item]
