"""The firmware's own C, compiled for this computer: the same class shape as the mirror, one network."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import cffi
import numpy as np
from numpy.typing import ArrayLike, NDArray

from fixprop.activations import ACTIVATIONS
from fixprop.errors import UsageError
from fixprop.formats import ACTIVATION, RATE, RESIDUAL_BITS, WEIGHT, Format, Integers
from fixprop.network import Topology
from fixprop.toolchain import FIRMWARE, build_shared_library

LIBRARY = FIRMWARE / "lib" / "fixprop" / "src"
DECLARATIONS = """
typedef struct { int32_t upper; uint32_t lower; } fixprop_sum;
typedef struct fixprop_activation fixprop_activation;
typedef struct { uint8_t inputs, neurons; const fixprop_activation *activation; } fixprop_layer;
typedef struct {
  const fixprop_layer *layers; uint8_t layer_count;
  int16_t *weights; uint8_t *residuals; int16_t *values; int32_t *deltas; uint16_t rate;
} fixprop_network;
typedef struct { uint32_t state; } fixprop_generator;
const int16_t *fixprop_forward(fixprop_network *);
void fixprop_train(fixprop_network *, const int16_t *);
void fixprop_initialise(fixprop_network *, fixprop_generator *, int16_t);
void fixprop_seed(fixprop_generator *, uint32_t);
uint32_t fixprop_next(fixprop_generator *);
uint16_t fixprop_below(fixprop_generator *, uint16_t);
const fixprop_activation *native_activation(uint8_t);
void native_forward_many(fixprop_network *, const int16_t *, int16_t *, uint32_t);
void native_train_many(fixprop_network *, const int16_t *, const int16_t *, const uint32_t *, uint32_t);
"""


@cache
def library() -> tuple[Any, Any]:
    """(ffi, library); builds the library when a source changed."""
    ffi = cffi.FFI()
    ffi.cdef(DECLARATIONS)
    sources = [*sorted(LIBRARY.glob("*.c")), Path(__file__).with_suffix(".c")]
    return ffi, ffi.dlopen(str(build_shared_library("fixprop", sources, include=[LIBRARY])))


class Native:
    """One network in the firmware's C; every number it gives equals the mirror's."""

    def __init__(self, topology: Topology, rate: int = 1 << (RATE.fraction - 2)):
        self._ffi, self._library = library()
        self.topology = topology
        neurons = sum(topology.sizes[1:])
        self._weights = np.zeros(topology.weight_count, np.int16)
        self._residuals = np.zeros(topology.weight_count, np.uint8)
        self._values = np.zeros(topology.sizes[0] + neurons, np.int16)
        self._deltas = np.zeros(neurons, np.int32)
        self._layers = self._make_layers()
        self._network = self._ffi.new("fixprop_network *")
        self._connect()
        self.rate = rate

    def _make_layers(self) -> Any:
        sizes, names = self.topology.sizes, self.topology.activations
        layers = self._ffi.new("fixprop_layer[]", len(names))
        for index, name in enumerate(names):
            code = ACTIVATIONS[name].code
            activation = self._library.native_activation(code)
            layers[index] = (sizes[index], sizes[index + 1], activation)
        return layers

    def _connect(self) -> None:
        network, cast = self._network, self._cast
        network.layers, network.layer_count = self._layers, len(self.topology.activations)
        network.weights = cast("int16_t *", self._weights)
        network.residuals = cast("uint8_t *", self._residuals)
        network.values = cast("int16_t *", self._values)
        network.deltas = cast("int32_t *", self._deltas)

    def _cast(self, kind: str, array: NDArray[Any]) -> Any:
        return self._ffi.cast(kind, array.ctypes.data)

    @property
    def rate(self) -> int:
        """Learning rate, UQ3.13."""
        return int(self._network.rate)

    @rate.setter
    def rate(self, rate: int) -> None:
        if not RATE.low <= rate <= RATE.high:
            raise UsageError(f"rate {rate} (UQ3.13): must be {RATE.low} to {RATE.high}")
        self._network.rate = rate

    def initialise(self, seed: int, spread: int) -> None:
        """Uniform weights in [-spread, spread), `spread` in Q4.11."""
        generator = self._ffi.new("fixprop_generator *")
        self._library.fixprop_seed(generator, seed & 0xFFFFFFFF)
        self._library.fixprop_initialise(self._network, generator, spread)

    def flat_weights(self) -> Integers:
        """int64 [weight_count], Q4.19, storage order: layer, neuron, bias then inputs."""
        return (self._weights.astype(np.int64) << RESIDUAL_BITS) + self._residuals

    def set_flat_weights(self, flat: ArrayLike) -> None:
        """The inverse of `flat_weights`."""
        weights = within(WEIGHT, "weight", flat).reshape(-1)
        if len(weights) != len(self._weights):
            raise UsageError(f"{len(weights)} weights: {self.topology} has {len(self._weights)}")
        self._weights[:] = weights >> RESIDUAL_BITS
        self._residuals[:] = weights & ((1 << RESIDUAL_BITS) - 1)

    def deltas(self) -> Integers:
        """int64 [neurons of all layers], Q0.23, of the latest training step."""
        return self._deltas.astype(np.int64)

    def forward(self, inputs: ArrayLike) -> Integers:
        """Outputs int64 [samples, outputs], Q0.15, for `inputs` [samples, inputs]."""
        given = self._rows(inputs, self.topology.sizes[0])
        outputs = np.zeros((len(given), self.topology.sizes[-1]), np.int16)
        self._library.native_forward_many(
            self._network,
            self._cast("int16_t *", given),
            self._cast("int16_t *", outputs),
            len(given),
        )
        return outputs.astype(np.int64)

    def train(self, inputs: ArrayLike, targets: ArrayLike, order: ArrayLike | None = None) -> None:
        """One online step for each sample, or for each entry of `order`, an index into them."""
        given = self._rows(inputs, self.topology.sizes[0])
        wanted = self._rows(targets, self.topology.sizes[-1])
        if len(given) != len(wanted):
            raise UsageError(f"{len(given)} inputs but {len(wanted)} targets")
        indices = np.arange(len(given)) if order is None else np.asarray(order)
        if len(indices) and not 0 <= indices.min() <= indices.max() < len(given):
            raise UsageError(f"order names a sample outside 0 to {len(given) - 1}")
        steps = np.ascontiguousarray(indices, np.uint32)
        self._library.native_train_many(
            self._network,
            self._cast("int16_t *", given),
            self._cast("int16_t *", wanted),
            self._cast("uint32_t *", steps),
            len(steps),
        )

    def _rows(self, values: ArrayLike, width: int) -> NDArray[np.int16]:
        rows = np.ascontiguousarray(within(ACTIVATION, "value", values), np.int16)
        if rows.size % width:
            raise UsageError(f"{rows.size} values do not make rows of {width}")
        return rows.reshape(-1, width)


def within(number: Format, what: str, values: ArrayLike) -> Integers:
    """`values` as integers; UsageError for one that `number` does not hold, as C would wrap it."""
    given = np.asarray(values, np.int64)
    outside = given[(given < number.low) | (given > number.high)]
    if len(outside):
        raise UsageError(
            f"{what} {outside[0]}: {number.q} holds {number.low} to {number.high}; saturate it"
        )
    return given
