"""A model holds together, predicts as its parts say, and is refused where they do not fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fixprop.errors import UsageError
from fixprop.model import Column, Model
from fixprop.network import Topology
from tests.host.model.examples import iris_like


def test_predictions_are_those_of_the_mirror_and_of_the_native_library() -> None:
    model = iris_like()
    flowers = np.array([[1.4, 0.2], [5.1, 1.9], [3.3, 1.0]])
    mirror, native = model.mirror(), model.native()
    scaled = model.scaled_inputs(flowers)
    one_by_one = np.concatenate([mirror.forward(row[np.newaxis]) for row in scaled])
    assert np.array_equal(model.outputs_q(flowers), one_by_one)
    assert np.array_equal(native.forward(scaled), one_by_one)
    shares = model.predict(flowers)
    assert shares == pytest.approx(one_by_one / 32768, abs=1e-4)
    assert model.predict_class(flowers).tolist() == shares.argmax(axis=1).tolist()


def test_a_single_output_tells_two_classes_apart() -> None:
    topology = Topology((1, 1), ("sigmoid_cross_entropy",))
    model = Model(
        topology,
        np.array([0, 8 << 19]),
        (Column("x", 0, -10, 10, -32767, 32767),),
        (Column("yes", 4, 0, 10_000, 0, 32767),),
        ("no", "yes"),
    )
    assert model.predict_class([[-9.0], [9.0]]).tolist() == [0, 1]


def test_classes_of_a_regression_are_misuse() -> None:
    with pytest.raises(UsageError, match="quantities, not classes"):
        replace(iris_like(), classes=()).predict_class([[1.0, 1.0]])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"weights": np.zeros(16)}, "16 weights: 2-3-2 has 17"),
        ({"weights": np.full(17, 1 << 23)}, "weight 8388608"),
        ({"inputs": ()}, "0 input columns"),
        ({"classes": ("a", "b", "c")}, "3 classes"),
    ],
)
def test_parts_that_do_not_fit_are_refused(change: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        replace(iris_like(), **change)  # type: ignore[arg-type]


def test_weights_cannot_be_changed_behind_a_models_back() -> None:
    weights = np.zeros(17, np.int64)
    model = replace(iris_like(), weights=weights)
    weights[0] = 1
    assert model.weights[0] == 0
    with pytest.raises(ValueError, match="read-only"):
        model.weights[0] = 1
