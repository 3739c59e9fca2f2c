"""A fit is what a board does from the same seed: same start, same order, every weight equal."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning

from fixprop.estimators import FixedPointMLPClassifier, FixedPointMLPRegressor
from fixprop.examples.chip import OnChip
from fixprop.examples.training import Training, half_squared_error
from fixprop.formats import ACTIVATION, MOMENTUM, RATE, WEIGHT, Integers
from fixprop.generator import Generator
from fixprop.model.column import Reals
from fixprop.native import Native, library
from fixprop.network import Mirror
from tests.host.estimators.data import Estimator, blobs, waves

SEED = 4
EPOCHS = 3

CASES: list[tuple[str, Estimator, tuple[Reals, NDArray[Any]]]] = [
    ("two classes", FixedPointMLPClassifier((4,)), blobs(2)),
    ("three classes", FixedPointMLPClassifier((4, 3), "relu", initial="he"), blobs(3)),
    ("two quantities", FixedPointMLPRegressor((5,)), waves(2)),
    ("momentum", FixedPointMLPRegressor((5,), momentum=0.9), waves(1)),
    ("batches", FixedPointMLPClassifier((4,), batch_size=7), blobs(3)),
    ("batches, momentum", FixedPointMLPClassifier((4,), batch_size=7, momentum=0.5), blobs(3)),
    ("no hidden layer", FixedPointMLPClassifier(()), blobs(3)),
]


@pytest.mark.parametrize(("name", "estimator", "data"), CASES, ids=[case[0] for case in CASES])
def test_the_mirror_step_by_step_ends_at_the_same_weights(
    name: str, estimator: Estimator, data: tuple[Reals, NDArray[Any]]
) -> None:
    estimator = fitted(estimator.set_params(random_state=SEED), *data)
    inputs, targets = scaled(estimator, *data)
    mirror = Mirror(estimator.topology_, rate=int(RATE.from_float(estimator.learning_rate_init)))
    begin = mirror.initialise_he if estimator.initial == "he" else mirror.initialise_xavier
    begin(Generator(SEED))
    changes = mirror.changes(int(MOMENTUM.from_float(estimator.momentum)))
    for epoch in orders(len(inputs), EPOCHS):
        for start in range(0, len(epoch), estimator.batch_size):
            for sample in epoch[start : start + estimator.batch_size]:
                mirror.accumulate(inputs[[sample]], targets[[sample]], changes)
            mirror.apply(changes)
    assert np.array_equal(estimator.weights_, mirror.flat_weights()[0])


def test_the_firmware_s_own_generator_and_steps_end_at_the_same_weights() -> None:
    data = blobs(3)
    estimator = fitted(FixedPointMLPClassifier((4,), random_state=SEED), *data)
    inputs, targets = scaled(estimator, *data)
    network = Native(estimator.topology_, int(RATE.from_float(estimator.learning_rate_init)))
    network.initialise_xavier(SEED)
    ffi, firmware = library()
    generator = ffi.new("fixprop_generator *")
    firmware.fixprop_seed(generator, SEED)
    order = list(range(len(inputs)))
    for _ in range(EPOCHS):
        for place in range(len(order)):
            other = firmware.fixprop_below(generator, len(order))
            order[place], order[other] = order[other], order[place]
        for sample in order:
            network.train(inputs[[sample]], targets[[sample]])
    assert np.array_equal(estimator.weights_, network.flat_weights())


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_the_simulated_chip_learns_iris_to_the_same_weights(momentum: float) -> None:
    data = load_iris(return_X_y=True)
    estimator = FixedPointMLPClassifier((5,), random_state=SEED, momentum=momentum)
    estimator = fitted(estimator, *data)
    inputs, targets = scaled(estimator, *data)
    start = Mirror(estimator.topology_)
    start.initialise_xavier(Generator(SEED))
    chip = OnChip(
        Training(
            name=f"estimator-{momentum}",
            title="",
            source="",
            topology=estimator.topology_,
            inputs=ACTIVATION.to_float(inputs),
            targets=ACTIVATION.to_float(targets),
            rate=estimator.learning_rate_init,
            momentum=momentum,
            weights=WEIGHT.to_float(start.flat_weights()[0]),
            shuffled=True,
            steps=0,
            figures=(),
            loss=half_squared_error,
        ),
        SEED,
    )
    chip.train(np.zeros(EPOCHS * len(inputs), np.int64))  # it draws the order itself
    learned = chip.state().fixed_weights
    assert learned is not None
    assert np.array_equal(learned, estimator.weights_)


def test_without_shuffling_the_samples_are_taken_in_turn() -> None:
    data = waves(1)
    estimator = fitted(FixedPointMLPRegressor((4,), random_state=SEED, shuffle=False), *data)
    inputs, targets = scaled(estimator, *data)
    mirror = Mirror(estimator.topology_, rate=int(RATE.from_float(estimator.learning_rate_init)))
    mirror.initialise_xavier(Generator(SEED))
    for sample in list(range(len(inputs))) * EPOCHS:
        mirror.train(inputs[[sample]], targets[[sample]])
    assert np.array_equal(estimator.weights_, mirror.flat_weights()[0])


def test_partial_fits_are_the_epochs_of_a_fit() -> None:
    data = waves(2)
    whole = fitted(FixedPointMLPRegressor((4,), random_state=SEED), *data)
    parts = FixedPointMLPRegressor((4,), random_state=SEED)
    for _ in range(EPOCHS):
        parts.partial_fit(*data)
    assert np.array_equal(parts.weights_, whole.weights_)
    assert parts.loss_curve_ == whole.loss_curve_


def test_a_warm_start_goes_on_where_the_fit_before_it_ended() -> None:
    data = blobs(3)
    once = fitted(FixedPointMLPClassifier((4,), random_state=SEED), *data, epochs=2 * EPOCHS)
    twice = FixedPointMLPClassifier((4,), random_state=SEED, warm_start=True)
    fitted(fitted(twice, *data), *data)
    assert np.array_equal(twice.weights_, once.weights_)
    assert twice.n_iter_ == 2 * EPOCHS


@pytest.mark.parametrize("batch", [1, 8])
def test_a_warm_start_goes_on_with_another_momentum_on_another_engine(batch: int) -> None:
    data = blobs(3)
    ways = []
    for engines in (("native", "native"), ("mirror", "native"), ("native", "mirror")):
        one = FixedPointMLPClassifier(
            (4,), random_state=SEED, warm_start=True, batch_size=batch, engine=engines[0]
        )
        fitted(one.set_params(momentum=0.0), *data)
        fitted(one.set_params(momentum=0.9, engine=engines[1]), *data)
        assert one.to_model().provenance["momentum"] == pytest.approx(0.9, abs=1e-4)
        fitted(one.set_params(engine=engines[0]), *data)  # with what momentum carried on
        ways.append(one.weights_)
    assert all(np.array_equal(way, ways[0]) for way in ways)
    plain = FixedPointMLPClassifier((4,), random_state=SEED, batch_size=batch)
    assert not np.array_equal(fitted(plain, *data, epochs=3 * EPOCHS).weights_, ways[0])


def test_mirror_and_native_learn_and_answer_the_same() -> None:
    inputs, labels = blobs(3)
    one, two = (
        fitted(FixedPointMLPClassifier((4,), engine=engine, random_state=SEED), inputs, labels)
        for engine in ("native", "mirror")
    )
    assert np.array_equal(one.weights_, two.weights_)
    assert np.array_equal(one.predict_proba(inputs), two.predict_proba(inputs))


def fitted(estimator: Any, inputs: Reals, targets: NDArray[Any], epochs: int = EPOCHS) -> Any:
    """After exactly so many epochs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return estimator.set_params(max_iter=epochs).fit(inputs, targets)


def scaled(estimator: Any, inputs: Reals, targets: NDArray[Any]) -> tuple[Integers, Integers]:
    """Inputs and targets in Q0.15 by the model's own columns; a class is 1 among zeros."""
    model = estimator.to_model()
    if not model.classes:
        return model.scaled_inputs(inputs), model.scaled_targets(targets)
    place = np.searchsorted(estimator.classes_, targets)
    one_hot = np.eye(len(model.classes), dtype=np.int64)[place] * ACTIVATION.high
    return model.scaled_inputs(inputs), one_hot[:, 1:] if len(model.outputs) == 1 else one_hot


def orders(samples: int, epochs: int) -> list[list[int]]:
    """Each place is exchanged with a random one, epoch after epoch; written anew for this test."""
    generator, order, taken = Generator(SEED), list(range(samples)), []
    for _ in range(epochs):
        for place in range(samples):
            other = generator.below(samples)
            order[place], order[other] = order[other], order[place]
        taken.append(list(order))
    return taken
