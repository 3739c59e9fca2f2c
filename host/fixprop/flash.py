"""Networks that only infer, their weights in flash: the C header, and the same C on this computer."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from fixprop.errors import UsageError
from fixprop.formats import ACTIVATION, PASS_WEIGHT, Integers
from fixprop.header import layer
from fixprop.library_headers import array, banner
from fixprop.native import layers_of, library, within
from fixprop.network import Topology


def value_counts(topology: Topology) -> tuple[int, int]:
    """Lengths of the two arrays of values: the widest layer of each, and two before its outputs."""
    behind_two = [2 + size for size in topology.sizes]
    behind_two[0] -= 2
    return max(behind_two[0::2]), max(behind_two[1::2])


def pass_weights(topology: Topology, flat: ArrayLike) -> Integers:
    """`flat` as weights in Q4.11; UsageError if they are too many, too few or too large."""
    weights = within(PASS_WEIGHT, "weight", flat).reshape(-1)
    if len(weights) != topology.weight_count:
        raise UsageError(f"{len(weights)} weights: {topology} has {topology.weight_count}")
    return weights


def flash_network_h(topology: Topology, flat: ArrayLike, name: str, source: str) -> str:
    """A header that defines the fixprop_flash_network `name` with weights `flat`, Q4.11."""
    weights = array(f"static const int16_t {name}_weights", pass_weights(topology, flat))
    layers = ", ".join(layer(topology, index) for index in range(len(topology.activations)))
    even, odd = value_counts(topology)
    guard = f"{name.upper()}_H"
    return f"""{banner(source)}\
/* {topology}, {", ".join(topology.activations)}. Include this in one source file. */
#ifndef {guard}
#define {guard}

#include "fixprop_flash.h"

{weights}
static const fixprop_layer {name}_layers[] = {{{layers}}};
static int16_t {name}_even[{even}], {name}_odd[{odd}];
static const fixprop_flash_network {name} = {{
    {name}_layers, {len(topology.activations)}, {name}_weights, {{{name}_even, {name}_odd}}}};

#endif
"""


class NativeFlash:
    """fixprop_forward_flash with weights `flat`, Q4.11."""

    def __init__(self, topology: Topology, flat: ArrayLike):
        self.topology = topology
        self._ffi, self._library = library()
        self._layers = layers_of(topology)
        self._weights = pass_weights(topology, flat).astype(np.int16)
        self._values = [np.zeros(count, np.int16) for count in value_counts(topology)]
        values = [self._ffi.cast("int16_t *", v.ctypes.data) for v in self._values]
        weights = self._ffi.cast("int16_t *", self._weights.ctypes.data)
        count = len(topology.activations)
        self._network = self._ffi.new(
            "fixprop_flash_network *", (self._layers, count, weights, values)
        )

    def forward(self, inputs: ArrayLike) -> Integers:
        """Outputs int64 [samples, outputs], Q0.15, for `inputs` [samples, inputs]."""
        given = np.ascontiguousarray(within(ACTIVATION, "value", inputs), np.int16)
        given = given.reshape(-1, self.topology.sizes[0])
        outputs = np.zeros((len(given), self.topology.sizes[-1]), np.int16)
        self._library.native_forward_flash_many(
            self._network,
            self._ffi.cast("int16_t *", given.ctypes.data),
            self._ffi.cast("int16_t *", outputs.ctypes.data),
            len(given),
        )
        return outputs.astype(np.int64)
