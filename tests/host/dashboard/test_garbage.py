"""A board that sends garbage at line rate leaves the page usable."""

from __future__ import annotations

import asyncio
import json
import random
import time

import pytest

from fixprop.dashboard.dashboard import OUTBOX
from tests.host.dashboard.play import Play

LINE_RATE = 50_000  # bytes a second at 500,000 baud
SECONDS = 2.0


class Garbage:
    """A real board, and after its hello random bytes as fast as the line takes them."""

    url = "garbage://"

    def __init__(self, play: Play, seed: int = 1) -> None:
        self._board, self._random = play.playground.connect(), random.Random(seed)
        self._time_s, self.poisoned = 0.0, False

    def read(self, seconds: float) -> bytes:
        """See Port."""
        if not self.poisoned:
            return self._board.read(seconds)
        self._time_s += seconds
        return self._random.randbytes(round(seconds * LINE_RATE))

    def write(self, data: bytes) -> None:
        """See Port."""
        self._board.write(data)

    def time_s(self) -> float:
        """See Port."""
        return self._board.time_s() + self._time_s

    def close(self) -> None:
        """See Port."""


@pytest.fixture
def garbage() -> tuple[Play, Garbage]:
    port = Garbage(Play())
    return Play(connect=lambda: port), port


def test_it_is_counted_and_the_page_hears_little(garbage: tuple[Play, Garbage]) -> None:
    play, port = garbage
    play.turn()
    page, _ = play.dashboard.open()
    port.poisoned = True
    for _ in range(round(SECONDS / 0.02)):
        play.turn(0.02)
    status = play.dashboard.status()
    assert status["totals"]["bytes_in"] > 0.9 * SECONDS * LINE_RATE
    assert status["totals"]["crc_errors"] + status["totals"]["malformed"] > 100
    page.put("end")
    messages = asyncio.run(page.take())
    assert len(messages) <= OUTBOX
    assert sum(map(len, messages)) < SECONDS * LINE_RATE
    json.dumps(status)


def test_it_costs_less_time_than_it_takes(garbage: tuple[Play, Garbage]) -> None:
    play, port = garbage
    play.turn()
    play.dashboard.open()
    port.poisoned = True
    began = time.process_time()
    for _ in range(round(SECONDS / 0.02)):
        play.turn(0.02)
    assert time.process_time() - began < 0.8 * SECONDS
