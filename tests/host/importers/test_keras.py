"""Files that Keras wrote agree with what it then computed; tests/data/README.md says how made."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from fixprop.errors import FixpropError, MissingTool, UsageError
from fixprop.importers import from_keras
from fixprop.toolchain import PROJECT_ROOT

FILES = PROJECT_ROOT / "tests" / "data" / "keras"
FLOAT32 = 1e-5


@pytest.mark.parametrize(
    ("name", "suffix", "activations"),
    [
        ("flowers", "keras", ("tanh", "relu", "softmax")),
        ("flowers", "h5", ("tanh", "relu", "softmax")),
        ("sums", "keras", ("relu", "linear")),
    ],
)
def test_a_file_agrees_with_keras(name: str, suffix: str, activations: tuple[str, ...]) -> None:
    recorded = np.load(FILES / f"{name}.npz")
    rows = recorded["inputs"].reshape(len(recorded["inputs"]), -1)
    imported = from_keras(FILES / f"{name}.{suffix}", recorded["inputs"])
    assert imported.model.topology.activations == activations
    exact = recorded["outputs"]
    assert np.abs(imported.network.predict(rows) - exact).max() < FLOAT32
    difference = np.abs(imported.model.predict(rows) - exact)
    assert (difference <= imported.bound(rows) + FLOAT32).all()
    assert (difference <= np.array(imported.report.bound) + FLOAT32).all()


def layer(kind: str, **config: Any) -> dict[str, Any]:
    return {"class_name": kind, "config": {"name": f"my_{kind}", **config}}


INPUT = layer("InputLayer", batch_shape=[None, 3])
DENSE = layer("Dense", units=2, activation="linear", use_bias=True)


def archive(path: Path, layers: list[dict[str, Any]], kernel: Any = None) -> Path:
    """A .keras file laid out as Keras does, with one Dense layer's weights."""
    weights = io.BytesIO()
    with h5py.File(weights, "w") as file:
        group = file.create_group("layers/dense/vars")
        group["0"] = np.ones((3, 2)) if kernel is None else kernel
        group["1"] = np.zeros(2)
    with zipfile.ZipFile(path, "w") as whole:
        config = {"class_name": "Sequential", "config": {"layers": layers}}
        whole.writestr("config.json", json.dumps(config))
        whole.writestr("model.weights.h5", weights.getvalue())
    return path


@pytest.mark.parametrize(
    ("activation", "exact"),
    [
        (layer("ReLU", max_value=None, negative_slope=0.0, threshold=0.0), lambda z: z * (z > 0)),
        (layer("LeakyReLU", negative_slope=0.3), lambda z: np.where(z > 0, z, 0.3 * z)),
        (layer("Activation", activation="tanh"), np.tanh),
        (layer("Activation", activation="sigmoid"), lambda z: 1 / (1 + np.exp(-z))),
        (layer("Softmax", axis=-1), lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)),
        (layer("Dropout", rate=0.5), lambda z: z),
    ],
)
def test_activation_layers(activation: dict[str, Any], exact: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    kernel = rng.normal(0, 1, (3, 2))
    path = archive(tmp_path / "a.keras", [INPUT, DENSE, activation], kernel)
    inputs = rng.uniform(-1, 1, (50, 3))
    imported = from_keras(path, inputs, names=("a", "b", "c"))
    difference = np.abs(imported.model.predict(inputs) - exact(inputs @ kernel))
    assert (difference <= imported.bound(inputs) + 1e-9).all()
    assert [column.name for column in imported.model.inputs] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ([INPUT, layer("Conv2D")], r"'my_Conv2D' \(Conv2D\) is not supported; these are: Dense"),
        ([INPUT, {**DENSE, "config": {"name": "d", "activation": "gelu"}}], "'gelu' is not supp"),
        ([INPUT, layer("ReLU", max_value=6.0), DENSE], "max_value"),
        ([layer("InputLayer", batch_shape=[None, 4]), DENSE], "4 values"),
        ([INPUT], "no dense layer|no Dense layer"),
    ],
)
def test_what_is_not_supported_is_named(
    layers: list[dict[str, Any]], words: str, tmp_path: Path
) -> None:
    path = archive(tmp_path / "a.keras", layers)
    with pytest.raises(UsageError, match=words):
        from_keras(path, ranges=(0, 1))


def test_weights_that_are_none(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.keras", [INPUT, DENSE], np.full((3, 2), np.inf))
    with pytest.raises(UsageError, match="'my_Dense' holds a weight that is NaN or infinite"):
        from_keras(path, ranges=(0, 1))


def test_a_model_that_branches_is_refused(tmp_path: Path) -> None:
    def seeing(name: str, *names: str) -> dict[str, Any]:
        tensors = [{"config": {"keras_history": [one, 0, 0]}} for one in names]
        nodes = [{"args": tensors}] if names else []
        return {**layer("Dense"), "name": name, "config": {"name": name}, "inbound_nodes": nodes}

    path = tmp_path / "a.keras"
    layers = [seeing("a"), seeing("b", "a"), seeing("c", "a", "b")]
    with zipfile.ZipFile(path, "w") as whole:
        config = {"class_name": "Functional", "config": {"layers": layers}}
        whole.writestr("config.json", json.dumps(config))
        whole.writestr("model.weights.h5", (FILES / "flowers.h5").read_bytes())
    with pytest.raises(FixpropError, match=r"'c' \(Dense\): the network branches"):
        from_keras(path, ranges=(0, 1))


@pytest.mark.parametrize("content", [b"no model", b"", zipfile.ZIP_STORED.to_bytes(4, "big")])
def test_files_that_are_none(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    with pytest.raises(FixpropError, match=r"cannot read .*No such file"):
        from_keras(path, ranges=(0, 1))
    path.write_bytes(content)
    with pytest.raises(FixpropError, match="is not a Keras model"):
        from_keras(path, ranges=(0, 1))


def test_without_h5py_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(MissingTool, match=r"pip install 'fixprop\[keras\]'"):
        from_keras(FILES / "sums.keras", ranges=(0, 16))


def test_a_file_of_weights_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.weights.h5"
    with h5py.File(path, "w") as file:
        file["layers/dense/vars/0"] = np.ones((3, 2))
    with pytest.raises(FixpropError, match="only its weights"):
        from_keras(path, ranges=(0, 1))


def spoilt_zip(spoil: str) -> bytes:
    """A .keras file with one thing wrong that no reader of JSON or HDF5 expects."""
    whole = io.BytesIO()
    text = "[" * 100_000 if spoil == "deep" else json.dumps("x" * 3000)
    deflated = zipfile.ZIP_DEFLATED if spoil == "deflate" else zipfile.ZIP_STORED
    with zipfile.ZipFile(whole, "w", deflated) as archive:
        archive.writestr("config.json", text)
    content = bytearray(whole.getvalue())
    start = 30 + len("config.json")  # behind the local file header
    if spoil in ("crc", "deflate"):
        content[start + 4] ^= 0xFF
        content[start + 5] ^= 0xFF
    if spoil == "encrypted":  # the flag in the central directory, which is what zipfile reads
        content[content.rindex(b"PK\1\2") + 8] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        ("crc", "Bad CRC-32"),
        ("deflate", "decompressing"),
        ("deep", "recursion"),
        ("encrypted", "encrypted"),
    ],
)
def test_a_spoilt_file_is_one_line(spoil: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "a.keras"
    path.write_bytes(spoilt_zip(spoil))
    with pytest.raises(FixpropError, match=f"is not a Keras model.*{words}") as error:
        from_keras(path, ranges=(0, 1))
    assert "\n" not in str(error.value)
