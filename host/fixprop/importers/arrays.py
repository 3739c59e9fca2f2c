"""Networks as plain arrays, from numpy or an .npz file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from fixprop.errors import FixpropError, UsageError
from fixprop.importers.bring_in import bring_in
from fixprop.importers.chain import Chain, known_activation, numbers
from fixprop.importers.float_network import FloatNetwork
from fixprop.importers.imported import Imported

LAYOUT = "W0, b0, W1, b1 ... with W of shape (inputs, neurons), and activations, a list of names"


def from_arrays(
    layers: Sequence[tuple[ArrayLike, ArrayLike]],
    activations: Sequence[str],
    sample: ArrayLike | None = None,
    ranges: ArrayLike | None = None,
    *,
    classes: Sequence[object] = (),
    names: Sequence[str] = (),
    source: str = "arrays",
    saturate: bool = False,
) -> Imported:
    """`layers`: (W [inputs, neurons], b [neurons]) each, so that a layer is f(x @ W + b).

    `activations`: a name each. `names`: of the inputs. The other arguments are bring_in's.
    """
    network = _network(layers, activations, tuple(map(str, names)), tuple(map(str, classes)))
    return bring_in(network, sample, ranges, source=source, saturate=saturate)


def _network(
    layers: Sequence[tuple[ArrayLike, ArrayLike]],
    activations: Sequence[str],
    names: tuple[str, ...],
    classes: tuple[str, ...],
) -> FloatNetwork:
    if not layers or len(layers) != len(activations):
        raise UsageError(f"{len(layers)} layers and {len(activations)} activations: give one each")
    first = numbers("0", layers[0][0])
    if first.ndim != 2:
        raise UsageError(f"layer '0' has weights of shape {first.shape}: must be (inputs, neurons)")
    chain = Chain(first.shape[0])
    for index, ((weights, biases), activation) in enumerate(zip(layers, activations, strict=True)):
        chain.dense(str(index), weights, biases)
        function = known_activation(activation, f"layer '{index}'")
        chain.activation(function)
    return chain.network(names, classes=classes)


def from_npz(
    path: Path,
    sample: ArrayLike | None = None,
    ranges: ArrayLike | None = None,
    *,
    names: Sequence[str] = (),
    classes: Sequence[object] = (),
    saturate: bool = False,
) -> Imported:
    """The arrays in an .npz file: W0, b0, W1, b1 ..., activations; if there, names and classes."""
    held = read_npz(path)
    pairs: list[tuple[ArrayLike, ArrayLike]] = []
    while f"W{len(pairs)}" in held and f"b{len(pairs)}" in held:
        pairs.append((held[f"W{len(pairs)}"], held[f"b{len(pairs)}"]))
    stray = [key for key in held if re.fullmatch(r"[Wb]\d+", key) and int(key[1:]) >= len(pairs)]
    if not pairs or stray or "activations" not in held:
        have = ", ".join(held) or "nothing"
        raise UsageError(f"{path} holds {have}; a network is {LAYOUT}")
    return from_arrays(
        pairs,
        [str(name) for name in np.atleast_1d(held["activations"])],
        sample,
        ranges,
        classes=classes or [str(c) for c in held.get("classes", ())],
        names=names or [str(n) for n in held.get("names", ())],
        source=path.name,
        saturate=saturate,
    )


def read_npz(path: Path) -> Mapping[str, np.ndarray]:
    """Every array of an .npz file; FixpropError if it is none."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise ValueError("it holds a single array")
            return {key: archive[key] for key in archive.files}
    except OSError as error:
        raise FixpropError(f"cannot read {path}: {error.strerror or error}") from error
    except Exception as error:
        raise FixpropError(f"{path} is not an .npz file of plain arrays: {error}") from error
