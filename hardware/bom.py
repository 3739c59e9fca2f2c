"""The parts to buy, with numbers, alternatives and typical prices, and who draws how much current."""

from __future__ import annotations

from dataclasses import dataclass

from hardware.circuit import definition_pins

USB, SERVO = "Uno, 5 V from USB", "servo, 5 V supply"
# USB 2.0, section 7.2.1.4: five unit loads of 100 mA for a high-power device; the Uno's own fuse, an
# MF-MSMF050, is for as much.
USB_LIMIT_MA = 500
FUSE_HOLD_MA, FUSE_TRIP_MA = 750, 1500  # Bourns MF-R075
SUPPLY_MA = 2000


@dataclass(frozen=True)
class Item:
    """One row of the bill of materials; price of one piece in US dollars."""

    refs: tuple[str, ...]
    quantity: int
    part: str
    number: str
    alternatives: str
    price: float


@dataclass(frozen=True)
class Load:
    """What a part draws, in milliamperes: as a rule, and at worst."""

    refs: tuple[str, ...]
    rail: str
    typical_ma: int
    worst_ma: int
    source: str


def items() -> tuple[Item, ...]:
    """The bill of materials."""
    rows = [
        Item(("U1",), 1, "Arduino Uno R3", "Arduino A000066",
             "Nano A000005; a clone with ATmega328P at 16 MHz, 5 V", 27.60),
        Item(("S1", "S2"), 2, "infrared distance sensor, 10 to 80 cm", "Sharp GP2Y0A21YK0F",
             "Pololu 136, SparkFun SEN-00242, DFRobot SEN0014; see the table of models", 12.00),
        Item((), 2, "cable, JST PH 3-pin to bare or male ends, 30 cm", "Pololu 117",
             "often in the sensor's bag", 1.50),
        Item(("M1",), 1, "micro servo, 180 degrees", "Tower Pro SG90",
             "MG90S (metal gears, the same size)", 4.00),
        Item(("C1", "C2"), 2, "electrolytic capacitor 47 µF, 16 V", "Panasonic ECA-1CM470",
             "any of 10 to 100 µF, 10 V or more", 0.25),
        Item(("C3",), 1, "electrolytic capacitor 470 µF, 16 V", "Panasonic ECA-1CM471",
             "470 to 1000 µF, 10 V or more", 0.45),
        Item(("F1",), 1, "resettable fuse, 0.75 A hold, 1.5 A trip", "Bourns MF-R075",
             "Littelfuse RXEF075", 0.50),
        Item(("PS1",), 1, "mains supply 5 V, 2 A or more, regulated", "Mean Well GST18E05-P1J",
             "any USB charger of 2 A with a cut cable", 12.00),
        Item((), 1, "barrel jack to screw terminals", "Adafruit 368", "none with a cut cable", 2.00),
        Item((), 1, "breadboard, 400 holes", "BusBoard BB400", "any with two rails on each side", 4.50),
        Item((), 1, "set of jumper wires, male to male", "Adafruit 758", "solid wire 0.5 mm²", 4.00),
        Item((), 4, "screw M3 x 10 with nut", "DIN 912, DIN 934", "M3 x 8 to 16", 0.10),
        Item((), 1, "mount and pointer, at most 60 g of PLA", "hardware/mount", "PETG", 1.50),
    ]  # fmt: skip
    if "PIN_BUTTON" in definition_pins():
        rows.append(
            Item(
                ("SW1",), 1, "push button, 6 x 6 mm", "Omron B3F-1000", "two wires that touch", 0.40
            )
        )
    return tuple(rows)


def loads() -> tuple[Load, ...]:
    """Everything that draws current."""
    return (
        Load(("U1",), USB, 50, 60, "allowance for the board with its USB chip and LEDs"),
        Load(("S1",), USB, 30, 40, "Sharp E4-A00201EN, electro-optical characteristics"),
        Load(("S2",), USB, 30, 40, "Sharp E4-A00201EN, electro-optical characteristics"),
        Load(
            ("M1",), SERVO, 200, 700, "moving free; stalled: sellers' figures, 650 to 700 at 4.8 V"
        ),
    )


def total_price() -> float:
    """Of one build, in US dollars."""
    return sum(item.quantity * item.price for item in items())


def budget(rail: str) -> tuple[int, int]:
    """Typical and worst current of a rail, in milliamperes."""
    on_rail = [load for load in loads() if load.rail == rail]
    return sum(load.typical_ma for load in on_rail), sum(load.worst_ma for load in on_rail)


LIMITS_MA = {USB: USB_LIMIT_MA, SERVO: FUSE_HOLD_MA}
