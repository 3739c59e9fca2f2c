"""Other boards and other sensors of the family: what stays, what changes."""

from __future__ import annotations

from dataclasses import dataclass

from fixprop.tracking.evaluation import FAR_CM, NEAR_CM

UNO = "Uno R3"


@dataclass(frozen=True)
class Board:
    """A board, and the pins whose label differs from the Uno's."""

    name: str
    chip: str
    moved: dict[str, str]
    status: str

    def label(self, on_uno: str) -> str:
        """Where a pin of the Uno is found on this board."""
        return self.moved.get(on_uno, on_uno)


BOARDS = (
    Board(UNO, "ATmega328P", {}, "the board that is simulated and tested"),
    Board(
        "Nano",
        "ATmega328P",
        {},
        "the same chip, clock and pins: the Uno's image runs on it; PlatformIO: "
        "`board = nanoatmega328new`, or `nanoatmega328` for the old boot loader; with that one a hang "
        "lasts until the power is switched off: burn Optiboot (docs/flashing.md)",
    ),
    # Arduino's pins_arduino.h of the Mega: D11 is PB5, OC1A; D9 is PH6, OC2B.
    Board(
        "Mega 2560",
        "ATmega2560",
        {"D9": "D11"},
        "Timer1's OC1A is D11 (PB5) there, D2 is PE4 and D13 PB7 (`firmware/src/chip.h`); "
        "PlatformIO: `-e mega`; built without a warning, never run on a board",
    ),
)


@dataclass(frozen=True)
class Model:
    """A sensor by its data sheet's table at 5 V: ends of the range, output there, current, cycle."""

    name: str
    sheet: str
    near_cm: float
    far_cm: float
    far_v: float
    rise_v: float  # output at near_cm less output at far_cm, typical
    typical_ma: int
    worst_ma: int
    cycle_ms: float

    @property
    def near_v(self) -> float:
        """Typical output at the near end."""
        return self.far_v + self.rise_v

    @property
    def slope_v_cm(self) -> float:
        """Output over 1 / distance, between the ends: they are nearly on a straight line there."""
        return self.rise_v / (1 / self.near_cm - 1 / self.far_cm)


MODELS = (
    Model("GP2Y0A21YK0F", "E4-A00201EN", 10, 80, 0.40, 1.90, 30, 40, 38.3),
    Model("GP2Y0A41SK0F", "OP13008EN", 4, 30, 0.40, 2.25, 12, 22, 16.5),
    Model("GP2Y0A02YK0F", "E4-A00101EN", 20, 150, 0.40, 2.05, 33, 50, 38.3),
)


def scale(model: Model) -> float:
    """Distances at which it reads what the GP2Y0A21 reads, over that sensor's."""
    return model.slope_v_cm / MODELS[0].slope_v_cm


def working_range_cm(model: Model) -> tuple[float, float]:
    """Where bearings may be hoped for: NEAR_CM to FAR_CM, scaled, but not nearer than it measures."""
    return max(NEAR_CM * scale(model), model.near_cm), FAR_CM * scale(model)
