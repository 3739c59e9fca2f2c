"""The live page's other half: it follows a bridge and tells every open page."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from fixprop.dashboard.actions import Actions
from fixprop.dashboard.facts import facts
from fixprop.dashboard.latency import Latency
from fixprop.dashboard.packing import pack
from fixprop.dashboard.picture import Picture
from fixprop.dashboard.playground import Playground
from fixprop.dashboard.recorder import Recording
from fixprop.dashboard.schema import MOST_ID, Request
from fixprop.dashboard.snapshot import snapshot
from fixprop.errors import FixpropError
from fixprop.live.bridge import Bridge
from fixprop.live.events import Event, Link, Lost, Raw, Received, Stepped
from fixprop.sim.gp2y0a21 import Floats
from fixprop.sim.optics import Hand, Mount
from fixprop.tracking.twin import Twin

HEARD = (Link, Lost, Raw, Received, Stepped)
BATCH_S = 1 / 60
PIECE_S = 0.002  # when but a piece of a frame had come, the rest is near
STATUS_S, NETWORK_S = 0.2, 1 / 15
PAST_BYTES = 6_000_000
"""What a page that opens later is told of the past: some minutes at full rate."""

MOST_EVENTS = 100_000

OUTBOX = 256
"""Messages that may wait for a slow page; one more drops its oldest."""


class Page:
    """An open page: messages that wait for it."""

    def __init__(self) -> None:
        self.dropped = 0
        self._waiting: deque[bytes | str] = deque()
        self._more = asyncio.Event()

    def put(self, message: bytes | str) -> None:
        """Queue a message; never waits."""
        if len(self._waiting) >= OUTBOX:
            self._waiting.popleft()
            self.dropped += 1
        self._waiting.append(message)
        self._more.set()

    async def take(self) -> list[bytes | str]:
        """All that wait, after waiting for the first."""
        await self._more.wait()
        self._more.clear()
        messages = list(self._waiting)
        self._waiting.clear()
        return messages


class Dashboard:
    """Follows `bridge`; `playground` is its simulated world, if it has one; `replayed`: it goes
    through a recording. All methods belong to the server's thread.
    """

    def __init__(
        self,
        bridge: Bridge,
        recording: Recording,
        playground: Playground | None = None,
        replayed: bool = False,
    ) -> None:
        self.bridge, self.playground, self._replayed = bridge, playground, replayed
        self.actions = Actions(bridge, playground, recording)
        self.picture = Picture(playground.truths if playground else None)
        self.latency = Latency()
        self.pages: set[Page] = set()
        self._past: deque[bytes] = deque()
        self._past_bytes = self._batch = 0
        self._snapshot: Future[dict[str, Floats]] | None = None
        self._status_due_s = self._network_due_s = 0.0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake = asyncio.Event()
        self._events = bridge.subscribe(*HEARD, limit=MOST_EVENTS, wake=self._ring)

    # pages

    def open(self) -> tuple[Page, list[bytes | str]]:
        """A page opened: it, and what it must hear first: the facts and what it has missed."""
        playground = self.playground
        mount = playground.world.mount if playground else Mount()
        hand = playground.world.hand if playground else Hand()
        page = Page()
        self.pages.add(page)
        first = facts(mount, hand, playground is not None, self._replayed)
        return page, [json.dumps(first), json.dumps(self.status()), *self._past]

    def close(self, page: Page) -> None:
        """A page is gone."""
        self.pages.discard(page)

    async def ask(self, request: Request) -> dict[str, Any] | None:
        """Do what a page asks for; its answer, or None where none is due."""
        if request.type == "drawn":
            self.latency.drawn(request.values["batch"], self.bridge.now_s())
            return None
        answer = {"kind": "answer", "id": request.id, "type": request.type}
        try:
            text = await self.actions.do(request)
        except FixpropError as error:
            return {**answer, "ok": False, "text": str(error)}
        return {**answer, "ok": True, "text": text} if text else None

    # the board

    async def run(self) -> None:
        """Follow the bridge until cancelled."""
        self._loop = asyncio.get_running_loop()
        try:
            while True:
                told = self.turn(self.waiting())
                await asyncio.sleep(BATCH_S if told else PIECE_S)
                with suppress(TimeoutError):
                    async with asyncio.timeout(STATUS_S):
                        await self._wake.wait()
                self._wake.clear()
        finally:
            self.bridge.unsubscribe(self._events)
            self._loop = None

    def waiting(self) -> list[Event]:
        """What happened since the last call."""
        return self._events.take()

    def _ring(self) -> None:
        """The reader's thread has something for us."""
        if (loop := self._loop) is not None:
            with suppress(RuntimeError):  # it has just ended
                loop.call_soon_threadsafe(self._wake.set)

    def turn(self, events: Iterable[Event]) -> bool:
        """Tell every page what happened; whether there was a reading."""
        self.picture.take(events)
        told = self._tell_batch()
        if failure := self.actions.recording.failure():
            self.picture.notes.append(failure)
        while self.picture.notes:
            self._tell(json.dumps({"kind": "note", "text": self.picture.notes.popleft()}))
        if self.playground is not None:
            self.playground.lesson = self.picture.teaching
        now_s = self.bridge.now_s()
        if now_s >= self._status_due_s:
            self._status_due_s = now_s + STATUS_S
            self._tell(json.dumps(self.status()))
        if now_s >= self._network_due_s and self.pages:
            self._tell_network(now_s)
        return told

    def _tell(self, message: bytes | str) -> None:
        for page in self.pages:
            page.put(message)

    def _tell_batch(self) -> bool:
        columns, arrived_s = self.picture.columns()
        if not len(columns["t"]):
            return False
        self._batch = (self._batch + 1) % MOST_ID
        message = pack({"kind": "data", "batch": self._batch}, columns)
        if self.pages:
            self.latency.sent(self._batch, arrived_s)
        self._tell(message)
        self._past.append(message)
        self._past_bytes += len(message)
        while self._past_bytes > PAST_BYTES:
            self._past_bytes -= len(self._past.popleft())
        return True

    def _tell_network(self, now_s: float) -> None:
        """The reader's thread takes the picture; the next turn sends it."""
        if self._snapshot is None:
            twin, view = self.bridge.twin, self.picture.view
            known = twin is not None and twin.in_step and twin.weights_known
            if twin is not None and known and self.bridge.session is not None:
                self._snapshot = self.bridge.call(lambda _: snapshot(twin, view))
        elif self._snapshot.done():
            taken, self._snapshot = self._snapshot, None
            self._network_due_s = now_s + NETWORK_S
            if taken.exception() is None:
                self._tell(pack({"kind": "network"}, taken.result()))

    def status(self) -> dict[str, Any]:
        """All slow facts."""
        link, twin, playground = self.bridge.link, self.bridge.twin, self.playground
        recording = self.actions.recording
        return {
            "kind": "status",
            "link": {"state": link.state, "text": link.text},
            "totals": asdict(self.bridge.totals),
            "missed": self._events.dropped,
            "pages": len(self.pages),
            "latency_ms": {p: self.latency.percentile_ms(p) for p in (50, 95)},
            "twin": twin and _of_twin(twin),
            "hand": playground and {"auto": playground.auto},
            "recording": recording.path and str(recording.path),
            **self.picture.status(),
        }


def _of_twin(twin: Twin) -> dict[str, Any]:
    saturation = twin.saturation
    return {
        **asdict(twin.state),
        "in_step": twin.in_step,
        "weights_known": twin.weights_known,
        "standing": twin.standing,
        "saturation": saturation and saturation.as_dict(),
    }
