"""Every finding there is: what it means, its limit and what to do. docs/doctor.md is made from it."""

from __future__ import annotations

from dataclasses import dataclass

from fixprop.board.finder import BRLTTY
from fixprop.doctor import limits
from fixprop.firmware_build import STACK_RESERVE_BYTES

FLASH = "flash this checkout's firmware: fixprop flash"

CABLE = "try another USB cable and port, without a hub, away from the servo's wires"
FIRMWARE_16U2 = (
    "a few are normal with the firmware of an Uno's or Mega's 16U2; its newer LUFA firmware (151115) "
    "or HoodLoader2 cures it; against more, " + CABLE
)


@dataclass(frozen=True)
class Kind:
    """One thing that may be wrong. `{side}` in `do` is left or right, `{pin}` A0 or A1."""

    name: str
    check: str
    meaning: str
    limit: str
    do: str


KINDS = (
    Kind(
        "missing_tool",
        "tools",
        "a program or library is not installed",
        "what the command needs",
        "install it as the line says",
    ),
    Kind(
        "no_permission",
        "port",
        "this user may not read and write the port",
        "read and write",
        "sudo usermod -aG dialout $USER, then log in again",
    ),
    Kind(
        "no_port",
        "port",
        "no board is plugged in, or its port does not open",
        "one port that opens",
        f"plug the board in, close other programs that use it, or try --port sim://; {BRLTTY}",
    ),
    Kind(
        "silent",
        "board",
        "the port opens and nothing comes",
        "a hello within 4 s",
        "check the USB cable carries data, then " + FLASH,
    ),
    Kind(
        "foreign",
        "board",
        "bytes come, but not this project's",
        "a hello within 4 s",
        FLASH,
    ),
    Kind(
        "other_protocol",
        "firmware",
        "the board speaks another version of the protocol",
        "this host's version",
        "the older side needs an update; for the board: fixprop flash",
    ),
    Kind(
        "other_firmware",
        "firmware",
        "formats, constants or topology differ from this host's",
        "this host's fingerprint",
        FLASH,
    ),
    Kind(
        "no_answer",
        "board",
        "readings come, but a command is not answered, three times over",
        "an answer within 1 s",
        "press the board's reset button; then look at the RX light while a command is sent",
    ),
    Kind(
        "brown_out",
        "supply",
        "the board started because its supply had fallen below 2.7 V: it says so, or it started "
        "anew while its supply is low or sags",
        "another cause of the start",
        "give the servo its own supply with the ground shared; use a short USB cable",
    ),
    Kind(
        "hung",
        "board",
        "the board started because its main loop had hung",
        "another cause of the start",
        "report it, with a recording: fixprop record",
    ),
    Kind(
        "restarts",
        "board",
        "the board started anew while it was watched",
        "no restart",
        "look for a loose 5V, GND or RESET wire, and for a servo on the board's supply",
    ),
    Kind(
        "supply_low",
        "supply",
        "the sensors have less than they need",
        f"{limits.SUPPLY_LOWEST_MV} mV of a calibrated board, {limits.SUPPLY_SURELY_LOW_MV} mV of "
        "another: its bandgap is known to 10 % only",
        "use another USB port or a shorter cable; nothing but sensors on the 5V pin",
    ),
    Kind(
        "supply_high",
        "supply",
        "the sensors have more than they stand",
        f"{limits.SUPPLY_HIGHEST_MV} mV of a calibrated board, {limits.SUPPLY_SURELY_HIGH_MV} mV of "
        "another",
        "unplug it now; feed the board through USB",
    ),
    Kind(
        "supply_sags",
        "supply",
        "the supply falls while the servo turns",
        f"{limits.SAG_MV} mV: the ADC's absolute accuracy of 2 codes, twice, of the bandgap",
        "give the servo its own 5 V supply with the ground shared and 470 uF beside it",
    ),
    Kind(
        "sensor_high",
        "sensors",
        "nothing drives the pin, or it is on 5V",
        f"{limits.SHORTED} counts x 8, above every sensor's 3.65 V",
        "{side} sensor: its plug is off, its yellow wire on {pin} is loose or touches 5V, or its "
        "ground wire is off",
    ),
    Kind(
        "sensor_low",
        "sensors",
        "the pin is at ground, with a hand too",
        f"mean of {limits.LOW} counts x 8; the weakest unit gives 64 before a wall at 150 cm",
        "{side} sensor: check its red wire on 5V and that its yellow wire on {pin} is not on ground",
    ),
    Kind(
        "sensor_floating",
        "sensors",
        "its contact comes and goes, or it wanders as no sensor does",
        f"{limits.FLOATING_SIGMA:.0f} counts x 8 from one reading to the next, usually; a reading "
        f"above {limits.SHORTED}, or usually above {limits.HIGHEST}, counts x 8",
        "{side} sensor: its plug or its wire is loose: push the plug and the yellow wire on "
        "{pin} in; then run it again, away from it",
    ),
    Kind(
        "sensor_stuck",
        "sensors",
        "the same value all the time, hand or not",
        f"standard deviation of {limits.STUCK_SIGMA:.1f} counts x 8; a live sensor has 22 or more",
        "{side} sensor: something else drives {pin}, or the sensor is broken: look where its "
        "yellow wire goes; if its output does not move with a hand then, replace it",
    ),
    Kind(
        "sensor_noisy",
        "sensors",
        "it is noisier than a sensor with its capacitor",
        f"standard deviation of {limits.HEALTHY_SIGMA:.0f} counts x 8, and what so few readings "
        "may add",
        "{side} sensor: put 10 uF or more between its red and black wires, close to its plug",
    ),
    Kind(
        "sensor_blind",
        "hand",
        "it does not rise when a hand is before it",
        f"{limits.RISE} counts x 8: half of what a hand at 30 cm gives the weakest unit",
        "{side} sensor: clean its lens, turn it forward, and hold the hand 20 cm before it",
    ),
    Kind(
        "sensors_swapped",
        "hand",
        "the right sensor rises for a hand on the left, and the other way round",
        f"{limits.RISE} counts x 8",
        "exchange the wires on A0 and A1: left is A0",
    ),
    Kind(
        "servo_still",
        "servo",
        "the pointer does not turn as its pulse says",
        f"{limits.POINTER_DEG:.0f} degrees to either side",
        "check the servo's signal wire on D9, its own 5 V supply and that the grounds are joined",
    ),
    Kind(
        "eeprom_worn",
        "eeprom",
        "cells do not keep what is written (with --write)",
        "no slot",
        "the other slots still serve; replace the chip when none is left",
    ),
    Kind(
        "eeprom_differs",
        "eeprom",
        "what was loaded is not what was saved (with --write)",
        "the same checksum",
        "save again; if it stays so, replace the chip and report it",
    ),
    Kind(
        "memory_low",
        "memory",
        "the stack has come close to the variables",
        f"{STACK_RESERVE_BYTES} bytes never touched",
        "take a smaller network: fixprop budget TOPOLOGY; " + FLASH,
    ),
    Kind(
        "clock_off",
        "clock",
        "the board's clock runs faster or slower than this computer's",
        f"{100 * limits.CLOCK:g} % of an Uno's ceramic resonator, beyond three standard errors",
        "servo pulses and periods are off by as much; replace the resonator or use another board",
    ),
    Kind(
        "readings_missed",
        "readings",
        "the main loop was late for a reading",
        "no reading",
        "send fewer commands; if none are sent, report it with a recording: fixprop record",
    ),
    Kind(
        "line_errors",
        "line",
        "frames arrived damaged or not at all",
        f"no frame, in either direction; {limits.LINE_ERRORS_16U2} a minute with a 16U2 (USB vendor "
        "2341 or 2A03)",
        CABLE,
    ),
)

BY_NAME = {kind.name: kind for kind in KINDS}
PINS = {"left": "A0", "right": "A1", "": ""}


@dataclass(frozen=True)
class Finding:
    """Something that is wrong: what was seen, with its value and limit."""

    kind: str
    seen: str
    side: str = ""
    cure: str = ""

    @property
    def do(self) -> str:
        """What to do about it."""
        return self.cure or BY_NAME[self.kind].do.format(side=self.side, pin=PINS[self.side])

    @property
    def name(self) -> str:
        """The kind, and the side if it has one."""
        return f"{self.kind} ({self.side})" if self.side else self.kind

    def line(self) -> str:
        """The whole finding."""
        return f"{self.seen}: {self.do}"

    def as_json(self) -> dict[str, str]:
        """For --json."""
        return {"kind": self.kind, "side": self.side, "seen": self.seen, "do": self.do}
