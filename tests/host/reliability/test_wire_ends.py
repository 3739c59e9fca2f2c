"""A frame that lost its end costs no other: neither the hello after a reset nor the next command."""

from __future__ import annotations

import pytest

from fixprop import session
from fixprop.firmware_build import build_firmware
from fixprop.reliability.altered import altered_firmware
from fixprop.reliability.wire_ends import answered_after_cuts, end_claims, reset_often

TRIED = 40
DELIMITER = "  uart_send(&end, 1);\n"


def test_the_hello_is_read_after_a_frame_that_was_cut_off() -> None:
    seen = reset_often(build_firmware().elf, TRIED)
    assert seen.read == seen.resets == TRIED
    assert seen.cut > TRIED / 2


def test_the_claims_hold() -> None:
    claims = end_claims(TRIED)
    assert all(claim.holds for claim in claims.values()), claims


def test_without_the_delimiter_before_it_the_hello_is_lost() -> None:
    project = altered_firmware("src/main.cpp", DELIMITER, "  (void)end;\n")
    elf = build_firmware(project=project).elf
    seen = reset_often(elf, TRIED)
    assert seen.resets - seen.read > seen.cut / 2
    claims = end_claims(TRIED, elf)
    assert not claims["hellos_read_after_reset"].holds
    assert claims["commands_after_cut_answered"].holds


def test_without_the_delimiter_before_them_commands_are_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(session, "END_OF_LOST", b"")
    assert answered_after_cuts(TRIED) < TRIED / 2
    assert not end_claims(TRIED)["commands_after_cut_answered"].holds
