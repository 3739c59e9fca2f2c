"""The network library alone on a simulated ATmega328P: the same class shape as the mirror."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fixprop.activations import ACTIVATIONS
from fixprop.firmware_build import AVR_PACKAGES
from fixprop.formats import RESIDUAL_BITS, Integers
from fixprop.native import FIXED_BIAS, LIBRARY
from fixprop.network import Topology
from fixprop.sim.uno import SRAM_START, SimulatedUno
from fixprop.toolchain import require_tool

HERE = Path(__file__).parent
STACK_POINTER = 0x5D
PAINT = 0xC5
GUARD = b"\xa5\x5a\xa5\x5a"  # between the arrays: nobody may write there
FORWARD, TRAIN, ACCUMULATE, APPLY, TRAIN_MOMENTUM, XAVIER, HE = range(1, 8)
LAYER_BYTES = 5
RESTORED = [*range(2, 18), 28, 29]  # avr-gcc's call-saved registers
FLAGS = ["-mmcu=atmega328p", "-Os", "-std=gnu11", "-ffunction-sections", "-fdata-sections"]
WARNINGS = ["-Wall", "-Wextra", "-Werror", "-Wconversion"]


def compile_for_chip(target: Path, sources: list[Path], *flags: str) -> Path:
    """An ELF for the ATmega328P at `target` from `sources` and the network library."""
    library = [*sorted(LIBRARY.glob("*.c")), *sorted(LIBRARY.glob("*.S"))]
    command = [require_tool("avr-gcc", AVR_PACKAGES), *FLAGS, *WARNINGS, "-Wl,--gc-sections"]
    command += [f"-I{LIBRARY}", *flags, *map(str, [*sources, *library]), "-o", str(target)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not run.returncode, run.stderr
    return target


class Chip:
    """A simulated chip that runs one network after another."""

    def __init__(self, elf: Path) -> None:
        self.uno = SimulatedUno(elf)
        self.uno.run(2000)  # past the startup code, which clears SRAM

    def load(self, topology: Topology, rate: int) -> None:
        """Lay a network's arrays out in the pool, with guards between them."""
        self.topology = topology
        sizes, weights = topology.sizes, topology.weight_count
        self._end = SRAM_START + self.uno.static_sram_bytes
        self._guards: list[int] = []
        layers = self._place(LAYER_BYTES * len(topology.activations))
        self._weights, self._residuals = self._place(2 * weights), self._place(weights)
        self._values, self._deltas = self._place(2 * sum(sizes)), self._place(4 * sum(sizes[1:]))
        self._targets = self._place(2 * sizes[-1])
        self._paint_stack()
        self._write(layers, b"".join(map(self._layer, range(len(topology.activations)))))
        self._write_words("targets", self._targets)
        self._write_words("network", layers)
        self.uno.write_sram(self.uno.symbol("network") + 2, bytes([len(topology.activations)]))
        arrays = np.array([self._weights, self._residuals, self._values, self._deltas, rate], "<u2")
        self._write(self.uno.symbol("network") + 3, arrays.tobytes())

    def _place(self, size: int) -> int:
        start = self._end
        self._write(start + size, GUARD)
        self._guards.append(start + size)
        self._end = start + size + len(GUARD)
        return start

    def _paint_stack(self) -> None:
        self._top = int(self._read(STACK_POINTER, "<u2", 1)[0]) + 1
        self._write(self._end, bytes([PAINT]) * (self._top - self._end))

    @property
    def stack_bytes(self) -> int:
        """Most bytes of stack that a call has used since `load`, return address included."""
        untouched = self.uno.read_sram(self._end, self._top - self._end)
        return len(untouched.lstrip(bytes([PAINT])))

    def _layer(self, index: int) -> bytes:
        code = ACTIVATIONS[self.topology.activations[index]].code
        activation = self.uno.read_sram(self.uno.symbol("activations") + 2 * code, 2)
        flags = FIXED_BIAS if self.topology.has_fixed_bias(index) else 0
        return bytes(self.topology.sizes[index : index + 2]) + activation + bytes([flags])

    def _write(self, address: int, data: bytes) -> None:
        self.uno.write_sram(address, data)

    def _write_words(self, symbol: str, *words: int) -> None:
        self._write(self.uno.symbol(symbol), np.array(words, "<u2").tobytes())

    def set_flat_weights(self, flat: ArrayLike) -> None:
        """Weights int [weight_count], Q4.19."""
        weights = np.asarray(flat, np.int64)
        self._write(self._weights, (weights >> RESIDUAL_BITS).astype("<i2").tobytes())
        self._write(self._residuals, weights.astype(np.uint8).tobytes())

    def flat_weights(self) -> Integers:
        """int64 [weight_count], Q4.19."""
        upper = self._read(self._weights, "<i2", self.topology.weight_count).astype(np.int64)
        return (upper << RESIDUAL_BITS) + self._read(
            self._residuals, "u1", self.topology.weight_count
        )

    def deltas(self) -> Integers:
        """int64 [neurons of all layers], Q2.21, of the latest training step."""
        return self._read(self._deltas, "<i4", sum(self.topology.sizes[1:])).astype(np.int64)

    def outputs(self) -> Integers:
        """int64 [neurons of all layers], Q0.15, of the latest forward pass."""
        inputs = self.topology.sizes[0]
        values = self._read(self._values, "<i2", sum(self.topology.sizes))
        return values[inputs:].astype(np.int64)

    def _read(self, address: int, kind: str, count: int) -> NDArray[np.signedinteger]:
        return np.frombuffer(self.uno.read_sram(address, np.dtype(kind).itemsize * count), kind)

    def forward(self, inputs: ArrayLike, *, interrupts: bool = False) -> int:
        """One forward pass; returns the cycles from call to return."""
        cycles = self._command(FORWARD, inputs, interrupts)
        returned = int(self._read(self.uno.symbol("outputs"), "<u2", 1)[0])
        assert returned == self._values + 2 * sum(self.topology.sizes[:-1])
        return cycles

    def train(self, inputs: ArrayLike, targets: ArrayLike, *, interrupts: bool = False) -> int:
        """One training step; returns the cycles from call to return."""
        self._write(self._targets, np.asarray(targets, "<i2").tobytes())
        return self._command(TRAIN, inputs, interrupts)

    def load_changes(self, momentum: int) -> None:
        """Place changes behind the network that was loaded, all zero."""
        count = self.topology.weight_count
        self._upper, self._lower = self._place(2 * count), self._place(count)
        self._write(self._upper, bytes(2 * count))
        self._write(self._lower, bytes(count))
        self._paint_stack()
        self._write_words("changes", self._upper, self._lower, momentum)

    def changes(self) -> Integers:
        """int64 [weight_count], Q4.19."""
        count = self.topology.weight_count
        upper = self._read(self._upper, "<i2", count).astype(np.int64)
        return (upper << RESIDUAL_BITS) + self._read(self._lower, "u1", count)

    def set_changes(self, flat: ArrayLike) -> None:
        """Changes int [weight_count], Q4.19."""
        changes = np.asarray(flat, np.int64)
        self._write(self._upper, (changes >> RESIDUAL_BITS).astype("<i2").tobytes())
        self._write(self._lower, changes.astype(np.uint8).tobytes())

    def initialise(self, command: int, state: int) -> None:
        """Draw weights by `command`, XAVIER or HE, from a generator in `state`."""
        self._write(self.uno.symbol("generator"), np.array([state], "<u4").tobytes())
        self._command(command, [], False)

    def accumulate(self, inputs: ArrayLike, targets: ArrayLike) -> int:
        """One step into the changes; returns the cycles from call to return."""
        self._write(self._targets, np.asarray(targets, "<i2").tobytes())
        return self._command(ACCUMULATE, inputs, False)

    def apply(self) -> int:
        """Changes into weights; returns the cycles from call to return."""
        return self._command(APPLY, [], False)

    def train_momentum(
        self, inputs: ArrayLike, targets: ArrayLike, *, interrupts: bool = False
    ) -> int:
        """One training step with momentum; returns the cycles from call to return."""
        self._write(self._targets, np.asarray(targets, "<i2").tobytes())
        return self._command(TRAIN_MOMENTUM, inputs, interrupts)

    def _command(self, command: int, inputs: ArrayLike, interrupts: bool) -> int:
        self._write(self._values, np.asarray(inputs, "<i2").tobytes())
        self._write(self.uno.symbol("interrupts"), bytes([interrupts]))
        self._write(self.uno.symbol("command"), bytes([command]))
        for _ in range(2000):
            self.uno.run(2000)
            if self.uno.read_sram(self.uno.symbol("command"), 1) == b"\0":
                return self._checked_cycles()
        raise AssertionError(f"{self.topology}: the chip did not return")

    def _checked_cycles(self) -> int:
        begin, end = self.uno.marks()
        assert (begin.value, end.value) == (1, 0), "r1 must be zero after a call"
        registers = self.uno.read_sram(self.uno.symbol("registers"), 32)
        assert [registers[r] for r in RESTORED] == RESTORED, "call-saved registers"
        for guard in self._guards:
            assert self.uno.read_sram(guard, len(GUARD)) == GUARD, "wrote outside its arrays"
        return end.cycle - begin.cycle - 1
