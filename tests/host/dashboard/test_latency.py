"""The time from a byte to a point."""

from __future__ import annotations

from fixprop.dashboard.latency import WAITING, Latency


def test_it_is_taken_from_each_reading_of_a_batch_once() -> None:
    latency = Latency()
    latency.sent(1, [10.0, 10.02])
    latency.drawn(1, 10.03)
    latency.drawn(1, 99.0)
    assert len(latency) == 2
    assert latency.percentile_ms(100) == 30.0
    assert latency.percentile_ms(0) == 10.0


def test_a_page_that_draws_a_batch_has_drawn_those_before_it() -> None:
    latency = Latency()
    for batch in (1, 2, 3):
        latency.sent(batch, [float(batch)])
    latency.drawn(2, 3.5)
    assert len(latency) == 2
    assert (latency.percentile_ms(100), latency.percentile_ms(0)) == (2500.0, 1500.0)


def test_before_anything_is_drawn_there_is_none() -> None:
    assert Latency().percentile_ms(95) is None


def test_pages_that_draw_nothing_cost_no_memory() -> None:
    latency = Latency()
    for batch in range(10 * WAITING):
        latency.sent(batch, [0.0])
    latency.drawn(0, 1.0)
    assert len(latency) == 0
    latency.drawn(10 * WAITING - 1, 1.0)
    assert len(latency) == WAITING
