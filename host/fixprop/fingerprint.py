"""The number that firmware and host must share before the host may mirror what the firmware does."""

from __future__ import annotations

import zlib

from fixprop import formats, generator
from fixprop.activations import ACTIVATIONS, LEAK_SHIFT
from fixprop.network import Topology
from fixprop.tracking.definition import definition_text
from fixprop.wire.messages import protocol_text


def arithmetic_text() -> str:
    """Formats and tables: whatever changes a bit of a result, changes this text."""
    lines = [f"{f.name} {f.q}" for f in formats.FORMATS]
    lines.append(f"significant_shift {formats.SIGNIFICANT_SHIFT} no_target {formats.NO_TARGET}")
    lines.append(f"leak_shift {LEAK_SHIFT}")
    lines.append(f"generator {generator.DEFAULT_STATE}")
    for a in ACTIVATIONS.values():
        table = [] if a.table is None else a.table.tolist()
        lines.append(f"{a.name} {a.code} {a.sum_shift} {table}")
    return "\n".join(lines) + "\n"


def topology_text(topology: Topology) -> str:
    """The network in one line, and its fixed biases if it has any."""
    network = f"{topology} {' '.join(topology.activations)}\n"
    if any(topology.fixed_bias):
        network += f"fixed_bias {topology.fixed_bias}\n"
    return network


def fingerprint(topology: Topology) -> int:
    """CRC-32 over protocol, arithmetic, tracker constants and topology."""
    text = protocol_text() + arithmetic_text() + definition_text() + topology_text(topology)
    return zlib.crc32(text.encode())


def arithmetic_fingerprint(topology: Topology) -> int:
    """CRC-32 over what a network's results depend on: arithmetic and topology, no board."""
    return zlib.crc32((arithmetic_text() + topology_text(topology)).encode())
