"""Commands over a noisy line are applied whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixprop.board.native import WIRE
from fixprop.reliability.altered import altered
from fixprop.reliability.wire_commands import (
    COMMANDS,
    NOT_REPEATABLE,
    WatchedTracker,
    command_claims,
    converse,
    repeat,
)
from fixprop.tracking.native_learner import TRACKER
from fixprop.wire.codec import encode
from tests.host.reliability.test_wire_noise import CHECK

SENT = 2_000


def test_no_command_is_half_applied() -> None:
    outcome = converse(SENT)
    assert outcome.half_applied == 0
    assert SENT / 2 < outcome.counts["accepted"] < SENT  # the noise cost some
    assert outcome.counts["refused"] > SENT / 20  # refusals were tried too
    assert outcome.foreign == 0


def test_the_claims_hold() -> None:
    assert all(claim.holds for claim in command_claims(300).values())


def test_every_change_is_seen() -> None:
    """A twin that hears one command less differs."""
    board, twin = WatchedTracker(), WatchedTracker()
    assert board.state() == twin.state()
    board.receive(encode("set_rate", 0, rate=1))
    assert board.state() != twin.state()


@pytest.mark.parametrize("name", COMMANDS)
def test_a_repeated_command_changes_nothing_more(name: str) -> None:
    """So an answer that was lost may be asked for again; but for those whose ack tells the step."""
    once, twice = repeat(name)
    assert (once == twice) == (name not in NOT_REPEATABLE)


def swapped(source: Path, old: str, new: str) -> dict[str, Path]:
    """Sources with one place changed."""
    return {source.name: altered(source, old, new)}


def test_a_command_applied_before_its_check_is_seen() -> None:
    check = "  if (learn.on > 1)\n"
    early = swapped(TRACKER / "commands.c", check, f"  tracker.learning = learn.on;\n{check}")
    assert converse(300, altered=early).counts["changed_on_refusal"] > 0
    claims = command_claims(300, altered=early)
    assert not claims["half_applied_commands"].holds and claims["commands_answered"].holds


def test_a_command_without_an_answer_is_seen() -> None:
    silent = swapped(TRACKER / "commands.c", "  telemetry_ack(&ack);\n", "")
    outcome = converse(300, altered=silent)
    assert outcome.counts["unanswered"] > 100 and outcome.half_applied > 0
    assert not any(claim.holds for claim in command_claims(300, altered=silent).values())


def test_without_the_crc_commands_are_obeyed_that_nobody_sent() -> None:
    open_door = swapped(WIRE / "wire.c", CHECK, "if (0) {")
    assert converse(1_000, altered=open_door).foreign > 0


def test_a_change_before_the_end_of_a_frame_is_seen() -> None:
    start = "  const uint8_t length = wire_receive(&tracker.receiver, byte);\n"
    eager = swapped(TRACKER / "tracker.c", start, f"{start}  tracker.held_us = byte;\n")
    assert converse(50, altered=eager).counts["changed_silently"] > 0
