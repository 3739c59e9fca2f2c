"""Damaged frames: no more are accepted than the CRC's chance, and the next whole one comes."""

from __future__ import annotations

from random import Random

import pytest

from fixprop.reliability.altered import altered
from fixprop.reliability.wire_commands import MOST_RATE, noisy
from fixprop.reliability.wire_noise import CHANCE, RATES, WIRE, measure, noise_claims, wilson
from fixprop.wire import frames, framing
from fixprop.wire.cobs import unstuff
from fixprop.wire.codec import Frame, decode, encode
from fixprop.wire.frames import FrameReader

MOST_LOST = 9  # whole frames after a damaged one; then the reader is given up
DAMAGED = 500_000  # a tenth of the chance would be 0.8 accepted: far outside the interval
CHECK = "if (wire_get_u16(r->payload + n) != wire_crc16(r->payload, n)) {"
RESTART = "  r->size = 0;\n  r->block_left = 0;\n"


def test_the_interval_is_wilsons() -> None:
    """The example of Agresti and Coull (The American Statistician 52(2), 1998), at 99 %."""
    low, high = wilson(0, 10)
    assert low == pytest.approx(0, abs=1e-12) and high == pytest.approx(0.3989, abs=1e-3)
    low, high = wilson(5, 10)
    assert low + high == pytest.approx(1)


def test_scrambled_frames_pass_as_often_as_chance_says() -> None:
    noise = measure(1, DAMAGED, scramble=True)
    assert noise.checked == noise.damaged == DAMAGED
    assert noise.accepted > 0 and noise.interval.low <= CHANCE <= noise.interval.high


@pytest.mark.parametrize("rate", RATES)
def test_line_noise_passes_no_more_than_chance_and_costs_one_frame_at_most(rate: float) -> None:
    noise = measure(rate, DAMAGED // 5)
    assert noise.checked > DAMAGED // 50
    assert noise.interval.low <= CHANCE
    assert noise.refused == 0  # a whole frame always comes through
    assert noise.late_most == 1 and noise.late_ended == 0  # only if the damaged one lost its end


def test_all_claims_hold() -> None:
    claims = noise_claims(100_000)
    assert all(claim.holds for claim in claims.values()), claims


def test_without_the_crc_damaged_frames_pass() -> None:
    wire = altered(WIRE / "wire.c", CHECK, "if (0) {")
    noise = measure(0.1, 10_000, wire=wire)
    assert noise.interval.low > CHANCE and noise.accepted > 100
    claims = noise_claims(10_000, wire)
    assert not claims["accepted_corrupt_frames"].holds
    assert not claims["accepted_scrambled_frames"].holds


def test_without_the_restart_at_a_delimiter_whole_frames_are_lost() -> None:
    wire = altered(WIRE / "wire.c", RESTART, "  r->size = 0;\n")
    noise = measure(0.1, 10_000, wire=wire)
    assert noise.late_ended > 0
    assert not noise_claims(10_000, wire)["resynchronisation_frames"].holds


def python_noise(damaged: int) -> tuple[int, int, int]:
    """Of FrameReader: foreign frames accepted; whole frames lost at most, and after an end."""
    random, reader = Random(1), FrameReader()
    foreign = late_most = late_ended = 0
    for number in range(damaged):
        frame = encode("set_rate", number, rate=random.randrange(65536))
        came = noisy(frame, random.uniform(0, MOST_RATE), random)
        sent: list[Frame] = [decode(frame)]
        got = reader.feed(came)
        lost = -1
        while lost < 0 or (sent[-1] not in got and lost < MOST_LOST):
            lost += 1
            whole = encode("get_hello", random.randrange(1, 256))
            sent.append(decode(whole))
            got += reader.feed(whole)
        foreign += sum(one not in sent for one in got)
        late_most = max(late_most, lost)
        late_ended += lost if came.endswith(b"\0") else 0
    return foreign, late_most, late_ended


def test_the_host_resynchronises_too() -> None:
    assert python_noise(10_000) == (0, 1, 0)


def test_a_host_that_does_not_start_anew_at_a_delimiter_loses_whole_frames(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    finish = FrameReader._finish

    def keeping(self: FrameReader) -> Frame | None:
        before = bytes(self._pending)
        frame = finish(self)
        if frame is None:
            self._pending += before[-1:]
        return frame

    monkeypatch.setattr(FrameReader, "_finish", keeping)
    _, late_most, late_ended = python_noise(200)
    assert late_most == MOST_LOST and late_ended > 0


def test_a_host_without_the_crc_takes_what_nobody_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def unchecked(frame: bytes) -> bytes:
        data = unstuff_or_malformed(frame)
        if len(data) < 4:
            raise framing.Malformed("short")
        return data[:-2]

    def unstuff_or_malformed(frame: bytes) -> bytes:
        try:
            return unstuff(frame)
        except ValueError as error:
            raise framing.Malformed("stuffing") from error

    monkeypatch.setattr(frames, "unframe", unchecked)
    assert python_noise(2_000)[0] > 10
