"""The firmware's own C, compiled for this computer: the same class shape as the mirror, one network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cffi
import numpy as np
from numpy.typing import ArrayLike, NDArray

from fixprop.activations import ACTIVATIONS
from fixprop.errors import UsageError
from fixprop.formats import (
    ACTIVATION,
    MOMENTUM,
    RATE,
    RESIDUAL_BITS,
    WEIGHT,
    Format,
    Integers,
)
from fixprop.network import Topology
from fixprop.saturation import COUNTING, KINDS, SaturationCounter, Saturations
from fixprop.toolchain import FIRMWARE, build_shared_library, load_shared_library, once

FIXED_BIAS = 1  # FIXPROP_FIXED_BIAS
LIBRARY = FIRMWARE / "lib" / "fixprop" / "src"
DECLARATIONS = """
typedef struct { int32_t upper; uint32_t lower; } fixprop_sum;
typedef struct fixprop_activation fixprop_activation;
typedef struct {
  uint8_t inputs, neurons; const fixprop_activation *activation; uint8_t flags;
} fixprop_layer;
typedef struct {
  const fixprop_layer *layers; uint8_t layer_count;
  int16_t *weights; uint8_t *residuals; int16_t *values; int32_t *deltas; uint16_t rate;
} fixprop_network;
typedef struct { uint32_t state; } fixprop_generator;
typedef struct { int16_t *upper; uint8_t *lower; uint16_t momentum; } fixprop_changes;
const int16_t *fixprop_forward(fixprop_network *);
void fixprop_train(fixprop_network *, const int16_t *);
void fixprop_apply(fixprop_network *, const fixprop_changes *);
void fixprop_initialise(fixprop_network *, fixprop_generator *, int16_t);
void fixprop_initialise_xavier(fixprop_network *, fixprop_generator *);
void fixprop_initialise_he(fixprop_network *, fixprop_generator *);
void fixprop_seed(fixprop_generator *, uint32_t);
uint32_t fixprop_next(fixprop_generator *);
uint16_t fixprop_below(fixprop_generator *, uint16_t);
const fixprop_activation *native_activation(uint8_t);
void native_forward_many(fixprop_network *, const int16_t *, int16_t *, uint32_t);
typedef struct {
  const int16_t *inputs, *targets; const uint32_t *order; uint32_t steps;
} native_samples;
typedef struct {
  const fixprop_layer *layers; uint8_t layer_count; const int16_t *weights; int16_t *values[2];
} fixprop_flash_network;
void native_forward_flash_many(fixprop_flash_network *, const int16_t *, int16_t *, uint32_t);
void native_train_many(fixprop_network *, const native_samples *);
void native_accumulate_many(fixprop_network *, const fixprop_changes *, const native_samples *);
void native_train_momentum_many(fixprop_network *, const fixprop_changes *, const native_samples *);
void native_take_saturations(uint64_t *); /* of the library that counts */
"""


@once
def library() -> tuple[Any, Any]:
    """(ffi, library), the same for all threads; builds the library when a source changed."""
    ffi = cffi.FFI()
    ffi.cdef(DECLARATIONS)
    return ffi, load_shared_library(ffi, _built("fixprop"))


@once
def counting_library() -> Any:
    """The library that counts what saturates; it takes what `library`'s ffi makes."""
    ffi, _ = library()
    return load_shared_library(ffi, _built("fixprop_counting", COUNTING))


def _built(name: str, *flags: str) -> Path:
    sources = [*sorted(LIBRARY.glob("*.c")), Path(__file__).with_suffix(".c")]
    return build_shared_library(name, sources, include=[LIBRARY], flags=flags)


def layers_of(topology: Topology, lib: Any = None) -> Any:
    """The topology as an array of fixprop_layer, with the functions of `lib`; None: `library`'s."""
    ffi, plain = library()
    lib = lib or plain
    layers = ffi.new("fixprop_layer[]", len(topology.activations))
    for index, name in enumerate(topology.activations):
        activation = lib.native_activation(ACTIVATIONS[name].code)
        flags = FIXED_BIAS if topology.has_fixed_bias(index) else 0
        layers[index] = (*topology.sizes[index : index + 2], activation, flags)
    return layers


class Native:
    """One network in the firmware's C; every number it gives equals the mirror's.

    `counting`: in the library that counts what saturates, a little slower; see `saturation`.
    """

    def __init__(
        self, topology: Topology, rate: int = 1 << (RATE.fraction - 2), counting: bool = False
    ):
        self._ffi, self._library = library()
        self._counter: SaturationCounter | None = None
        if counting:
            self._library, self._counter = counting_library(), SaturationCounter()
        self.topology = topology
        neurons = sum(topology.sizes[1:])
        self._weights = np.zeros(topology.weight_count, np.int16)
        self._residuals = np.zeros(topology.weight_count, np.uint8)
        self._values = np.zeros(topology.sizes[0] + neurons, np.int16)
        self._deltas = np.zeros(neurons, np.int32)
        self._layers = layers_of(topology, self._library)
        self._network = self._ffi.new("fixprop_network *")
        self._connect()
        self.rate = rate

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
        self._library.fixprop_initialise(self._network, self._seeded(seed), spread)

    def initialise_xavier(self, seed: int) -> None:
        """Uniform in +-sqrt(6 / (inputs + neurons)); bias weights zero, but for the fixed ones."""
        self._library.fixprop_initialise_xavier(self._network, self._seeded(seed))

    def initialise_he(self, seed: int) -> None:
        """Uniform in +-sqrt(6 / inputs); bias weights zero, but for the fixed ones."""
        self._library.fixprop_initialise_he(self._network, self._seeded(seed))

    def _seeded(self, seed: int) -> Any:
        generator = self._ffi.new("fixprop_generator *")
        self._library.fixprop_seed(generator, seed & 0xFFFFFFFF)
        return generator

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

    @property
    def saturation(self) -> Saturations | None:
        """What was cut off in all forward passes and steps since it was made; None: not counted."""
        return self._counter.saturations if self._counter else None

    def _count(self) -> None:
        if self._counter is not None:
            counts = self._ffi.new("uint64_t[]", len(KINDS))
            self._library.native_take_saturations(counts)
            self._counter.add_all(counts)

    def deltas(self) -> Integers:
        """int64 [neurons of all layers], Q2.21, of the latest training step."""
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
        self._count()
        return outputs.astype(np.int64)

    def train(self, inputs: ArrayLike, targets: ArrayLike, order: ArrayLike | None = None) -> None:
        """One online step for each sample, or for each entry of `order`, an index into them."""
        samples = self._samples(inputs, targets, order)
        self._library.native_train_many(self._network, samples.pointer)
        self._count()

    def changes(self, momentum: int = 0) -> NativeChanges:
        """No changes yet, for `accumulate`; `momentum` in UQ0.16."""
        return NativeChanges(self.topology.weight_count, momentum)

    def accumulate(
        self,
        inputs: ArrayLike,
        targets: ArrayLike,
        changes: NativeChanges,
        order: ArrayLike | None = None,
    ) -> None:
        """Steps like `train`'s, added to `changes`; the weights stand."""
        samples = self._samples(inputs, targets, order)
        self._library.native_accumulate_many(self._network, changes.pointer, samples.pointer)
        self._count()

    def apply(self, changes: NativeChanges) -> None:
        """The weights take the changes over, which keep their momentum."""
        self._library.fixprop_apply(self._network, changes.pointer)
        self._count()

    def train_momentum(
        self,
        inputs: ArrayLike,
        targets: ArrayLike,
        changes: NativeChanges,
        order: ArrayLike | None = None,
    ) -> None:
        """Online steps like `train`'s, with momentum."""
        samples = self._samples(inputs, targets, order)
        self._library.native_train_momentum_many(self._network, changes.pointer, samples.pointer)
        self._count()

    def _samples(self, inputs: ArrayLike, targets: ArrayLike, order: ArrayLike | None) -> _Samples:
        given = self._rows(inputs, self.topology.sizes[0])
        wanted = self._rows(targets, self.topology.sizes[-1])
        if len(given) != len(wanted):
            raise UsageError(f"{len(given)} inputs but {len(wanted)} targets")
        indices = np.arange(len(given)) if order is None else np.asarray(order)
        if len(indices) and not 0 <= indices.min() <= indices.max() < len(given):
            raise UsageError(f"order names a sample outside 0 to {len(given) - 1}")
        return _Samples(given, wanted, np.ascontiguousarray(indices, np.uint32))

    def _rows(self, values: ArrayLike, width: int) -> NDArray[np.int16]:
        rows = np.ascontiguousarray(within(ACTIVATION, "value", values), np.int16)
        if rows.size % width:
            raise UsageError(f"{rows.size} values do not make rows of {width}")
        return rows.reshape(-1, width)


class NativeChanges:
    """Changes that gather beside a network's weights, Q4.19; `momentum` in UQ0.16."""

    def __init__(self, weight_count: int, momentum: int = 0) -> None:
        within(MOMENTUM, "momentum", momentum)
        self._upper = np.zeros(weight_count, np.int16)
        self._lower = np.zeros(weight_count, np.uint8)
        self.pointer = _struct("fixprop_changes *", self._upper, self._lower, momentum)

    def flat(self) -> Integers:
        """int64 [weight_count], Q4.19, in storage order."""
        return (self._upper.astype(np.int64) << RESIDUAL_BITS) + self._lower


class _Samples:
    """What native.c calls samples, and the arrays that it points to."""

    def __init__(
        self, inputs: NDArray[np.int16], targets: NDArray[np.int16], order: NDArray[np.uint32]
    ) -> None:
        self._arrays = inputs, targets, order
        self.pointer = _struct("native_samples *", inputs, targets, order, len(order))


def _struct(kind: str, *fields: NDArray[Any] | int) -> Any:
    """A C struct; the arrays among its fields must outlive it."""
    ffi, _ = library()
    made = ffi.new(kind)
    for (name, field), value in zip(ffi.typeof(made).item.fields, fields, strict=True):
        given = value if isinstance(value, int) else ffi.cast(field.type, value.ctypes.data)
        setattr(made, name, given)
    return made


def within(number: Format, what: str, values: ArrayLike) -> Integers:
    """`values` as integers; UsageError for one that `number` does not hold, as C would wrap it."""
    given = np.asarray(values, np.int64)
    outside = given[(given < number.low) | (given > number.high)]
    if len(outside):
        raise UsageError(
            f"{what} {outside[0]}: {number.q} holds {number.low} to {number.high}; saturate it"
        )
    return given
