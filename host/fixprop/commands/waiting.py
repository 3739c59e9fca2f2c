"""What a command that waits for its board says at the terminal: for what, and when it is there."""

from __future__ import annotations

from collections.abc import Callable

from fixprop.live.bridge import Bridge
from fixprop.live.events import Link, LinkState


class Waiting:
    """Follows the line of `bridge`, from its own thread; `say` prints a line.

    Each reason to wait is told once, until the board is there again.
    """

    def __init__(self, bridge: Bridge, url: str, say: Callable[[str], None]) -> None:
        self._url, self._say = url, say
        self._told: set[str] = set()
        self._links = bridge.subscribe(Link, wake=self._changed)

    def _changed(self) -> None:
        for event in self._links.take():
            assert isinstance(event, Link)
            if event.state == LinkState.CONNECTED:
                self._found()
            elif event.state != LinkState.CLOSED:
                self._missing(event.text)

    def _missing(self, why: str) -> None:
        if why not in self._told:
            self._told.add(why)
            self._say(f"waiting for {self._url}: {why}")

    def _found(self) -> None:
        if self._told:
            self._say(f"found {self._url}")
        self._told.clear()
