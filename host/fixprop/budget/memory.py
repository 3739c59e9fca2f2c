"""Bytes of a bare program: SRAM as declared, flash and stack from what measure.py found.

The declarations are those of host/fixprop/header.py and host/fixprop/budget/program.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fixprop.budget.figures import Figures
from fixprop.budget.mode import Mode
from fixprop.budget.workload import PATTERNS
from fixprop.flash import value_counts
from fixprop.network import Topology

LAYER, NETWORK, CHANGES, FUNCTION = 5, 13, 6, 6  # bytes of the library's structs
FLASH_NETWORK = 9
WEIGHT, PASS_WEIGHT, VALUE, DELTA = 3, 2, 2, 4

# Code that two activation functions share; what each has for itself goes by its own name.
SHARED = {"sigmoid": ("sigmoid layer",), "sigmoid_cross_entropy": ("sigmoid layer",)}


def sram_parts(topology: Topology, mode: Mode) -> dict[str, int]:
    """Bytes of SRAM by purpose; static variables only."""
    weights, neurons = topology.weight_count, sum(topology.sizes[1:])
    if mode is Mode.FLASH:
        return {
            "outputs": VALUE * sum(value_counts(topology)),
            "structs": _structs(topology, mode),
        }
    parts = {
        "weights": (WEIGHT if mode.learns else PASS_WEIGHT) * weights,
        "outputs": VALUE * (topology.sizes[0] + neurons),
    }
    if mode.learns:
        parts |= {"deltas": DELTA * neurons, "targets": VALUE * topology.sizes[-1]}
    if mode is Mode.MOMENTUM:
        parts["changes"] = WEIGHT * weights
    return parts | {"structs": _structs(topology, mode)}


def _structs(topology: Topology, mode: Mode) -> int:
    """Constants that lie in SRAM, .data: the linker rounds it up to whole words."""
    layers = len(topology.activations)
    functions = FUNCTION * len(set(topology.activations))
    if mode is Mode.FLASH:
        return _even(functions + LAYER * layers + FLASH_NETWORK)
    changes = CHANGES if mode is Mode.MOMENTUM else 0
    return _even(functions + LAYER * layers + NETWORK + changes)


def _even(count: int) -> int:
    return count + count % 2


def flash_data(topology: Topology, mode: Mode) -> dict[str, int]:
    """Bytes of flash that are no code: what the program's arrays take."""
    columns = topology.sizes[0] + (topology.sizes[-1] if mode.learns else 0)
    data = {"samples": VALUE * PATTERNS * columns, "structs": _structs(topology, mode)}
    if not mode.learns:
        data["weights"] = PASS_WEIGHT * topology.weight_count
    return data


def pieces(topology: Topology, mode: Mode) -> list[str]:
    """Names of the pieces of code and tables that the program links."""
    used = {piece for name in topology.activations for piece in (name, *SHARED.get(name, ()))}
    return [f"program {mode.value}", *sorted(used)]


def flash_parts(topology: Topology, mode: Mode, figures: Figures) -> dict[str, int]:
    """Bytes of flash by purpose."""
    code = figures.flash_of(pieces(topology, mode))
    return {"code and tables": round(code), **flash_data(topology, mode)}


def stack_places(topology: Topology, mode: Mode) -> dict[str, int]:
    """The places where the stack may be deepest, and of how many neurons it holds something there.

    A forward pass is plain or ends in softmax; in flash a layer's sums lie on the stack. Below a
    layer the factors of its neurons do.
    """
    in_flash = mode is Mode.FLASH
    places = {"plain": max(topology.sizes[1:]) if in_flash else 0}
    if topology.activations[-1] == "softmax":
        places["softmax"] = topology.sizes[-1] if in_flash else 0
    if mode.learns and len(topology.sizes) > 2:
        places["hidden"] = max(topology.sizes[2:])
    return places


def depth_of(places: Mapping[str, int], depths: Mapping[str, Sequence[int]]) -> int:
    """Bytes at the deepest of `places`, of which `depths` may not know all yet."""
    known = (place for place in places if place in depths)
    return max((depths[place][0] + depths[place][1] * places[place] for place in known), default=0)


def stack_bytes(topology: Topology, mode: Mode, figures: Figures) -> int:
    """Bytes of stack at its deepest."""
    return depth_of(stack_places(topology, mode), figures.stack[mode.value])
