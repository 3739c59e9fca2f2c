"""Whether a network fits the Uno, told before it is trained."""

from __future__ import annotations

from fixprop.errors import FixpropError
from fixprop.network import Topology


def check_size(topology: Topology, with_changes: bool) -> None:
    """FixpropError if it cannot learn on the Uno; `with_changes`: with momentum or in batches."""
    from fixprop.budget.estimate import SRAM_ROOM, memory
    from fixprop.budget.mode import Mode

    excess = -memory(topology, Mode.MOMENTUM if with_changes else Mode.TRAIN).sram_left
    if excess <= 0:
        return
    if memory(topology, Mode.FLASH).fits:
        cure = "it fits with its weights in flash, trained here and not on the board: --any-size"
    else:
        cure = "nor does it fit with its weights in flash; choose fewer neurons, or --any-size"
    raise FixpropError(
        f"a {topology} network is {excess:,} bytes too large to learn in the Uno's {SRAM_ROOM:,} "
        f"bytes of SRAM; {cure}"
    )
