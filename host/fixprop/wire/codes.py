"""What the numbers in some fields of messages.py stand for."""

from __future__ import annotations

from fixprop.wire.schema import Enumeration, Member

ENUMERATIONS = (
    Enumeration(
        "result",
        "What became of a command.",
        (
            Member("ok", 0, "done"),
            Member("bad_value", 1, "a field is outside what this firmware accepts"),
            Member("busy", 2, "not now; send it again later"),
            Member("unknown_command", 3, "this firmware has no such command"),
            Member("bad_length", 4, "the command is longer or shorter than this firmware's"),
            Member("incomplete", 5, "some weights were set and not all; set them all, or reset"),
            Member("nothing_stored", 6, "no weights of this firmware are stored; save some first"),
        ),
    ),
    Enumeration(
        "reset_cause",
        "Why the device started: the bits of MCUSR, and one of the firmware's own.",
        (
            Member("power_on", 1, "power came on"),
            Member("external", 2, "the reset pin: the button, or a port opened with DTR"),
            Member("brown_out", 4, "the supply fell below the brown-out level"),
            Member("watchdog", 8, "the main loop hung"),
            Member("stack", 16, "the stack had grown into the variables"),
        ),
        flags=True,
    ),
    Enumeration(
        "state",
        "What the device is doing.",
        (
            Member("teaching", 1, "the pointer sweeps and its angle labels the readings"),
            Member("learning", 2, "training steps run between readings"),
            Member("labelled", 4, "this reading carries a label"),
            Member("hand_absent_label", 8, "the label says that no hand is there"),
            Member("storing", 16, "the EEPROM is being written; training waits"),
            Member("incomplete", 32, "some weights were set and not all; nothing is trained"),
        ),
        flags=True,
    ),
    Enumeration(
        "weights_source",
        "Where the weights came from, before they were trained further.",
        (
            Member("initial", 0, "drawn from the seed"),
            Member("eeprom", 1, "loaded from the store"),
            Member("host", 2, "set by the host"),
        ),
    ),
    Enumeration(
        "button_action",
        "What the button on the board did.",
        (
            Member("teach", 0, "a lesson began, as by `teach`"),
            Member("end", 1, "the lesson ended, training too; the weights are being saved"),
            Member("forget", 2, "new weights from `seed`, no lesson; the store is being erased"),
            Member("refused", 3, "nothing: some weights were set and not all"),
        ),
    ),
    Enumeration(
        "store_operation",
        "What was done with the store.",
        (
            Member("save", 0, "the weights went into a slot"),
            Member("load", 1, "the weights came out of the newest slot"),
            Member("erase", 2, "all slots were made invalid"),
            Member("calibrate", 3, "the calibration went into a slot of its own"),
        ),
    ),
    Enumeration(
        "store_result",
        "What became of it.",
        (
            Member("ok", 0, "done, and every cell read back"),
            Member("worn", 1, "not done: cells did not keep what was written; the old is kept"),
        ),
    ),
)
