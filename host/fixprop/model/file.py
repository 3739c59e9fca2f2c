"""The model file: JSON that people can read, whole, unaltered and of a known version, or refused."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from fixprop import formats
from fixprop.errors import FixpropError
from fixprop.files import checksum as checksum
from fixprop.fingerprint import arithmetic_fingerprint
from fixprop.model.column import Column
from fixprop.model.model import Model
from fixprop.network import Topology

KIND = "fixprop model"
VERSION = 1
FORMATS = ("activation", "weight")
"""The formats that a model's integers are in."""

CURE = "make it anew: fixprop train"

FOREIGN = "made_for_arithmetic"
"""Provenance of a model that was taken over from another version of the arithmetic."""


def text(model: Model) -> str:
    """The model as JSON, one weight row a line; the last field is a checksum of the others."""
    content = facts(model) | {"weights": rows(model)}
    content["checksum"] = checksum(content)
    lines = [f"  {json.dumps(key)}: {_laid_out(key, value)}" for key, value in content.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def facts(model: Model) -> dict[str, Any]:
    """Everything but the weights, as JSON has it."""
    return {
        "kind": KIND,
        "version": VERSION,
        "arithmetic": f"{arithmetic_fingerprint(model.topology):08x}",
        "formats": {f.name: f.q for f in formats.FORMATS if f.name in FORMATS},
        "topology": list(model.topology.sizes),
        "activations": list(model.topology.activations),
        "fixed_bias": list(model.topology.fixed_bias),
        "inputs": [asdict(column) for column in model.inputs],
        "outputs": [asdict(column) for column in model.outputs],
        "classes": list(model.classes),
        "provenance": model.provenance,
    }


def rows(model: Model) -> list[list[int]]:
    """The weights, a list for each neuron: its bias weight and one an input."""
    listed, start = [], 0
    for neurons, columns in model.topology.weight_shapes:
        for _ in range(neurons):
            listed.append(model.weights[start : start + columns].tolist())
            start += columns
    return listed


def read(path: Path, *, any_arithmetic: bool = False) -> Model:
    """The model in a JSON file; FixpropError names what is wrong with it and what helps.

    `any_arithmetic`: take over one whose tables or rounding were others: its weights mean the same,
    its outputs may differ in their last bits.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FixpropError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise FixpropError(
            f"{path} is not a model file, or only a part of one: {error}; {CURE}"
        ) from error
    return from_content(content, str(path), any_arithmetic=any_arithmetic)


def from_content(content: Any, name: str, *, any_arithmetic: bool = False) -> Model:
    """The model that JSON holds; `name` is what errors call the file."""
    if not isinstance(content, dict) or content.get("kind") != KIND:
        raise FixpropError(f'{name} is not a model file: it has no "kind": "{KIND}"; {CURE}')
    _check_version(content.get("version"), name)
    if content.get("checksum") != checksum(content):
        raise FixpropError(
            f"{name} was altered after it was written: its checksum is {content.get('checksum')!r}, "
            f"its content's {checksum(content)}; {CURE} or fixprop import"
        )
    try:
        model = _model(content)
    except (KeyError, TypeError, ValueError, FixpropError) as error:
        raise FixpropError(f"{name} does not describe a network: {error}; {CURE}") from error
    return _of_this_arithmetic(content, model, name, any_arithmetic)


def _check_version(version: Any, name: str) -> None:
    if version == VERSION:
        return
    newer = isinstance(version, int) and version > VERSION
    cure = "update this host: git pull" if newer else CURE
    raise FixpropError(f"{name} has model version {version!r}, this host {VERSION}; {cure}")


def _of_this_arithmetic(content: dict[str, Any], model: Model, name: str, any_other: bool) -> Model:
    """Weights are worth what the formats say; outputs are equal to the bit if the tables are, too."""
    own = facts(model)
    if content.get("formats") != own["formats"]:
        raise FixpropError(
            f"{name} has numbers in {content.get('formats')}, this host in {own['formats']}: "
            f"its integers mean something else; {CURE}"
        )
    foreign = content.get("arithmetic")
    if foreign == own["arithmetic"]:
        return model
    if any_other:
        return replace(model, provenance={**model.provenance, FOREIGN: foreign})
    raise FixpropError(
        f"{name} was made for arithmetic {foreign}, this host has {own['arithmetic']}: outputs may "
        f"differ in their last bits; take it over: fixprop import {name} -o NEW.json"
    )


def _model(content: dict[str, Any]) -> Model:
    topology = Topology(
        tuple(content["topology"]), tuple(content["activations"]), tuple(content["fixed_bias"])
    )
    shape = [columns for neurons, columns in topology.weight_shapes for _ in range(neurons)]
    if [len(row) for row in content["weights"]] != shape:
        raise ValueError(f"the weights are not those of {topology}")
    return Model(
        topology,
        np.array([weight for row in content["weights"] for weight in row], np.int64),
        tuple(Column(**column) for column in content["inputs"]),
        tuple(Column(**column) for column in content["outputs"]),
        tuple(content["classes"]),
        content["provenance"],
    )


def _laid_out(key: str, value: Any) -> str:
    if key in ("weights", "inputs", "outputs") and value:
        return "[\n" + ",\n".join(f"    {json.dumps(row)}" for row in value) + "\n  ]"
    return json.dumps(value)
