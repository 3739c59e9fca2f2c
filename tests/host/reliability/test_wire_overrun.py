"""A UART that runs over loses commands, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fixprop.firmware_build import build_firmware
from fixprop.reliability.altered import altered_firmware
from fixprop.reliability.wire_overrun import (
    COMMANDS,
    DEAF_TURN,
    TURN,
    deaf_firmware,
    flood,
    overrun_claims,
)
from fixprop.sim.uno import CLOCK_HZ, SimulatedUno
from tests.host.reliability.test_wire_noise import CHECK
from tests.host.sim.conftest import PRELUDE as PRELUDE
from tests.host.sim.conftest import build as build

# Says how often it saw DOR0, after 200 us in which it did not look at the receiver.
DEAF = (
    "int main(void) { serial(); uint8_t overran = 0; for (uint16_t i = 0; i < 640; i++) MARK(0);"
    "for (uint8_t i = 0; i < 3; i++) { overran += UCSR0A >> DOR0 & 1; put(UDR0); }"
    "put(overran); for (;;) { while (!(UCSR0A & _BV(RXC0))) {} put(UDR0); } }"
)
MS = CLOCK_HZ // 1000


def test_a_deaf_uart_keeps_three_bytes_and_says_that_it_lost_some(
    build: Callable[[str], Path],
) -> None:
    uno = SimulatedUno(build(DEAF))
    uno.rush()
    uno.send(bytes(range(1, 9)))
    uno.run(5 * MS)
    assert uno.receive()[:4] == bytes([1, 2, 3, 1])  # three bytes, one DOR0
    assert uno.overruns > 0
    uno.send(b"again")
    uno.run(5 * MS)
    assert uno.receive().endswith(b"again")


def test_with_flow_control_a_deaf_uart_loses_nothing(build: Callable[[str], Path]) -> None:
    uno = SimulatedUno(build(DEAF))
    uno.send(bytes(range(1, 9)))
    uno.run(20 * MS)
    assert uno.overruns == 0


def test_commands_at_line_rate_are_lost_counted_and_survived() -> None:
    outcome = flood(build_firmware().elf)
    assert outcome.survived
    assert outcome.counted > COMMANDS  # bytes; three quarters of the commands are hit
    assert outcome.uart_lost == 0  # no interrupt is kept waiting for three bytes' time


def test_what_the_uart_itself_loses_is_counted_and_survived() -> None:
    outcome = flood(deaf_firmware(), in_pairs=True)
    assert outcome.survived
    assert outcome.uart_lost > 0
    assert flood(build_firmware().elf, in_pairs=True).acknowledged == COMMANDS


def test_the_claims_hold() -> None:
    assert all(claim.holds for claim in overrun_claims().values())


def test_without_the_uarts_own_sign_its_losses_are_not_counted() -> None:
    dor = "  const bool overrun = UCSR0A & _BV(DOR0); /* read before UDR0 clears it */\n"
    project = altered_firmware("src/uart.c", dor, "  const bool overrun = false;\n")
    deaf_too = altered_firmware("src/main.cpp", TURN, DEAF_TURN, project=project)
    claims = overrun_claims(deaf=build_firmware(project=deaf_too).elf)
    assert not claims["uart_hardware_overrun_survived"].holds


def test_without_the_counter_the_claim_fails() -> None:
    project = altered_firmware("src/uart.c", "    overruns++;", "    overruns += 0;")
    assert not overrun_claims(build_firmware(project=project).elf)["uart_overrun_survived"].holds


def test_without_the_crc_commands_with_holes_are_obeyed() -> None:
    unchecked = CHECK.replace(")) {", ") && false) {")
    project = altered_firmware("lib/wire/src/wire.c", CHECK, unchecked)
    elf = build_firmware(project=project).elf
    # Whether bytes of two commands meet as one that is obeyed is a matter of microseconds.
    assert any(not flood(elf, seed=seed).as_acknowledged for seed in range(1, 31))
