"""What the command line names: a topology such as 2-8-2:tanh,softmax, or a model file."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from fixprop.errors import UsageError
from fixprop.network import Topology
from fixprop.tracking.definition import TOPOLOGY as TRACKERS

ASSUMED_HIDDEN, ASSUMED_OUTPUT = TRACKERS.activations
"""Where none are named: the tracker's, and what fixprop train takes for numbers."""


def assumes_activations(text: str, activations: Sequence[str] = ()) -> bool:
    """Whether nothing says the activations, so that read_target takes the usual ones."""
    return not activations and ":" not in text and not _is_file(text)


def _is_file(text: str) -> bool:
    return os.path.isfile(text)  # noqa: PTH113  # Path.is_file fails for a name that is too long


def read_target(text: str, activations: Sequence[str] = ()) -> Topology:
    """The topology that `text` names or holds; `activations`: one for all layers, or one for each.

    UsageError or FixpropError for what is no topology, no file or no model.
    """
    if not _is_file(text):
        return parse_topology(text, activations)
    if activations:
        raise UsageError(
            f"{text} is a model and says its activations itself: leave --activation out"
        )
    from fixprop.model import Model

    return Model.read(Path(text)).topology


def parse_topology(text: str, activations: Sequence[str] = ()) -> Topology:
    """SIZE-SIZE-..., optionally ":NAME" or ":NAME,NAME,...", instead of `activations`."""
    layers, colon, names = text.partition(":")
    if not re.fullmatch(r"[0-9]{1,6}(-[0-9]{1,6})+", layers):
        raise UsageError(
            f"'{text}' is no topology such as 2-8-2 or 2-8-2:tanh,softmax, and no file of that name"
        )
    if colon and activations:
        raise UsageError(f"'{text}' names activations, and so does --activation: use one of them")
    given = [name.strip() for name in names.split(",")] if colon else list(activations)
    sizes = tuple(int(size) for size in layers.split("-"))
    assumed = [*[ASSUMED_HIDDEN] * (len(sizes) - 2), ASSUMED_OUTPUT]
    return Topology(sizes, _for_each_layer(given or assumed, len(sizes) - 1))


def _for_each_layer(names: list[str], layers: int) -> tuple[str, ...]:
    if len(names) == 1:
        return tuple(names * layers)
    if len(names) != layers:
        raise UsageError(
            f"{len(names)} activations ({', '.join(names)}) for {layers} layers after the inputs: "
            f"give one for all, or {layers}"
        )
    return tuple(names)
