"""What is changed, and which tests should notice: those nearest to it first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fixprop.reliability.mutation.avr_mutants import avr_mutants
from fixprop.reliability.mutation.c_mutants import c_mutants
from fixprop.reliability.mutation.copy import LIBRARY
from fixprop.reliability.mutation.mutant import Mutant
from fixprop.reliability.mutation.python_mutants import python_mutants

PACKAGE = Path("host/fixprop")
FIRMWARE_TESTS = "tests/firmware/fixprop"
BITS = f"{FIRMWARE_TESTS}/test_bit_equality.py"
FEATURES = f"{FIRMWARE_TESTS}/test_bit_equality_features.py"
EDGES = f"{FIRMWARE_TESTS}/test_native_edges.py"
CHIP = f"{FIRMWARE_TESTS}/test_avr_kernels.py"
CHIP_FEATURES = f"{FIRMWARE_TESTS}/test_avr_features.py"
COUNTS = f"{FIRMWARE_TESTS}/test_saturation.py"
COLUMN = "tests/host/model/test_column.py"
GENERATED = "tests/host/test_generated_files.py::test_every_generated_file_is_up_to_date"


@dataclass(frozen=True)
class Target:
    """Sources of one language; `first` gives the test file for a source's stem."""

    name: str
    sources: tuple[Path, ...]
    mutants: Callable[[Path, bytes], list[Mutant]]
    tests: tuple[str, ...]
    first: dict[str, str]
    compiled: bool

    def tests_of(self, path: Path) -> list[str]:
        """All tests, the nearest first."""
        return list(dict.fromkeys([self.first.get(path.stem, self.tests[0]), *self.tests]))


C = Target(
    "c",
    tuple(
        LIBRARY / name
        for name in (
            *("changes.c", "flash.c", "generator.c", "initial.c", "kernels.c", "leaky_relu.c"),
            *("linear.c", "network.c", "relu.c", "scaling.c", "sigmoid.c", "softmax.c", "tanh.c"),
            *("activation.h", "fixprop_saturation.h", "kernels.h", "rounding.h"),
        )
    ),
    c_mutants,
    (BITS, FEATURES, EDGES, COLUMN, "tests/host/test_native.py", COUNTS),
    {
        "changes": FEATURES,
        "fixprop_saturation": COUNTS,
        "flash": FEATURES,
        "initial": FEATURES,
        "scaling": COLUMN,
    },
    compiled=True,
)
MIRROR = Target(
    "mirror",
    tuple(
        PACKAGE / f"{name}.py"
        for name in (
            *("activations", "changes", "formats", "generator", "initial", "network"),
            *("saturation", "softmax"),
        )
    ),
    python_mutants,
    (
        *("tests/host/test_formats.py", "tests/host/test_softmax.py", GENERATED),
        *("tests/host/test_changes.py", "tests/host/test_activations.py"),
        "tests/host/test_activation_edges.py",
        *("tests/host/test_generator.py", "tests/host/test_network_edges.py"),
        *(BITS, FEATURES, "tests/host/test_network.py", "tests/host/test_reference.py"),
        *("tests/host/test_reference_losses.py", "tests/host/test_native.py"),
        *("tests/host/test_saturation.py", COUNTS),
    ),
    {
        "activations": "tests/host/test_activations.py",
        "changes": "tests/host/test_changes.py",
        "generator": "tests/host/test_generator.py",
        "initial": "tests/host/test_changes.py",
        "network": "tests/host/test_network_edges.py",
        "saturation": "tests/host/test_saturation.py",
        "softmax": "tests/host/test_softmax.py",
    },
    compiled=False,
)
AVR = Target(
    "avr",
    tuple(
        LIBRARY / f"avr_{name}"
        for name in (
            *("apply.S", "flash.S", "forward.S", "hidden.S", "linear.S", "relu.S", "sigmoid.S"),
            *("softmax.S", "tanh.S", "train.S", "update.S", "kernels.inc", "layer.inc"),
        )
    ),
    avr_mutants,
    (CHIP, CHIP_FEATURES),
    {"avr_apply": CHIP_FEATURES, "avr_flash": CHIP_FEATURES},
    compiled=False,
)
TARGETS = {target.name: target for target in (C, MIRROR, AVR)}
