"""What the page's buttons do, and the one line that says how it went."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from fixprop.dashboard.playground import AWAY, Playground
from fixprop.dashboard.recorder import Recording
from fixprop.dashboard.schema import Request
from fixprop.errors import FixpropError
from fixprop.fingerprint import fingerprint
from fixprop.formats import ACTIVATION
from fixprop.live.bridge import Bridge
from fixprop.model import Model
from fixprop.model import header as model_header
from fixprop.model.model import Provenance
from fixprop.session import Session
from fixprop.tracking.definition import TOPOLOGY, VALUES
from fixprop.wire.records import (
    Learn,
    Mark,
    Record,
    ResetWeights,
    SetPointer,
    SetRate,
    Stored,
    Teach,
)

FULL_SCALE_DEG = VALUES["BEARING_FULL_SCALE_DEG"]


class Actions:
    """Does what requests ask for. All methods belong to the server's thread."""

    def __init__(self, bridge: Bridge, playground: Playground | None, recording: Recording) -> None:
        self._bridge, self._playground, self.recording = bridge, playground, recording

    async def do(self, request: Request) -> str:
        """A line about what was done; FixpropError if it was not."""
        action: Callable[..., Awaitable[str]] = getattr(self, f"_{request.type}")
        return await action(**request.values)

    async def _command(self, command: Record, said: str) -> str:
        await asyncio.wrap_future(self._bridge.command(command))
        return said

    # the simulated hand

    def _hands(self) -> Playground:
        if self._playground is None:
            raise FixpropError("the hand of a real board is yours: there is none to move here")
        return self._playground

    async def _hand(self, bearing_deg: float, range_cm: float) -> str:
        self._hands().drag((bearing_deg, range_cm))
        return ""

    async def _hand_away(self) -> str:
        self._hands().drag(AWAY)
        return "no hand"

    async def _auto_hand(self, on: bool) -> str:
        self._hands().set_auto(on)
        return "the hand moves by itself" if on else "the hand is yours"

    async def _replug(self) -> str:
        self._hands().unplug()
        return "unplugged; back in a second"

    # the board

    async def _teach(self, seconds: int) -> str:
        said = f"lesson of {seconds} s: follow the pointer" if seconds else "lesson ended"
        return await self._command(Teach(seconds), said)

    async def _learn(self, on: bool) -> str:
        return await self._command(Learn(int(on)), "learning" if on else "learning paused")

    async def _rate(self, rate: int) -> str:
        return await self._command(SetRate(rate), f"learning rate {rate / 2**13:g}")

    async def _reset_weights(self, seed: int) -> str:
        return await self._command(ResetWeights(seed), f"new weights from seed {seed}")

    async def _mark(self, bearing_deg: float) -> str:
        bearing = int(ACTIVATION.from_float(bearing_deg / FULL_SCALE_DEG))
        return await self._command(Mark(bearing, 1), f"marked: hand at {bearing_deg:+.1f}°")

    async def _mark_absent(self) -> str:
        return await self._command(Mark(0, 0), "marked: no hand")

    async def _pointer(self, pointer_us: int) -> str:
        said = f"pointer held at {pointer_us} µs" if pointer_us else "the network points"
        return await self._command(SetPointer(pointer_us), said)

    async def _store(self, work: Callable[[Session], Stored]) -> Stored:
        return await asyncio.wrap_future(self._bridge.call(work))

    async def _save(self) -> str:
        stored = await self._store(Session.save)
        return f"saved in EEPROM slot {stored.slot}: {stored.step:,} steps"

    async def _load(self) -> str:
        stored = await self._store(Session.load)
        return f"loaded from EEPROM slot {stored.slot}: {stored.step:,} steps"

    async def _erase(self) -> str:
        await self._store(Session.erase)
        return "EEPROM erased; the present weights stay"

    async def _record(self, on: bool) -> str:
        return self.recording.start() if on else self.recording.stop()

    # export

    async def model_h(self) -> str:
        """The weights as they stand, as a C header."""
        twin = self._bridge.twin
        if twin is None or not (twin.in_step and twin.weights_known):
            raise FixpropError("the weights are not known: reset them, or wait for the board")
        weights, step = await asyncio.wrap_future(
            self._bridge.call(lambda _: (twin.learner.weights(), twin.learner.step))
        )
        provenance: Provenance = {
            "port": self._bridge.link.text,
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "fingerprint": f"{fingerprint(TOPOLOGY):08x}",
            "steps": step,
        }
        return model_header.text(Model.of_network(TOPOLOGY, weights, provenance))
