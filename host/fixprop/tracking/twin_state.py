"""How a twin stands: figures, and one line for people."""

from __future__ import annotations

from dataclasses import dataclass

RESET = "reset the weights to start again"
NOT_BEGUN = "no board has been heard from its start yet"
IN_STEP = "in step: every weight is known"
IN_STEP_UNKNOWN = "in step, but the board loaded weights that were not saved before us: pull them"


@dataclass
class TwinState:
    """What has been replayed and how it compared."""

    steps_replayed: int = 0
    gaps: int = 0  # times that it fell out of step: frames were lost, or the line
    readings: int = 0
    checksums_compared: int = 0
    checksums_equal: int = 0
    first_difference: str | None = None
