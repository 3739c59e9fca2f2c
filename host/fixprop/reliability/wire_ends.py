"""Frames that lose their end on the line cost no other frame, in either direction.

A reset cuts off what the board was sending: the firmware sends a delimiter before its hello, which
would otherwise pass for the rest of that frame. A line that loses the end of a command: the session
sends a delimiter before each, so that the next one is not taken for its rest.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

from fixprop.board.native import NativeBoard
from fixprop.board.simulated import SimulatedBoard
from fixprop.firmware_build import build_firmware
from fixprop.reliability.claim import Claim, Report, silent
from fixprop.session import NoAnswer, Session
from fixprop.sim.scene import World
from fixprop.wire.codec import encode_record
from fixprop.wire.frames import FrameReader
from fixprop.wire.records import GetWeights, Hello, SetRate

TRIED = 1000
DUMP_S = 0.006  # all weights take about 8 ms on the line
HELLO_S = 0.03  # after a reset; the first reading comes later
SHORTEST = len(encode_record(SetRate(0), 0))


@dataclass
class Starts:
    """What became of the hellos."""

    resets: int = 0
    cut: int = 0  # resets that cut off a frame
    read: int = 0  # resets after which the hello was read


def reset_often(
    elf: Path, resets: int = TRIED, *, seed: int = 1, report: Report = silent
) -> Starts:
    """Reset the simulated Uno so often, each time while it sends its weights."""
    board, random = SimulatedBoard(elf, World(seed)), Random(seed)
    reader, seen = FrameReader(), Starts()
    _listen(board, reader, HELLO_S)
    for number in range(resets):
        report("resets within a frame", number, resets)
        board.write(b"\0" + encode_record(GetWeights(), 0))
        _listen(board, reader, random.uniform(0.0005, DUMP_S))
        board.uno.reset()
        seen.resets += 1
        seen.cut += reader.pending > 0
        seen.read += _listen(board, reader, HELLO_S)
    return seen


def _listen(board: SimulatedBoard, reader: FrameReader, seconds: float) -> bool:
    """Whether a hello came."""
    end_s, found = board.time_s() + seconds, False
    while (left_s := end_s - board.time_s()) > 0:
        frames = reader.feed(board.read(left_s))
        found = found or any(isinstance(frame.message, Hello) for frame in frames)
    return found


class LosesTheEnd(NativeBoard):
    """A native board; of the next thing that is sent, the last `lost` bytes do not come."""

    lost = 0

    def write(self, data: bytes) -> None:
        """See Port."""
        super().write(data[: len(data) - self.lost])
        self.lost = 0


def answered_after_cuts(commands: int = TRIED, *, seed: int = 1, report: Report = silent) -> int:
    """Of so many commands, each sent after one that lost its end: those that are answered."""
    board, random, answered = LosesTheEnd(World(seed)), Random(seed), 0
    session = Session(board)
    session.open()
    for number in range(commands):
        report("commands after a cut one", number, commands)
        board.lost = random.randrange(1, SHORTEST)
        with suppress(NoAnswer):
            session.command(SetRate(1))
        with suppress(NoAnswer):
            session.command(SetRate(2 + number))
            answered += session.hello().rate == 2 + number
    return answered


def end_claims(
    tried: int = TRIED, elf: Path | None = None, *, report: Report = silent
) -> dict[str, Claim]:
    """hellos_read_after_reset and commands_after_cut_answered: of so many."""
    seen = reset_often(elf or build_firmware().elf, tried, report=report)
    answered = answered_after_cuts(tried, report=report)
    return {
        "hellos_read_after_reset": Claim(seen.read, tried, seen.read == tried),
        "commands_after_cut_answered": Claim(answered, tried, answered == tried),
    }
