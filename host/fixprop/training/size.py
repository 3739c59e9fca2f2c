"""Whether a network fits the Uno, told before it is trained."""

from __future__ import annotations

from fixprop.errors import FixpropError
from fixprop.network import Topology

SRAM_BYTES = 2048
FLASH_BYTES = 32_256
"""Below the boot loader."""


def check_size(topology: Topology, with_changes: bool) -> None:
    """FixpropError if it cannot learn on the Uno; `with_changes`: with momentum or in batches."""
    excess = -sram_left(topology, with_changes)
    if excess <= 0:
        return
    if flash_left(topology) >= 0:
        cure = "it fits with its weights in flash, trained here and not on the board: --any-size"
    else:
        cure = "nor do its weights fit the flash; choose fewer neurons, or --any-size all the same"
    raise FixpropError(
        f"a {topology} network is {excess:,} bytes too large to learn in the Uno's {SRAM_BYTES:,} "
        f"bytes of SRAM; {cure}"
    )


def sram_left(topology: Topology, with_changes: bool) -> int:
    """Bytes that a program that learns leaves free, stack included; negative: too few."""
    from fixprop.budget.figures import measured
    from fixprop.budget.memory import sram_parts, stack_bytes
    from fixprop.budget.mode import Mode

    mode = Mode.MOMENTUM if with_changes else Mode.TRAIN
    used = sum(sram_parts(topology, mode).values())
    return SRAM_BYTES - used - stack_bytes(topology, mode, measured())


def flash_left(topology: Topology) -> int:
    """Bytes of flash that a program that only infers, with its weights in flash, leaves free."""
    from fixprop.budget.figures import measured
    from fixprop.budget.memory import flash_parts
    from fixprop.budget.mode import Mode

    return FLASH_BYTES - sum(flash_parts(topology, Mode.FLASH, measured()).values())
