"""Samples come from the events in order, and a gap or another board leaves no stale figure."""

from __future__ import annotations

from itertools import pairwise

import pytest

from fixprop.live.events import Link, LinkState
from fixprop.sinks.sampler import Sample, Sampler
from tests.host.sinks.making import START_S, health, lost, reading, received, stepped


def take(sampler: Sampler, index: int, step: int = 0) -> Sample:
    sample = sampler.take(received(reading(index, step=step), index * 0.038))
    assert sample is not None
    return sample


def test_a_sample_has_the_bridges_time_and_the_computers() -> None:
    sample = take(Sampler(START_S), 10)
    assert sample.time_s == pytest.approx(0.38)
    assert sample.unix_s == pytest.approx(START_S + 0.38)
    assert sample.values["reading"] == 10


def test_the_loss_is_the_mean_of_the_steps_since_the_last_sample() -> None:
    sampler = Sampler(START_S)
    assert take(sampler, 0).values["loss"] is None
    sampler.take(stepped(1.0, 2.0))
    sampler.take(stepped(3.0, float("nan")))
    assert take(sampler, 1).values["loss"] == 2.0
    assert take(sampler, 2).values["loss"] == 2.0  # the latest that is known


def test_steps_a_second_are_by_the_boards_clock_and_of_the_last_second() -> None:
    sampler = Sampler(START_S)
    assert take(sampler, 0).values["steps_per_s"] is None
    for index in range(1, 60):  # 38 steps in each of 38 ms, then none
        sample = take(sampler, index, step=min(index, 30) * 38)
        if index <= 30:
            assert sample.values["steps_per_s"] == pytest.approx(1000)
    assert sample.values["steps_per_s"] == 0


def test_the_boards_clock_may_wrap() -> None:
    sampler = Sampler(START_S)
    last = (1 << 32) // 38_000  # 71 minutes
    take(sampler, last, step=0)
    assert take(sampler, last + 1, step=76).values["steps_per_s"] == pytest.approx(2000)


def test_a_reset_starts_the_count_of_steps_anew() -> None:
    sampler = Sampler(START_S)
    take(sampler, 100, step=5000)
    assert take(sampler, 101, step=0).values["steps_per_s"] is None


def test_lost_frames_add_up_and_health_stays_until_the_next() -> None:
    sampler = Sampler(START_S)
    sampler.take(lost(2))
    sampler.take(lost(3))
    sampler.take(received(health(free=300)))
    values = take(sampler, 0).values
    assert (values["lost_frames"], values["stack_free_bytes"]) == (5, 300)


def test_a_new_connection_forgets_what_the_last_board_said_but_not_what_was_lost() -> None:
    sampler = Sampler(START_S)
    for event in (lost(1), received(health()), stepped(0.5)):
        sampler.take(event)
    take(sampler, 0)
    sampler.take(Link(1.0, LinkState.CONNECTED, "sim://"))
    values = take(sampler, 1).values
    assert (values["loss"], values["stack_free_bytes"], values["lost_frames"]) == (None, None, 1)


def test_fewer_samples_are_spread_evenly_and_keep_all_losses() -> None:
    sampler = Sampler(START_S, every_s=0.25)
    times = []
    for index in range(53):  # two seconds
        sampler.take(stepped(float(index)))
        sample = sampler.take(received(reading(index), index * 0.038))
        if sample is not None:
            times.append(sample.time_s)
            first = 0 if len(times) == 1 else round(times[-2] / 0.038) + 1
            assert sample.values["loss"] == pytest.approx((first + index) / 2)
    assert len(times) == 8
    assert all(b - a <= 0.25 + 0.038 for a, b in pairwise(times))


@pytest.mark.parametrize("gap_s", [0.3, 4.0])
def test_no_two_samples_follow_at_once_at_the_start_or_after_a_gap(gap_s: float) -> None:
    """Readings from `gap_s` on, and again after as long without any."""
    sampler = Sampler(START_S, every_s=0.25)
    first = [gap_s + index * 0.038 for index in range(53)]
    again = [first[-1] + gap_s + index * 0.038 for index in range(53)]
    samples = (
        sampler.take(received(reading(index), time_s))
        for index, time_s in enumerate([*first, *again])
    )
    times = [sample.time_s for sample in samples if sample is not None]
    assert times[0] == first[0]
    assert all(b - a > 0.25 - 0.038 for a, b in pairwise(times))
    assert min(time_s for time_s in times if time_s >= again[0]) - again[0] < 0.25
