"""Every message, field and constant of the wire, with codes.py the only place where they are written.

messages.h for the firmware, records.py for Python and docs/protocol.md for people are generated
from the two by `fixprop generate`; codec.py encodes and decodes from it directly.
"""

from __future__ import annotations

import zlib

from fixprop.formats import ACTIVATION, NO_TARGET, RATE, WEIGHT
from fixprop.wire.codes import ENUMERATIONS as ENUMERATIONS
from fixprop.wire.schema import HEADER_SIZE, Field, Message

PROTOCOL_VERSION = 4

# 16 MHz / (8 * (3 + 1)) is 500000 exactly with U2X; the nearest to 115200 is 117647, 2.1 % off
# (ATmega328P datasheet, "Examples of UBRRn Settings").
BAUD = 500_000

MAX_LAYERS = 6
BYTES_PER_WEIGHT = WEIGHT.bits // 8  # little endian two's complement
WEIGHTS_PER_MESSAGE = 16
WEIGHT_DATA = f"u8[{BYTES_PER_WEIGHT * WEIGHTS_PER_MESSAGE}]"
BYTES_PER_VALUE = ACTIVATION.bits // 8  # little endian two's complement
SAMPLE_INPUTS, SAMPLE_OUTPUTS = 4, 3  # of the tracker's network
INPUT_DATA = f"u8[{BYTES_PER_VALUE * SAMPLE_INPUTS}]"
OUTPUT_DATA = f"u8[{BYTES_PER_VALUE * SAMPLE_OUTPUTS}]"
EACH_VALUE = f"{BYTES_PER_VALUE} bytes each, little endian"

RUN_OF_WEIGHTS = (
    Field("offset", "u16", "weights", "index of the first weight"),
    Field("count", "u8", "weights", f"weights in use, 1 to {WEIGHTS_PER_MESSAGE}"),
    Field(
        "data",
        WEIGHT_DATA,
        WEIGHT.q,
        f"weights of {BYTES_PER_WEIGHT} bytes, little endian, then zeros",
    ),
)

UNIT = (  # what belongs to one board and its sensors; all zero: never calibrated
    Field("unix_s", "u32", "s", "when it was calibrated, since 1970; 0: never"),
    Field("bandgap_mv", "u16", "mV", "the chip's bandgap, against which it measures its supply"),
    Field("left_gain", "u16", "UQ2.14", "of the left sensor, against the datasheet's curve"),
    Field("left_offset", "i16", "0.1 mV", "above the curve at 80 cm"),
    Field("left_beam", "u8", "0.1 deg", "half-angle of its beam; 0: not measured"),
    Field("left_crosstalk", "i8", "mV", "added by the right sensor's light"),
    Field("right_gain", "u16", "UQ2.14", "of the right sensor"),
    Field("right_offset", "i16", "0.1 mV", "above the curve at 80 cm"),
    Field("right_beam", "u8", "0.1 deg", "half-angle of its beam; 0: not measured"),
    Field("right_crosstalk", "i8", "mV", "added by the left sensor's light"),
)

HELLO = Message(
    0x01,
    "hello",
    "device to host",
    "Who the device is; sent after every reset, and when asked.",
    (
        Field("protocol", "u8", "", "version of this protocol"),
        Field("fingerprint", "u32", "", "checksum of protocol, number formats and topology"),
        Field("reset_cause", "u8", "", "why the device last started", "reset_cause"),
        Field("seed", "u32", "", "seed of the initial weights and of the training order"),
        Field("reading_period_us", "u32", "us", "time from one reading to the next"),
        Field("step", "u32", "steps", "training steps behind the present weights"),
        Field("reading_index", "u32", "readings", "number of the next reading"),
        Field("state", "u8", "", "what the device is doing", "state"),
        Field("layer_count", "u8", "layers", "layers of the network, the inputs included"),
        Field("layer_sizes", f"u8[{MAX_LAYERS}]", "neurons", "size of each layer, then zeros"),
        Field("free_sram", "u16", "bytes", "memory between static data and stack"),
        Field("rate", "u16", RATE.q, "learning rate"),
        Field("weights_source", "u8", "", "where the weights came from", "weights_source"),
        Field("weights_crc", "u16", "", "CRC-16 of all weights as `weights` sends them"),
    ),
    restarts_sequence=True,
)

READING = Message(
    0x02,
    "reading",
    "device to host",
    "One reading of both sensors and what the network makes of it.",
    (
        Field("reading_index", "u32", "readings", "number of this reading, from 0"),
        Field("time_us", "u32", "us", "the device's clock at the reading; wraps after 71 minutes"),
        Field("left", "u16", "ADC counts", "left sensor, sum of 8 conversions, as at 5000 mV"),
        Field("right", "u16", "ADC counts", "right sensor, sum of 8 conversions, as at 5000 mV"),
        Field("pointer_us", "u16", "us", "servo pulse in force when the reading was taken"),
        Field("state", "u8", "", "what the device is doing", "state"),
        Field("step", "u32", "steps", "training steps done so far"),
        Field("rate", "u16", RATE.q, "learning rate from this reading on"),
        Field("bearing", "i16", ACTIVATION.q, "network output: bearing of the hand now"),
        Field("bearing_ahead", "i16", ACTIVATION.q, "network output: bearing one reading ahead"),
        Field("presence", "i16", ACTIVATION.q, "network output: whether a hand is there"),
        Field("supply_mv", "u16", "mV", "supply just before; `left` and `right` are scaled by it"),
    ),
)

WEIGHT_CHECK = Message(
    0x03,
    "weight_check",
    "device to host",
    "Proof that device and host hold the same weights.",
    (
        Field("step", "u32", "steps", "training steps behind these weights"),
        Field("weights_crc", "u16", "", "CRC-16 of all weights as `weights` sends them"),
        Field("generator", "u32", "", "state of the generator that draws the training order"),
        Field("memory_count", "u8", "samples", "labelled samples in the replay memory"),
    ),
)

WEIGHTS = Message(
    0x04,
    "weights",
    "device to host",
    "A run of weights; several of these answer `get_weights`.",
    (Field("step", "u32", "steps", "training steps behind these weights"), *RUN_OF_WEIGHTS),
)

ACK = Message(
    0x05,
    "ack",
    "device to host",
    "The answer to a command.",
    (
        Field("command_sequence", "u8", "", "sequence of the command's frame"),
        Field("command", "u8", "", "code of the command"),
        Field("result", "u8", "", "what became of it", "result"),
        Field("reading_index", "u32", "readings", "first reading to which the command applies"),
        Field("step", "u32", "steps", "training steps done before the command took effect"),
    ),
)

HEALTH = Message(
    0x06,
    "health",
    "device to host",
    "What went wrong since the reset (counters stop at 65535), and what is left of the reserves.",
    (
        Field("reading_index", "u32", "readings", "number of the latest reading"),
        Field("missed_readings", "u16", "readings", "readings that came too late"),
        Field("lost_tx_frames", "u16", "frames", "frames dropped because the line was too slow"),
        Field("rx_crc_errors", "u16", "frames", "frames received damaged"),
        Field("rx_overruns", "u16", "bytes", "bytes received faster than they were read"),
        Field("rejected_samples", "u16", "samples", "labelled samples that were not plausible"),
        Field("saturated_weights", "u16", "weights", "at an end of their format now"),
        Field("stack_free", "u16", "bytes", "memory the stack has never touched"),
        Field("steps_last_reading", "u16", "steps", "training steps in the latest interval"),
        Field("loop_max_us", "u16", "us", "longest turn of the main loop"),
        Field("supply_mv", "u16", "mV", "supply at the latest reading, by the chip's bandgap"),
    ),
)

TRAINED = Message(
    0x07,
    "trained",
    "device to host",
    "What a `train_sample` did; follows its `ack`.",
    (
        Field("step", "u32", "steps", "training steps behind the weights, this one included"),
        Field("outputs", OUTPUT_DATA, ACTIVATION.q, f"before the step, {EACH_VALUE}"),
        Field("weights_crc", "u16", "", "CRC-16 of all weights after the step"),
    ),
)

STORED = Message(
    0x08,
    "stored",
    "device to host",
    "The end of a `save`, `load` or `erase`; of a `load` it follows the `ack`.",
    (
        Field("operation", "u8", "", "what was done", "store_operation"),
        Field("result", "u8", "", "what became of it", "store_result"),
        Field("slot", "u8", "", "the newest valid slot, from 0; 255: none"),
        Field("bad_slots", "u8", "slots", "found worn since the reset"),
        Field("generation", "u32", "", "number of the save that filled the slot"),
        Field("step", "u32", "steps", "training steps behind the weights"),
        Field("rate", "u16", RATE.q, "learning rate"),
        Field("weights_crc", "u16", "", "CRC-16 of all weights as `weights` sends them"),
    ),
)

PRESSED = Message(
    0x09,
    "pressed",
    "device to host",
    "The button on the board was used, or its lesson's time was over.",
    (
        Field("action", "u8", "", "what it did", "button_action"),
        Field("reading_index", "u32", "readings", "first reading to which it applies"),
        Field("step", "u32", "steps", "training steps done before it took effect"),
        Field("seed", "u32", "", "seed of the weights and of the training order from now on"),
    ),
)

CALIBRATION = Message(
    0x0A,
    "calibration",
    "device to host",
    "What the board keeps about its sensors; answers `get_calibration`, after its `ack`.",
    UNIT,
)

GET_HELLO = Message(
    0x81, "get_hello", "host to device", "Asks for a `hello`.", restarts_sequence=True
)

TEACH = Message(
    0x82,
    "teach",
    "host to device",
    "Sweeps the pointer; a hand that follows it labels the readings.",
    (Field("seconds", "u8", "s", "length of the lesson; 0 stops it"),),
)

LEARN = Message(
    0x83,
    "learn",
    "host to device",
    "Turns training on or off.",
    (Field("on", "u8", "", "1 on, 0 off"),),
)

SET_RATE = Message(
    0x84,
    "set_rate",
    "host to device",
    "Sets the learning rate.",
    (Field("rate", "u16", RATE.q, "learning rate"),),
)

RESET_WEIGHTS = Message(
    0x85,
    "reset_weights",
    "host to device",
    "Draws new initial weights and forgets the training.",
    (Field("seed", "u32", "", "seed of the initial weights and of the training order"),),
)

GET_WEIGHTS = Message(0x86, "get_weights", "host to device", "Asks for all `weights`.")

SET_WEIGHTS = Message(
    0x87,
    "set_weights",
    "host to device",
    "Replaces a run of weights.",
    RUN_OF_WEIGHTS,
)

SET_POINTER = Message(
    0x88,
    "set_pointer",
    "host to device",
    "Holds the pointer still, or lets the network point.",
    (Field("pointer_us", "u16", "us", "servo pulse; 0: the network points"),),
)

MARK = Message(
    0x89,
    "mark",
    "host to device",
    "Labels the present reading: the hand is there, or is not.",
    (
        Field(
            "bearing", "i16", ACTIVATION.q, "bearing of the hand, scaled as the network's output"
        ),
        Field("present", "u8", "", "1 a hand is there, 0 none is and `bearing` means nothing"),
    ),
)

TRAIN_SAMPLE = Message(
    0x8A,
    "train_sample",
    "host to device",
    "One training step on this sample, whether training is on or off; `trained` tells of it.",
    (
        Field("inputs", INPUT_DATA, ACTIVATION.q, f"of the network, {EACH_VALUE}"),
        Field("targets", OUTPUT_DATA, ACTIVATION.q, f"{EACH_VALUE}; {NO_TARGET}: nothing known"),
    ),
)

SAVE = Message(
    0x8B,
    "save",
    "host to device",
    "Stores the weights, step, rate and whether training is on; `stored` tells when it is done.",
)

LOAD = Message(0x8C, "load", "host to device", "Goes on with what was stored last.")

ERASE = Message(
    0x8D,
    "erase",
    "host to device",
    "Forgets all that is stored; the present weights stay. `stored` tells when it is done.",
)

SET_CALIBRATION = Message(
    0x8E,
    "set_calibration",
    "host to device",
    "Keeps this in a place of its own, used from the next reading on; `stored` tells when done.",
    UNIT,
)

GET_CALIBRATION = Message(
    0x8F, "get_calibration", "host to device", "Asks for the `calibration` in use."
)

MESSAGES = (
    HELLO,
    READING,
    WEIGHT_CHECK,
    WEIGHTS,
    ACK,
    HEALTH,
    TRAINED,
    STORED,
    PRESSED,
    CALIBRATION,
    GET_HELLO,
    TEACH,
    LEARN,
    SET_RATE,
    RESET_WEIGHTS,
    GET_WEIGHTS,
    SET_WEIGHTS,
    SET_POINTER,
    MARK,
    TRAIN_SAMPLE,
    SAVE,
    LOAD,
    ERASE,
    SET_CALIBRATION,
    GET_CALIBRATION,
)
BY_NAME = {message.name: message for message in MESSAGES}
BY_CODE = {message.code: message for message in MESSAGES}

CRC_SIZE = 2
MAX_PAYLOAD = max(message.payload_size for message in MESSAGES)
MAX_FRAME = 1 + MAX_PAYLOAD + CRC_SIZE + 1  # one COBS code byte in front, the delimiter behind


def protocol_text() -> str:
    """All that both sides must agree on, one fact a line; wording for people is left out."""
    lines = [
        f"protocol {PROTOCOL_VERSION}",
        f"baud {BAUD}",
        f"frame code:u8 sequence:u8 fields crc16-ccitt-false:u16 cobs 00, header {HEADER_SIZE}",
    ]
    for enumeration in ENUMERATIONS:
        lines += [f"{enumeration.name}.{m.name} {m.value}" for m in enumeration.members]
    for message in MESSAGES:
        restarts = " restarts" if message.restarts_sequence else ""
        lines.append(f"{message.name} {message.code:#04x} {message.direction}{restarts}")
        lines += [f"{message.name}.{f.name} {f.type} {f.unit}".rstrip() for f in message.fields]
    return "\n".join(lines) + "\n"


def protocol_crc() -> int:
    """CRC-32 of protocol_text(): the protocol's part of the fingerprint in `hello`."""
    return zlib.crc32(protocol_text().encode())
