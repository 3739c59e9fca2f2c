"""Networks from Keras' files, .keras and .h5, read without Keras: h5py and the file's own JSON."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from fixprop.errors import FixpropError, MissingTool, UsageError
from fixprop.importers.bring_in import bring_in
from fixprop.importers.chain import Chain
from fixprop.importers.imported import Imported
from fixprop.importers.keras_layers import LAYERS, KerasLayer

Json = dict[str, Any]


def from_keras(
    path: Path | str,
    sample: ArrayLike | None = None,
    ranges: ArrayLike | None = None,
    *,
    names: Sequence[str] = (),
    classes: Sequence[object] = (),
    saturate: bool = False,
) -> Imported:
    """The network in a .keras or .h5 file, Sequential or a chain of layers.

    `names`: of the inputs. `classes`: their names.

    The other arguments are bring_in's. MissingTool without the h5py package; FixpropError for a file
    that cannot be read; UsageError names a layer that is not supported.
    """
    path = Path(path)
    layers = _read(path)
    chain = Chain(_width(layers, path))
    for layer in layers:
        if layer.kind not in LAYERS:
            raise UsageError(
                f"layer '{layer.name}' ({layer.kind}) is not supported; "
                f"these are: {', '.join(LAYERS)}"
            )
        LAYERS[layer.kind](chain, layer)
    network = chain.network(tuple(names), classes=tuple(map(str, classes)), probabilities=True)
    return bring_in(network, sample, ranges, source=path.name, saturate=saturate)


def _read(path: Path) -> list[KerasLayer]:
    """The layers in order, with their weights."""
    try:
        import h5py
    except ImportError:
        raise MissingTool(
            "reading Keras files needs the h5py package: pip install 'fixprop[keras]'"
        ) from None
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FixpropError(f"cannot read {path}: {error.strerror or error}") from error
    try:
        if zipfile.is_zipfile(io.BytesIO(content)):
            return _from_zip(content, h5py)
        with h5py.File(io.BytesIO(content), "r") as file:
            return _from_h5(file)
    except FixpropError:
        raise
    except Exception as error:  # of zipfile's, zlib's, json's or h5py's, by what is wrong
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise FixpropError(f"{path} is not a Keras model, or only its weights: {first}") from error


def _from_zip(content: bytes, h5py: Any) -> list[KerasLayer]:
    """The format of Keras 3: config.json beside model.weights.h5."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        described = _in_order(json.loads(archive.read("config.json")))
        weights = io.BytesIO(archive.read("model.weights.h5"))
    with h5py.File(weights, "r") as file:
        root = file["layers"] if "layers" in file else file["_layer_checkpoint_dependencies"]
        groups = {key: root[key]["vars"] for key in root if "vars" in root[key]}
        by_name = {str(group.attrs["name"]): group for group in groups.values() if group.attrs}
        layers, counts = [], dict[str, int]()
        for entry in described:
            key = _numbered(entry["class_name"], counts)
            group = by_name.get(_name(entry), groups.get(key)) if by_name else groups.get(key)
            held = [] if group is None else [np.asarray(group[str(n)]) for n in range(len(group))]
            layers.append(_layer(entry, held))
    return layers


def _numbered(kind: str, counts: dict[str, int]) -> str:
    """dense, dense_1 ...: what Keras calls the second layer of its kind in a file."""
    snake = re.sub(r"([a-z])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", kind))
    number = counts.get(kind, 0)
    counts[kind] = number + 1
    return snake.lower() + (f"_{number}" if number else "")


def _from_h5(file: Any) -> list[KerasLayer]:
    """The older format: everything in one HDF5 file."""
    config = json.loads(file.attrs["model_config"])
    layers = []
    for entry in _in_order(config):
        group = file["model_weights"].get(_name(entry), {})
        names = group.attrs["weight_names"] if group else ()
        texts = [name.decode() if isinstance(name, bytes) else str(name) for name in names]
        layers.append(_layer(entry, [np.asarray(group[text]) for text in texts]))
    return layers


def _name(entry: Json) -> str:
    return str(entry["config"].get("name", entry.get("name", entry["class_name"])))


def _layer(entry: Json, weights: list[Any]) -> KerasLayer:
    return KerasLayer(_name(entry), str(entry["class_name"]), entry["config"], weights)


def _in_order(model: Json) -> list[Json]:
    """The layers' descriptions; UsageError if they are not one chain."""
    kind, config = model["class_name"], model["config"]
    if kind not in ("Sequential", "Functional", "Model"):
        raise UsageError(f"a model of class '{kind}' is not supported: make it Sequential")
    layers: list[Json] = config["layers"]
    if kind != "Sequential":
        for before, layer in zip([None, *layers], layers, strict=False):
            wanted = set() if before is None else {str(before["name"])}
            if _inbound(layer.get("inbound_nodes", [])) != wanted:
                raise UsageError(
                    f"layer '{_name(layer)}' ({layer['class_name']}): the network branches or joins "
                    "there, and must be a chain of layers"
                )
    return layers


def _inbound(nodes: Any) -> set[str]:
    """Names of the layers that a layer sees, as Keras 2 or 3 writes them."""
    if isinstance(nodes, dict):
        history = nodes.get("config", {}).get("keras_history") if "config" in nodes else None
        if history:
            return {str(history[0])}
        return set().union(*map(_inbound, nodes.values()))
    if isinstance(nodes, list):
        if nodes and isinstance(nodes[0], str):
            return {nodes[0]}
        return set().union(*map(_inbound, nodes))
    return set()


def _width(layers: list[KerasLayer], path: Path) -> int:
    """How many numbers the input has, its batch not counted."""
    for layer in layers:
        for shape in layer.input_shapes():
            if all(shape):
                return int(np.prod(shape))
        if layer.kind == "Dense" and layer.weights:
            return int(layer.weights[0].shape[0])
    raise UsageError(f"{path} has no Dense layer: there is nothing to import")
