"""What the chip is to do with the network: it decides what lies in SRAM and what in flash."""

from __future__ import annotations

from enum import Enum


class Mode(Enum):
    """A kind of bare program."""

    TRAIN = "train"
    MOMENTUM = "momentum"
    INFERENCE = "inference"
    FLASH = "flash"

    @property
    def text(self) -> str:
        """For people."""
        return {
            Mode.TRAIN: "learns and infers",
            Mode.MOMENTUM: "learns with momentum and infers",
            Mode.INFERENCE: "infers, weights in SRAM",
            Mode.FLASH: "infers, weights in flash",
        }[self]

    @property
    def learns(self) -> bool:
        """Whether there are training steps."""
        return self in (Mode.TRAIN, Mode.MOMENTUM)
