"""Recordings for the tests: a lesson on the firmware's C, taken by hand, without threads or waiting."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fixprop.board.native import NativeBoard
from fixprop.board.port import Port
from fixprop.errors import FixpropError
from fixprop.formats import Integers
from fixprop.live.bridge import Bridge
from fixprop.live.events import Event
from fixprop.live.subscription import Subscription
from fixprop.recording.facts import facts_here
from fixprop.recording.items import Item, Kind
from fixprop.recording.recorder import Recorder
from fixprop.sim.paths import Follow
from fixprop.sim.scene import World
from fixprop.tracking.native_learner import NativeLearner
from fixprop.tracking.twin import Twin
from fixprop.wire.records import Learn, Record, ResetWeights, Teach

SEED = 7
BYTES = (Kind.IN, Kind.OUT)


class Cable:
    """A native board that can be unplugged; it loses its power with it."""

    def __init__(self) -> None:
        self.url = "native://"
        self.world = World(SEED)
        self.board = NativeBoard(self.world)
        self.plugged = True

    def connect(self) -> Port:
        self.plugged = True
        return self

    def unplug(self) -> None:
        self.plugged = False
        self.board.power_cycle()

    def read(self, seconds: float) -> bytes:
        if not self.plugged:
            raise FixpropError(f"lost {self.url}: someone pulled the plug")
        return self.board.read(seconds)

    def write(self, data: bytes) -> None:
        self.board.write(data)

    def time_s(self) -> float:
        return self.board.time_s()

    def close(self) -> None:
        pass


@dataclass
class Live:
    """A board, its bridge and its twin, turned by hand."""

    cable: Cable
    bridge: Bridge
    twin: Twin
    now_s: float = 0.0

    @staticmethod
    def start() -> Live:
        cable, twin = Cable(), Twin(NativeLearner(SEED))
        live = Live(cable, Bridge(cable.connect, twin), twin)
        live.bridge = Bridge(cable.connect, twin, clock=live.clock)
        return live

    def clock(self) -> float:
        """The board's time, and what passed while no line was open."""
        return self.cable.time_s() + self.now_s

    def obey(self, command: Record) -> None:
        answer = self.bridge.command(command)
        self.bridge.turn(0.0)
        answer.result()

    def teach(self, seconds: int) -> None:
        self.bridge.turn(0.0)
        self.obey(ResetWeights(SEED))
        self.obey(Teach(seconds))
        self.cable.world.use(Follow(SEED, rest_s=4.0), self.cable.time_s())
        self.bridge.turn(float(seconds))
        self.obey(Learn(0))

    def weights(self) -> Integers:
        answer = self.bridge.call(lambda session: session.weights())
        self.bridge.turn(0.0)
        return answer.result()

    def recorder(self, path: Path) -> Recorder:
        return Recorder(self.bridge, path, facts_here("native://"))

    def pull_the_plug(self) -> None:
        """And plug it in again, a while later."""
        self.cable.unplug()
        self.bridge.turn(0.1)
        self.now_s += 3.0
        self.bridge.turn(0.1)


def recorded(path: Path, seconds: int = 8) -> Live:
    """A lesson and its weights at `path`."""
    live = Live.start()
    recorder = live.recorder(path)
    live.teach(seconds)
    live.weights()
    live.bridge.turn(1.0)
    live.bridge.close()
    recorder.close()
    return live


def joined(items: list[Item]) -> list[tuple[Kind, bytes]]:
    """The bytes of either direction, those of one direction in one piece."""
    pieces: list[tuple[Kind, bytes]] = []
    for item in items:
        if item.kind not in BYTES:
            continue
        if pieces and pieces[-1][0] == item.kind:
            pieces[-1] = item.kind, pieces[-1][1] + item.data
        else:
            pieces.append((item.kind, item.data))
    return pieces


def told(subscription: Subscription, kind: type[Event]) -> list[Event]:
    return [event for event in subscription.take() if isinstance(event, kind)]
