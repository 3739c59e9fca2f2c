"""Behind the Uno's boot loader, which clears the chip's note of why it started, a hang is known too."""

from __future__ import annotations

from fixprop.firmware_build import build_firmware
from fixprop.intel_hex import read_intel_hex
from fixprop.sim.bootloader import BOOT_START, build_optiboot, flash_with_boot_loader
from fixprop.sim.uno import CLOCK_HZ, SimulatedUno
from fixprop.wire.codec import encode_record
from fixprop.wire.frames import FrameReader
from fixprop.wire.records import Hello, Learn, ResetCause, SetRate, State


def hello_after(uno: SimulatedUno, seconds: float) -> Hello:
    uno.receive()
    uno.run(round(seconds * CLOCK_HZ))
    messages = [frame.message for frame in FrameReader().feed(uno.receive())]
    return [m for m in messages if isinstance(m, Hello)][-1]


def test_the_boot_loader_hides_no_hang_and_its_own_reset_is_none() -> None:
    sketch = read_intel_hex(build_firmware().hex)
    uno = SimulatedUno(flash_with_boot_loader(sketch, build_optiboot()), boot_at=BOOT_START)
    assert ResetCause.WATCHDOG not in ResetCause(hello_after(uno, 2.5).reset_cause)
    uno.send(encode_record(Learn(1), 0) + encode_record(SetRate(777), 1))
    uno.run(CLOCK_HZ // 5)
    uno.hang()
    hello = hello_after(uno, 0.9)
    assert ResetCause(hello.reset_cause) == ResetCause.WATCHDOG
    assert (State.LEARNING in State(hello.state), hello.rate) == (True, 777)
    uno.reset()  # the button: the boot loader listens, then resets the chip by its own watchdog
    hello = hello_after(uno, 2.5)
    assert ResetCause.WATCHDOG not in ResetCause(hello.reset_cause)
    assert hello.rate != 777
