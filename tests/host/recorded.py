"""Sessions kept as lists of what was sent and what came, to feed them to something else."""

from __future__ import annotations

from dataclasses import dataclass, field

from fixprop.board.replay_native import Sent
from fixprop.formats import Integers
from fixprop.session import Session
from fixprop.sim.paths import Follow
from fixprop.sim.scene import World
from fixprop.tracking.definition import READING_PERIOD_S, VALUES
from fixprop.tracking.twin import Twin
from fixprop.wire.codec import Frame
from fixprop.wire.records import Learn, Mark, ResetWeights, SetPointer, SetRate, Teach

Event = Sent | Frame
REST_S = VALUES["TEACH_REST_READINGS"] * READING_PERIOD_S


@dataclass
class Recording:
    """What happened, in order."""

    events: list[Event] = field(default_factory=list)
    weights: Integers | None = None

    def frames(self) -> list[Frame]:
        """The frames alone."""
        return [event for event in self.events if isinstance(event, Frame)]


def record(session: Session) -> Recording:
    """A recording of all that the session says and hears from now on."""
    recording = Recording()
    session.listeners.append(recording.events.append)
    session.on_sent.append(lambda sequence, c: recording.events.append(Sent(sequence, c)))
    return recording


def lesson(session: Session, world: World, seconds: int) -> Recording:
    """Everything a user does: a lesson, a mark, another rate, a held pointer, a dump of weights."""
    recording = record(session)
    session.open()
    session.command(ResetWeights(7))
    session.command(Teach(seconds))
    world.use(Follow(7, rest_s=REST_S + 0.2), session.port.time_s())
    session.run(seconds)
    session.command(Mark(5000, 1))
    session.command(SetRate(300))
    session.run(0.2)
    session.command(SetPointer(1500))
    session.run(0.2)
    session.command(Learn(0))
    recording.weights = session.weights()
    session.run(0.7)  # a checksum comes every 16 readings, 0.61 s
    return recording


def feed(twin: Twin, events: list[Event]) -> Twin:
    """The twin, after it heard all this."""
    for event in events:
        if isinstance(event, Sent):
            twin.sent(event.sequence, event.command)
        else:
            twin.take(event)
    return twin
