"""Commands over a noisy line to the tracker's whole C: none is ever half applied.

Each byte is watched: the state changes only when a command is complete, answered and not refused.
And a second tracker, on a clean line, is sent what the first one answered and nothing else; the
two stay equal in every byte of state, weights and EEPROM.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from fixprop.board.native import load_tracker
from fixprop.reliability.claim import Claim, Report, silent
from fixprop.tracking.definition import TOPOLOGY
from fixprop.wire.codec import encode
from fixprop.wire.framing import frame_payload
from fixprop.wire.messages import BY_NAME, MAX_PAYLOAD, MESSAGES, WEIGHTS_PER_MESSAGE
from fixprop.wire.schema import Field

COUNTS = ("accepted", "refused", "unanswered", "changed_silently", "changed_on_refusal")
DECLARATIONS = f"""
typedef struct {{ uint32_t {", ".join(COUNTS)}; }} watch_counts;
void watch_begin(void);
uint32_t watch_size(void);
void watch_state(uint8_t *);
uint8_t watch_receive(uint8_t, uint8_t *, watch_counts *);
uint32_t native_work(uint32_t);
void tracker_reading(uint16_t, uint16_t, uint32_t, uint16_t);
"""
COMMANDS = [message.name for message in MESSAGES if message.direction == "host to device"]
NOT_REPEATABLE = {"train_sample"}  # a second one is a second step; its ack has the step's number
SENT = 20_000
MOST_RATE = 0.1  # of each byte
KEPT_SENT = 4  # commands that noise can join into one frame are this near


class WatchedTracker:
    """The tracker's C and what can be seen of it; each instance has memory of its own.

    `altered` replaces sources by others, by their names.
    """

    def __init__(self, altered: Mapping[str, Path] | None = None) -> None:
        more = [Path(__file__).with_suffix(".c")]
        self._ffi, self._c = load_tracker("watched", DECLARATIONS, altered, more)
        self._c.watch_begin()
        self._state = self._ffi.new("uint8_t[]", self._c.watch_size())
        self._payload = self._ffi.new("uint8_t[]", MAX_PAYLOAD)
        self._counts = self._ffi.new("watch_counts *")

    def receive(self, stream: bytes) -> list[bytes]:
        """Bytes from the line; the payloads that were accepted."""
        taken = []
        for byte in stream:
            length = self._c.watch_receive(byte, self._payload, self._counts)
            if length:
                taken.append(bytes(self._ffi.buffer(self._payload, length)))
        return taken

    def live(self, left: int, right: int, time_us: int, turns: int) -> None:
        """A reading, and work after it."""
        self._c.tracker_reading(left, right, time_us & 0xFFFFFFFF, 5000)
        self._c.native_work(turns)

    def state(self) -> bytes:
        """All that a command could change."""
        self._c.watch_state(self._state)
        return bytes(self._ffi.buffer(self._state))

    @property
    def counts(self) -> dict[str, int]:
        """What was seen since the start; see watch_counts."""
        return {name: int(getattr(self._counts, name)) for name in COUNTS}


@dataclass(frozen=True)
class Outcome:
    """What a noisy line did to a tracker."""

    sent: int
    counts: dict[str, int]
    foreign: int  # commands accepted that nobody sent
    differing: int  # commands after which the tracker differed from its twin

    @property
    def half_applied(self) -> int:
        """Changes without an acknowledgement, or with a refusal, or other than the command's."""
        names = ("changed_silently", "changed_on_refusal", "unanswered")
        return self.differing + sum(self.counts[name] for name in names)


def noisy(frame: bytes, rate: float, random: Random) -> bytes:
    """The frame with bits flipped, bytes lost, doubled and inserted."""
    out = bytearray()
    for byte in frame:
        kind = random.randrange(4) if random.random() < rate else None
        flip = 1 << random.randrange(8) if kind == 0 else 0
        out += b"" if kind == 1 else bytes([byte ^ flip])
        if kind in (2, 3):
            out.append(byte if kind == 2 else random.randrange(256))
    return bytes(out)


def command(name: str, sequence: int, random: Random) -> bytes:
    """A command with random fields, most of them of a kind that the tracker accepts."""
    values = {field.name: _value(field, random) for field in BY_NAME[name].fields}
    if name == "set_weights" and random.random() < 0.9:
        offset = random.choice(range(0, TOPOLOGY.weight_count, WEIGHTS_PER_MESSAGE))
        values["offset"] = offset
        values["count"] = min(WEIGHTS_PER_MESSAGE, TOPOLOGY.weight_count - offset)
    if name == "set_pointer" and random.random() < 0.7:
        values["pointer_us"] = random.randrange(1000, 2000)
    if name == "set_calibration" and random.random() < 0.7:
        values["bandgap_mv"] = random.randrange(1000, 1200)
    return encode(name, sequence, **values)


def _value(field: Field, random: Random) -> int | bytes:
    if field.length:
        return random.randbytes(field.length)
    if field.name in ("on", "present"):
        return random.choice((0, 0, 1, 1, 2))
    return random.randint(field.scalar.low, field.scalar.high)


def converse(
    sent: int = SENT,
    *,
    seed: int = 1,
    altered: Mapping[str, Path] | None = None,
    report: Report = silent,
) -> Outcome:
    """Send so many commands, at noise from nothing to MOST_RATE, with readings and work between."""
    random = Random(seed)
    board, twin = WatchedTracker(altered), WatchedTracker(altered)
    recent: list[bytes] = []
    foreign = differing = 0
    for number in range(sent):
        report("commands over noise", number, sent)
        frame = command(random.choice(COMMANDS), number, random)
        recent = [*recent[1 - KEPT_SENT :], frame]
        taken = board.receive(noisy(frame, random.uniform(0, MOST_RATE), random))
        answered = [frame_payload(payload) for payload in taken]
        foreign += sum(one not in recent for one in answered)
        twin.receive(b"".join(answered))
        differing += board.state() != twin.state()
        _live([board, twin], number, random)
    return Outcome(sent, board.counts, foreign, differing)


def _live(trackers: Sequence[WatchedTracker], number: int, random: Random) -> None:
    left, right, turns = random.randrange(8185), random.randrange(8185), random.randrange(400)
    if number % 4 == 0:
        for tracker in trackers:
            tracker.live(left, right, number * 38_000, turns)


def repeat(name: str, *, seed: int = 1) -> tuple[bytes, bytes]:
    """The state after a command, and after the same frame has come once more."""
    tracker = WatchedTracker()
    frame = command(name, 0, Random(seed))
    tracker.receive(frame)
    once = tracker.state()
    tracker.receive(frame)
    return once, tracker.state()


def command_claims(
    sent: int = SENT,
    *,
    altered: Mapping[str, Path] | None = None,
    report: Report = silent,
) -> dict[str, Claim]:
    """half_applied_commands, and commands_answered: the share that had exactly one answer."""
    outcome = converse(sent, altered=altered, report=report)
    half = outcome.half_applied
    answered = 1 - outcome.counts["unanswered"] / outcome.counts["accepted"]
    return {
        "half_applied_commands": Claim(half, 0, half == 0),
        "commands_answered": Claim(answered, 1, answered == 1),
    }
