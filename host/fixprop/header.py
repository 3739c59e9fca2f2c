"""Writes firmware/include/model.h: the topology, the memory it needs, its seed and fingerprint."""

from __future__ import annotations

from pathlib import Path

from fixprop.fingerprint import fingerprint
from fixprop.library_headers import banner
from fixprop.network import Topology
from fixprop.tracking.definition import TOPOLOGY

DEFAULT_SEED = 1


def model_h(topology: Topology, seed: int = DEFAULT_SEED) -> str:
    """The header that gives the sketch its network, named `model`."""
    neurons = sum(topology.sizes[1:])
    layers = ", ".join(layer(topology, index) for index in range(len(topology.activations)))
    return f"""{banner("host/fixprop/header.py")}\
/* {topology}, {", ".join(topology.activations)}. Include this in one source file. */
#ifndef MODEL_H
#define MODEL_H

#include "fixprop.h"

#define MODEL_FINGERPRINT UINT32_C(0x{fingerprint(topology):08X})
#define MODEL_SEED UINT32_C({seed}) /* of the initial weights and the order of training */

static const fixprop_layer model_layers[] = {{{layers}}};
static int16_t model_weights[{topology.weight_count}];
static uint8_t model_residuals[{topology.weight_count}];
static int16_t model_values[{topology.sizes[0] + neurons}];
static int32_t model_deltas[{neurons}];
static fixprop_network model = {{model_layers,    {len(topology.activations)},            model_weights,
                                model_residuals, model_values, model_deltas, 0}};

#endif
"""


def layer(topology: Topology, index: int) -> str:
    """The initialiser of one fixprop_layer."""
    inputs, neurons = topology.sizes[index : index + 2]
    flags = "FIXPROP_FIXED_BIAS" if topology.has_fixed_bias(index) else "0"
    return f"{{{inputs}, {neurons}, &fixprop_{topology.activations[index]}, {flags}}}"


def generated_files() -> dict[Path, str]:
    """The tracker's model.h, by path from the project's root."""
    return {Path("firmware/include/model.h"): model_h(TOPOLOGY)}
