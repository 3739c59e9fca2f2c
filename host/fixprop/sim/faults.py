"""Boards and worlds with something wrong: each fault is what a bad wire or part does, not a verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fixprop.board.port import Port
from fixprop.board.simulated import SimulatedBoard
from fixprop.errors import FixpropError
from fixprop.firmware_build import build_firmware
from fixprop.sim.faulty_line import FaultyLine
from fixprop.sim.paths import Still
from fixprop.sim.scene import World
from fixprop.sim.sensors import LEFT, RIGHT, SensorModel
from fixprop.sim.supply import Supply
from fixprop.sim.uno import AVCC_MV, BANDGAP_MV, CLOCK_HZ, OPEN, SRAM_START, SimulatedUno
from fixprop.wire.codec import decode, encode
from fixprop.wire.framing import CrcError, Malformed
from fixprop.wire.messages import PROTOCOL_VERSION
from fixprop.wire.records import Hello

Pin = Callable[[float], int | None]
OLDER = PROTOCOL_VERSION - 1
WORN_CELLS = 8  # in a row: no record has so many 0xFF
SLOT_CELLS = 4 * 221  # four slots of the tracker's record


class FaultyWorld(World):
    """A world where pins may be wired otherwise: `pins[channel](time_s)` as the simulated Uno has it.

    None: as it is in a healthy one.
    """

    def __init__(self, seed: int, **world: Any) -> None:
        super().__init__(seed, Still(), **world)
        self.pins: dict[int, Pin] = {}
        self.servo_plugged, self.crossed = True, False

    def adc_mv(self, channel: int, cycle: int) -> int:
        """See World."""
        wired = self.pins[channel](cycle / CLOCK_HZ) if channel in self.pins else None
        if wired is not None:
            return wired
        return super().adc_mv(1 - channel if self.crossed else channel, cycle)

    def servo_pulse(self, pulse_us: float, time_s: float) -> None:
        """See World."""
        if self.servo_plugged:
            super().servo_pulse(pulse_us, time_s)


@dataclass
class Bench:
    """A simulated board on its line, to be made faulty."""

    seed: int
    world: FaultyWorld
    line: FaultyLine
    rng: np.random.Generator

    @property
    def port(self) -> Port:
        """What the board is reached through."""
        return self.line


@dataclass(frozen=True)
class Fault:
    """Something to do to a bench, before the board starts."""

    name: str
    text: str
    world: Callable[[int], FaultyWorld] = FaultyWorld
    spoil: Callable[[Bench], None] = lambda _: None
    garble: Callable[[np.random.Generator], Callable[[bytes], bytes]] = lambda _: lambda data: data


def make_bench(seed: int, fault: Fault | None = None, elf: Path | None = None) -> Bench:
    """The firmware, or `elf`, on a simulated board with that fault, or a healthy one."""
    fault = fault or Fault("healthy", "nothing")
    rng = np.random.default_rng([seed, 77])
    world = fault.world(seed)
    line = FaultyLine(SimulatedBoard(elf or build_firmware().elf, world), fault.garble(rng))
    bench = Bench(seed, world, line, rng)
    fault.spoil(bench)
    return bench


def _pin(side: int, make: Callable[[np.random.Generator], Pin]) -> Callable[[Bench], None]:
    def spoil(bench: Bench) -> None:
        bench.world.pins[side] = make(bench.rng)

    return spoil


def _constant(low_mv: float, high_mv: float) -> Callable[[np.random.Generator], Pin]:
    def make(rng: np.random.Generator) -> Pin:
        millivolts = round(rng.uniform(low_mv, high_mv))
        return lambda _: millivolts

    return make


def _floating(rng: np.random.Generator) -> Pin:
    """Mains hum of 0.3 to 2.5 V about some level: a pin of 10^8 ohms beside wires."""
    level, hum = rng.uniform(200, 3000), rng.uniform(300, 2500)
    hertz, phase = float(rng.choice([50.0, 60.0])), rng.uniform(0, 2 * np.pi)

    def millivolts(time_s: float) -> int:
        wave = level + hum * np.sin(2 * np.pi * hertz * time_s + phase)
        return OPEN | round(float(np.clip(wave, 0, AVCC_MV)))

    return millivolts


def _bad_contact(rng: np.random.Generator) -> Pin:
    """It opens for 0.05 to 0.5 s, 3 to 10 times in 10 s, over and over."""
    starts, lasts = rng.uniform(0, 9.5, rng.integers(3, 11)), rng.uniform(0.05, 0.5)
    around = OPEN | int(rng.integers(0, 3000))

    def millivolts(time_s: float) -> int | None:
        since = time_s % 10.0 - starts
        return around if bool(((since >= 0) & (since < lasts)).any()) else None

    return millivolts


def _steady_open(side: int) -> Callable[[Bench], None]:
    """An open pin in quiet surroundings reads what the ADC's capacitor held before.

    That is the bandgap or the other sensor, here its wall, and the ADC's own noise.
    """

    def spoil(bench: Bench) -> None:
        other = bench.world.sensors[1 - side]
        before_mv = (BANDGAP_MV, float(other.measure_mv(0, np.nan, np.nan)))
        level_mv = max(100.0, bench.rng.choice(before_mv) + bench.rng.uniform(-50, 300))
        noise_mv = bench.rng.uniform(1, 7)  # 0.2 to 1.5 counts
        rng = bench.rng
        bench.world.pins[side] = lambda _: OPEN | round(level_mv + noise_mv * rng.standard_normal())

    return spoil


def _noisy(side: int, factor: float) -> Callable[[int], FaultyWorld]:
    def make(seed: int) -> FaultyWorld:
        world = FaultyWorld(seed)
        sensors = list(world.sensors)
        sensors[side] = SensorModel(
            world.units[side], side, seed, mount=world.mount, hand=world.hand, noise=factor
        )
        world.sensors = tuple(sensors)
        return world

    return make


def _set(name: str, value: bool) -> Callable[[Bench], None]:
    return lambda bench: setattr(bench.world, name, value)


def _flip_bits(rng: np.random.Generator) -> Callable[[bytes], bytes]:
    def garble(data: bytes) -> bytes:
        hit = rng.random(len(data)) < 1 / 400
        return bytes(
            b ^ (1 << int(rng.integers(8)) if h else 0) for b, h in zip(data, hit, strict=True)
        )

    return garble


def _drop_bytes(rng: np.random.Generator) -> Callable[[bytes], bytes]:
    def garble(data: bytes) -> bytes:
        kept = rng.random(len(data)) >= 1 / 400
        return bytes(b for b, k in zip(data, kept, strict=True) if k)

    return garble


def _another_sketch(rng: np.random.Generator) -> Callable[[bytes], bytes]:
    return lambda data: f"Distance: {rng.uniform(10, 80):.1f} cm\r\n".encode() if data else b""


def _hello(**changed: int) -> Callable[[np.random.Generator], Callable[[bytes], bytes]]:
    """A line on which the hello says something else, as that of other firmware does."""

    def make(_: np.random.Generator) -> Callable[[bytes], bytes]:
        pending = bytearray()

        def garble(data: bytes) -> bytes:
            pending.extend(data)
            *frames, rest = bytes(pending).split(b"\0")
            pending[:] = rest
            return b"".join(_changed(frame, changed) for frame in frames)

        return garble

    return make


def _changed(stuffed: bytes, changed: dict[str, int]) -> bytes:
    try:
        frame = decode(stuffed)
    except (CrcError, Malformed):
        return stuffed + b"\0"
    if not isinstance(frame.message, Hello):
        return stuffed + b"\0"
    values = frame.values | changed
    return encode(frame.name, frame.sequence, **values)


def _symbol(uno: SimulatedUno, name: str) -> int:
    for symbol, address in uno.firmware.symbols.items():
        if symbol == name or symbol.startswith(f"{name}.lto_priv"):
            return address
    raise FixpropError(f"the firmware has no variable {name!r}")


def _restarts(bench: Bench) -> None:
    for at_s in (2.0, 3.5):
        bench.line.at.append((at_s, lambda board: board.uno.reset("power")))


def _deep_stack(bench: Bench) -> None:
    left = int(bench.rng.integers(20, 290))

    def touch(board: SimulatedBoard) -> None:
        heap = SRAM_START + board.uno.static_sram_bytes
        board.uno.write_sram(heap + left, b"\0")

    bench.line.at.append((1.0, touch))


def _late_loop(bench: Bench) -> None:
    """The ADC's interrupt found a reading that nobody had taken."""
    count = int(bench.rng.integers(1, 20))
    bench.line.at.append(
        (1.0, lambda board: board.uno.write_sram(_symbol(board.uno, "missed"), bytes([count, 0])))
    )


def _worn_cells(bench: Bench) -> None:
    """Cells of one slot that cannot be programmed any more: they stay at 0xFF."""
    first = int(bench.rng.integers(0, SLOT_CELLS - WORN_CELLS))

    def wear(board: SimulatedBoard) -> None:
        _poke_eeprom(board.uno, first, bytes([0xFF] * WORN_CELLS))

    bench.line.each_slice = wear


def _poke_eeprom(uno: SimulatedUno, address: int, data: bytes) -> None:
    uno._ffi.memmove(uno._c.uno_eeprom(uno._uno) + address, data, len(data))


def _deaf(bench: Bench) -> None:
    bench.line.hears = False


def _clock(bench: Bench) -> None:
    bench.line.clock = 1 + float(bench.rng.choice([-1, 1])) * float(bench.rng.uniform(0.012, 0.03))


def _with_supply(supply: Supply) -> Callable[[int], FaultyWorld]:
    return lambda seed: FaultyWorld(seed, supply=supply)


FAULTS = (
    Fault("left_unplugged", "no plug in the left sensor: A0 floats", spoil=_pin(LEFT, _floating)),
    Fault(
        "right_unplugged", "no plug in the right sensor: A1 floats", spoil=_pin(RIGHT, _floating)
    ),
    Fault("left_loose", "A0 floats, steadily", spoil=_steady_open(LEFT)),
    Fault("right_loose", "A1 floats, steadily", spoil=_steady_open(RIGHT)),
    Fault("left_intermittent", "A0's wire has a bad contact", spoil=_pin(LEFT, _bad_contact)),
    Fault("left_unpowered", "the left sensor's red wire is off", spoil=_pin(LEFT, _constant(0, 9))),
    Fault("right_shorted", "A1 on 5V", spoil=_pin(RIGHT, _constant(4950, AVCC_MV))),
    Fault("left_stuck", "the left sensor holds one value", spoil=_pin(LEFT, _constant(200, 3000))),
    Fault(
        "right_noisy", "the right sensor without its capacitor: three times the noise", _noisy(1, 3)
    ),
    Fault("sensors_swapped", "A0 and A1 exchanged", spoil=_set("crossed", True)),
    Fault("servo_unplugged", "the servo gets no pulse", spoil=_set("servo_plugged", False)),
    Fault("servo_on_board", "the servo on the board's 5V", _with_supply(Supply(sag_mv=400))),
    Fault("supply_low", "3.9 V at the sensors", _with_supply(Supply(idle_mv=3900))),
    Fault("clock_off", "a clock 1.2 to 3 % fast or slow", spoil=_clock),
    Fault("bits_flipped", "one byte of 400 has a wrong bit", garble=_flip_bits),
    Fault("bytes_lost", "one byte of 400 is lost", garble=_drop_bytes),
    Fault("silent", "nothing comes over the line", garble=lambda _: lambda _data: b""),
    Fault("another_sketch", "a sketch that prints distances", garble=_another_sketch),
    Fault("old_protocol", "firmware of the protocol before", garble=_hello(protocol=OLDER)),
    Fault("other_firmware", "firmware of another network", garble=_hello(fingerprint=0x12345678)),
    Fault("deaf", "no byte reaches the board", spoil=_deaf),
    Fault("brown_out", "the supply broke down before", garble=_hello(reset_cause=4)),
    Fault("loose_power", "the power fails twice", spoil=_restarts),
    Fault(
        "weak_supply",
        "3.9 V, and it fails twice",
        _with_supply(Supply(idle_mv=3900)),
        spoil=_restarts,
        garble=_hello(reset_cause=0),
    ),
    Fault("deep_stack", "the stack came close to the variables", spoil=_deep_stack),
    Fault("late_loop", "the main loop was late", spoil=_late_loop),
    Fault("worn_eeprom", "eight cells of EEPROM stay erased", spoil=_worn_cells),
)
BY_NAME = {fault.name: fault for fault in FAULTS}
