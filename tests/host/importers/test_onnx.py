"""ONNX files agree with onnx's own evaluator; what cannot be read is named."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator
from skl2onnx import to_onnx
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from fixprop.errors import FixpropError, MissingTool, UsageError
from fixprop.importers import Imported, from_onnx

Array = Any
FLOAT32 = 1e-5
"""The original's own rounding, in float32."""


def save(
    path: Path,
    nodes: list[Any],
    constants: dict[str, Array],
    shape: tuple[Any, ...] = ("batch", 3),
    outputs: tuple[str, ...] = ("out",),
) -> Path:
    """A model whose input is x."""
    graph = helper.make_graph(
        nodes,
        "network",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, ("batch", "n"))
            for name in outputs
        ],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", 3)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=9), str(path))
    return path


def dense(rng: np.random.Generator, inputs: int, neurons: int, number: int) -> dict[str, Array]:
    return {
        f"W{number}": rng.normal(0, 0.7, (inputs, neurons)).astype(np.float32),
        f"b{number}": rng.normal(0, 0.7, neurons).astype(np.float32),
    }


def assert_agrees(imported: Imported, path: Path, inputs: Array) -> None:
    given = {"x": inputs.astype(np.float32)}
    outputs: Any = ReferenceEvaluator(str(path)).run(None, given)
    exact = outputs[0]
    rows = inputs.reshape(len(inputs), -1)
    difference = np.abs(imported.model.predict(rows) - exact)
    assert (difference <= imported.bound(rows) + FLOAT32).all()
    assert np.abs(imported.network.predict(rows) - exact).max() < FLOAT32


@pytest.mark.parametrize(
    ("kind", "attributes", "names"),
    [
        ("Sigmoid", {}, ("sigmoid",)),
        ("Tanh", {}, ("tanh",)),
        ("Relu", {}, ("relu",)),
        ("LeakyRelu", {"alpha": 1 / 128}, ("leaky_relu",)),
        ("LeakyRelu", {"alpha": 0.2}, ("relu",)),
        ("Identity", {}, ("linear",)),
    ],
)
@pytest.mark.parametrize("head", ["Softmax", "Sigmoid", "Tanh", None])
def test_activations(
    kind: str, attributes: dict[str, Any], names: tuple[str], head: str | None, tmp_path: Path
) -> None:
    rng = np.random.default_rng(1)
    nodes = [
        helper.make_node("Gemm", ["x", "W0", "b0"], ["h"]),
        helper.make_node(kind, ["h"], ["a"], **attributes),
        helper.make_node("MatMul", ["a", "W1"], ["m"]),
        helper.make_node("Add", ["m", "b1"], ["z" if head else "out"]),
    ]
    if head:
        nodes.append(helper.make_node(head, ["z"], ["out"]))
    path = save(tmp_path / "a.onnx", nodes, dense(rng, 3, 5, 0) | dense(rng, 5, 2, 1))
    inputs = rng.uniform(-2, 2, (100, 3))
    imported = from_onnx(path, inputs)
    assert imported.model.topology.activations[:-1] == names
    assert_agrees(imported, path, inputs)


def test_what_is_affine_goes_into_the_layers(tmp_path: Path) -> None:
    """A scaler, a batch normalisation, a transposed Gemm with factors, a division at the end."""
    rng = np.random.default_rng(2)
    constants = {
        "W0": rng.normal(0, 0.5, (5, 6)).astype(np.float32),
        "b0": np.array([0.3], np.float32),
        **{name: rng.uniform(0.5, 2, 5).astype(np.float32) for name in ("s", "c", "m", "v")},
        "W1": rng.normal(0, 0.5, (5, 2)).astype(np.float32),
        "ten": np.float32(10),
        "flat": np.array([-1, 6]),
    }
    nodes = [
        helper.make_node("Flatten", ["x"], ["f"]),
        helper.make_node("Mul", ["f", "ten"], ["f1"]),
        helper.make_node("Sub", ["ten", "f1"], ["f2"]),
        helper.make_node("Gemm", ["f2", "W0", "b0"], ["g"], alpha=0.1, beta=2.0, transB=1),
        helper.make_node("BatchNormalization", ["g", "s", "c", "m", "v"], ["n"], epsilon=0.01),
        helper.make_node("Tanh", ["n"], ["t"]),
        helper.make_node("Reshape", ["t", "five"], ["r"]),
        helper.make_node("MatMul", ["r", "W1"], ["y"]),
        helper.make_node("Div", ["y", "ten"], ["out"]),
    ]
    constants["five"] = np.array([-1, 5])
    path = save(tmp_path / "a.onnx", nodes, constants, ("batch", 2, 3))
    inputs = rng.uniform(-1, 1, (50, 2, 3))
    imported = from_onnx(path, inputs)
    assert imported.model.topology.sizes == (6, 5, 2)
    assert_agrees(imported, path, inputs)


@pytest.mark.parametrize("stray", ["Relu", "Sin"])
def test_nodes_that_no_output_needs_are_left_out(stray: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    nodes = [
        helper.make_node("Gemm", ["x", "W0", "b0"], ["h"]),
        helper.make_node("Tanh", ["h"], ["t"]),
        helper.make_node(stray, ["h"], ["beside"]),
        helper.make_node("Gemm", ["t", "W1", "b1"], ["out"]),
        helper.make_node(stray, ["out"], ["beyond"]),
    ]
    path = save(tmp_path / "a.onnx", nodes, dense(rng, 3, 4, 0) | dense(rng, 4, 2, 1))
    inputs = rng.uniform(-1, 1, (50, 3))
    imported = from_onnx(path, inputs)
    assert imported.model.topology.activations == ("tanh", "linear")
    assert_agrees(imported, path, inputs)


def test_an_output_on_the_way_does_not_end_the_network(tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    nodes = [
        helper.make_node("Gemm", ["x", "W0", "b0"], ["h"]),
        helper.make_node("Softmax", ["h"], ["out"]),
    ]
    path = save(tmp_path / "a.onnx", nodes, dense(rng, 3, 4, 0), outputs=("out", "h"))
    inputs = rng.uniform(-1, 1, (50, 3))
    assert_agrees(from_onnx(path, inputs), path, inputs)


def test_constants_that_are_computed(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    constants = {"W": rng.normal(0, 1, (2, 3)).astype(np.float32)}
    nodes = [
        helper.make_node("Transpose", ["W"], ["turned"], perm=[1, 0]),
        helper.make_node("MatMul", ["x", "turned"], ["out"]),
    ]
    path = save(tmp_path / "a.onnx", nodes, constants)
    inputs = rng.uniform(-1, 1, (50, 3))
    assert_agrees(from_onnx(path, inputs), path, inputs)


@pytest.mark.parametrize(
    ("load", "mlp", "classes"),
    [
        (load_iris, MLPClassifier((6,), max_iter=100, random_state=0), ("0", "1", "2")),
        (load_breast_cancer, MLPClassifier((5,), max_iter=100, random_state=0), ("0", "1")),
        (load_diabetes, MLPRegressor(hidden_layer_sizes=(5,), max_iter=100, random_state=0), ()),
    ],
)
def test_files_of_skl2onnx(load: Any, mlp: Any, classes: tuple[str, ...], tmp_path: Path) -> None:
    """With its scaler before, and behind the shares the nodes that name a class."""
    inputs, targets = load(return_X_y=True)
    estimator = make_pipeline(StandardScaler(), mlp)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        estimator.fit(inputs, targets)
    path = tmp_path / "a.onnx"
    onnx.save(to_onnx(estimator, inputs[:1].astype(np.float32)), str(path))
    imported = from_onnx(path, inputs)
    assert imported.model.classes == classes
    if classes:
        exact = estimator.predict_proba(inputs)
        exact = exact[:, 1:] if len(classes) == 2 else exact
    else:
        exact = estimator.predict(inputs)[:, np.newaxis]
    rounding = FLOAT32 * max(1, np.abs(exact).max())
    difference = np.abs(imported.model.predict(inputs) - exact)
    assert (difference <= imported.bound(inputs) + rounding).all()


def one(kind: str, *inputs: str, **attributes: Any) -> list[Any]:
    return [helper.make_node(kind, ["x", *inputs], ["out"], name="it", **attributes)]


@pytest.mark.parametrize(
    ("nodes", "constants", "words"),
    [
        (
            one("Conv", "K"),
            {"K": np.ones((1, 1, 1), np.float32)},
            r"'it' \(Conv\).*MatMul.*Softmax",
        ),
        (one("Gemm", "W"), {"W": np.ones((4, 2), np.float32)}, r"shape \(4, 2\).*3 values"),
        (one("Gemm", "W"), {"W": np.full((3, 2), np.nan, np.float32)}, "NaN"),
        (one("MatMul", "x"), {}, "constant"),
        (one("Gemm", "W", transA=1), {"W": np.ones((3, 2), np.float32)}, "transA"),
        (one("Gemm", "W"), {"W": np.ones((3, 300), np.float32)}, "300 wide.*1 to 254"),
        (one("Identity"), {}, "no dense layer"),
    ],
)
def test_what_is_not_supported_is_named(
    nodes: list[Any], constants: dict[str, Array], words: str, tmp_path: Path
) -> None:
    path = save(tmp_path / "a.onnx", nodes, constants)
    with pytest.raises(UsageError, match=words):
        from_onnx(path, ranges=(0, 1))


def test_a_network_that_branches_is_refused(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Relu", ["x"], ["a"], name="left"),
        helper.make_node("Tanh", ["x"], ["b"], name="right"),
        helper.make_node("Add", ["a", "b"], ["out"]),
    ]
    path = save(tmp_path / "a.onnx", nodes, {})
    with pytest.raises(UsageError, match=r"branches, to 'left' \(Relu\) and 'right' \(Tanh\)"):
        from_onnx(path, ranges=(0, 1))


def test_without_onnx_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(MissingTool, match=r"pip install 'fixprop\[onnx\]'"):
        from_onnx("a.onnx", ranges=(0, 1))


def test_files_that_are_none(tmp_path: Path) -> None:
    path = tmp_path / "a.onnx"
    with pytest.raises(FixpropError, match=r"cannot read .*No such file"):
        from_onnx(path, ranges=(0, 1))
    path.write_text("not a model\n")
    with pytest.raises(FixpropError, match="is not an ONNX file"):
        from_onnx(path, ranges=(0, 1))
