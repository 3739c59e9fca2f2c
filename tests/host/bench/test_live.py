"""The live chain under load, for a moment; `fixprop bench live` does it for hours."""

from __future__ import annotations

import tracemalloc

import pytest

from fixprop.bench import live
from fixprop.bench.line_source import LINE_BYTES_PER_S, LineSource
from fixprop.bench.live import Chain, Figures, measure


def test_a_full_line_is_heard_by_everyone_on_less_than_a_core(
    capsys: pytest.CaptureFixture[str],
) -> None:
    figures = measure("full line", 2.0, line_rate=True)
    with capsys.disabled():
        print(f"\nlive chain on a full line: {figures.load:.0%} of a core")
    assert figures.broken == []
    assert figures.bytes >= 2.0 * LINE_BYTES_PER_S
    assert figures.frames_heard == figures.frames_sent > 2500
    assert figures.samples > 2400  # a reading each
    assert figures.steps > 1000


def test_no_bounded_queue_filled_means_no_growth() -> None:
    chain = Chain(LineSource(line_rate=False), dashboard=False)
    chain.begin()
    while len(chain.slow) < live.SLOW_LIMIT:
        chain.turn()
    tracemalloc.start()
    try:
        grown = []
        for _ in range(3):
            before = tracemalloc.get_traced_memory()[0]
            for _ in range(400):
                chain.turn()
            grown.append(tracemalloc.get_traced_memory()[0] - before)
    finally:
        tracemalloc.stop()
        chain.close()
    # the first round replaces what the slow listener's queue held before the tracing; what it holds
    # varies in size by some 30 kB, and one event kept of each frame would be more than 100 kB
    assert grown[2] < 60_000, grown
    assert chain.slow.dropped > 1000
    assert chain.dropped() == 0
    assert chain.heard == chain.source.frames


def test_what_does_not_hold_is_named() -> None:
    good = dict.fromkeys(Figures.__dataclass_fields__, 0) | {"name": "x", "twin": ""}
    assert Figures(**good).broken == []  # type: ignore[arg-type]
    for change, said in (
        ({"frames_sent": 5}, "x: 5 frames were not heard"),
        ({"lost": 2}, "x: 2 frames were lost"),
        ({"damaged": 1}, "x: 1 frames were damaged"),
        ({"dropped": 3}, "x: 3 events were dropped"),
        ({"twin": "step 3: no"}, "x: the twin: step 3: no"),
        ({"load": 1.25}, "x: it needs 1.25 cores"),
        ({"early_mb": 10.0, "end_mb": 15.5}, "x: it grew by 5.5 MB"),
    ):
        assert Figures(**(good | change)).broken == [said]
