"""Edges of the C that random steps seldom reach."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cffi
import numpy as np
import pytest

from fixprop import native
from fixprop.activations import ACTIVATIONS
from fixprop.flash import NativeFlash
from fixprop.formats import ACTIVATION, PASS_WEIGHT, WEIGHT
from fixprop.generator import DEFAULT_STATE
from fixprop.native import DECLARATIONS, LIBRARY, Native, library
from fixprop.network import Mirror, Topology
from fixprop.toolchain import build_shared_library


def test_a_seed_of_zero_is_the_default() -> None:
    ffi, lib = library()
    generator = ffi.new("fixprop_generator *")
    lib.fixprop_seed(generator, 0)
    assert generator.state == DEFAULT_STATE


def test_sums_in_flash_at_the_end_of_softmaxs_range_keep_their_last_bits() -> None:
    """-32 and half a unit more are two net inputs, -32768 and -32767: the outputs differ."""
    topology, lowest = Topology((2, 2), ("softmax",)), PASS_WEIGHT.low
    flat = np.array([lowest, lowest, lowest, lowest, lowest, 0])
    inputs = np.array([[32767, 1]])
    mirror = Mirror(topology)
    mirror.set_flat_weights(flat << 8)
    expected = mirror.forward(inputs)
    assert expected[0, 0] < expected[0, 1]
    assert np.array_equal(NativeFlash(topology, flat).forward(inputs), expected)


def with_parts_of_weights(values: Sequence[int]) -> tuple[Any, Any, Any]:
    """The library, and a network of one neuron with these weights, bias last, set one by one."""
    ffi = cffi.FFI()
    ffi.cdef(DECLARATIONS)
    ffi.cdef("int32_t fixprop_weight(const fixprop_network *, uint16_t);")
    ffi.cdef("void fixprop_set_weight(fixprop_network *, uint16_t, int32_t);")
    ffi.cdef("uint16_t fixprop_saturated_weights(const fixprop_network *);")
    sources = [*sorted(LIBRARY.glob("*.c")), Path(native.__file__).with_suffix(".c")]
    lib = ffi.dlopen(str(build_shared_library("fixprop", sources, include=[LIBRARY])))
    kept = [
        ffi.new("fixprop_layer[]", [{"inputs": len(values) - 1, "neurons": 1}]),
        ffi.new("int16_t[]", len(values)),
        ffi.new("uint8_t[]", len(values)),
    ]
    network = ffi.new("fixprop_network *")
    network.layers, network.weights, network.residuals = kept
    network.layer_count = 1
    for index, value in enumerate(values):
        lib.fixprop_set_weight(network, index, value)
    return lib, network, kept


def test_a_weight_comes_back_from_its_two_parts() -> None:
    values = (WEIGHT.low, WEIGHT.high, -1, 0, 1, 255, 256, -256, 123_456)
    lib, network, _kept = with_parts_of_weights(values)
    for index, value in enumerate(values):
        assert (network.weights[index], network.residuals[index]) == (value >> 8, value & 255)
        assert lib.fixprop_weight(network, index) == value


@pytest.mark.parametrize("at_ends", range(4))
def test_weights_at_an_end_of_their_format_are_counted_and_those_beside_it_are_not(
    at_ends: int,
) -> None:
    ends = [WEIGHT.low, WEIGHT.high, WEIGHT.low][:at_ends]
    near = [WEIGHT.low + 1, WEIGHT.high - 1, WEIGHT.low + 256, WEIGHT.high - 256, -256, 255, 0, -1]
    lib, network, _kept = with_parts_of_weights([*ends, *near])
    assert lib.fixprop_saturated_weights(network) == at_ends


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_slopes_of_every_small_output(name: str) -> None:
    """Where a slope turns: outputs on both sides of zero, one by one."""
    topology, flat = Topology((1, 1), (name,)), np.array([0, 1 << 19])
    inputs = np.arange(-400, 401)[:, np.newaxis]
    mirror, native = Mirror(topology, len(inputs), 0), Native(topology, 0)
    mirror.set_flat_weights(flat)
    native.set_flat_weights(flat)
    mirror.train(inputs, np.full_like(inputs, ACTIVATION.high))
    for given, delta in zip(inputs, mirror.deltas[0], strict=True):
        native.train([given], [[ACTIVATION.high]])
        assert np.array_equal(native.deltas(), delta), given
