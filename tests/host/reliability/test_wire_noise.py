"""Damaged frames: no more are accepted than the CRC's chance, and the next whole one comes."""

from __future__ import annotations

import pytest

from fixprop.reliability.altered import altered
from fixprop.reliability.wire_noise import (
    CHANCE,
    RATES,
    WIRE,
    measure,
    measure_lines,
    noise_claims,
    reach,
    wilson,
)
from fixprop.reliability.wire_noise_host import MOST_LOST, host_noise_claims, measure_host
from fixprop.wire import frames, framing
from fixprop.wire.cobs import unstuff
from fixprop.wire.codec import Frame
from fixprop.wire.frames import FrameReader

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
    claims = noise_claims(20_000)
    assert all(claim.holds for claim in claims.values()), claims


def test_so_many_reach_the_crc_and_each_noise_is_another() -> None:
    noisy, scrambled = measure_lines(30_000)
    assert 30_000 <= noisy.checked <= 33_000 and noisy.damaged > 3 * noisy.checked
    assert scrambled.checked == 30_000
    assert reach(0.1, 1_000, seed=1) == reach(0.1, 1_000, seed=1) != reach(0.1, 1_000, seed=2)


def test_a_receiver_that_never_comes_to_its_check_fails() -> None:
    wire = altered(WIRE / "wire.c", CHECK, "if (1) {\n    return 0;")
    noisy = reach(0.1, 100, wire=wire)
    assert (noisy.checked, noisy.damaged) == (0, 10_000)
    claims = noise_claims(100, wire)
    assert not any(claims[f"accepted_{kind}_frames"].holds for kind in ("corrupt", "scrambled"))


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


@pytest.mark.parametrize("rate", RATES)
def test_the_host_takes_no_more_than_chance_and_loses_one_frame_at_most(rate: float) -> None:
    noise = measure_host(rate, 5_000)
    assert noise.checked > 200  # the CRC had something to refuse
    assert noise.accepted == 0
    assert noise.late_most == 1 and noise.late_ended == 0


def test_the_hosts_claims_hold() -> None:
    claims = host_noise_claims(3_000)
    assert all(claim.holds for claim in claims.values()), claims


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
    noise = measure_host(0.1, 200)
    assert noise.late_most == MOST_LOST and noise.late_ended > 0
    assert not host_noise_claims(300)["host_resynchronisation_frames"].holds


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
    noise = measure_host(0.1, 2_000)
    assert noise.accepted > 10 and noise.interval.low > CHANCE
    assert not host_noise_claims(2_000)["host_accepted_corrupt_frames"].holds
