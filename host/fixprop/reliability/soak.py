"""Hours of a simulated Uno at many times its speed: it is taught, learns, tracks and saves.

Its clock is set so that milliseconds and microseconds wrap around soon after the start. The numbers
of its frames wrap every few seconds by themselves, those of its commands in each round.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from multiprocessing import Manager
from pathlib import Path
from random import Random

from fixprop.board.simulated import SimulatedBoard
from fixprop.firmware_build import STACK_RESERVE_BYTES, build_firmware
from fixprop.reliability.claim import Claim, Report, silent
from fixprop.session import Session
from fixprop.sim.paths import Follow
from fixprop.sim.scene import World
from fixprop.sim.uno import CLOCK_HZ
from fixprop.tracking.definition import VALUES
from fixprop.tracking.native_learner import NativeLearner
from fixprop.tracking.twin import Twin
from fixprop.wire.codec import Frame
from fixprop.wire.frames import Counters
from fixprop.wire.records import Health, Learn, Reading, Record, SetRate, Teach

HOURS = 2.0
BOARDS = 2  # at once, each for its part of the time
QUICK_S = 60.0
TO_WRAP_S = 20.0
PERIOD_US = 1000 * VALUES["READING_PERIOD_MS"]
WRAP_US = 2**32
LESSON_S, ROUND_S = 40, 120.0
SEQUENCES = 256  # numbers that frames have; as many commands cross their end
STACK_GROWTH_BYTES = 0  # after a whole round, which has all that a board is ever asked to do


@dataclass
class Soak:
    """What was seen of a board."""

    seconds: float = 0.0
    speed: float = 0.0  # seconds of it in one of ours
    readings: int = 0
    irregular: int = 0  # not the next reading, or not a period after the last
    clock_wraps: int = 0
    sequence_wraps: int = 0  # from 255 to 0, of the board's frames
    command_wraps: int = 0  # the same of the host's commands
    drift_us: int = 0  # of the board's clock against the simulator's, where it was largest
    health: list[Health] = field(default_factory=list)
    line: Counters = field(default_factory=Counters)  # of the host's reader
    first_round: Health | None = None  # the latest by its end
    checksums: int = 0
    checksums_equal: int = 0
    gaps: int = 0
    saves: int = 0

    @property
    def faults(self) -> int:
        """All that must not be, counted."""
        last, line = self.health[-1], self.line
        told = last.missed_readings + last.lost_tx_frames + last.rx_crc_errors + last.rx_overruns
        heard = line.lost + line.duplicates + line.crc_errors + line.malformed
        late = int(abs(self.drift_us) > PERIOD_US)
        unlike = self.checksums - self.checksums_equal if self.checksums else 1
        return self.irregular + self.gaps + unlike + told + heard + late

    @property
    def stack_growth_bytes(self) -> int:
        """What the stack took since the end of the first round."""
        first = self.first_round or self.health[0]
        return first.stack_free - self.health[-1].stack_free


class _Watch:
    def __init__(self, board: SimulatedBoard, seen: Soak) -> None:
        self.board, self.seen = board, seen
        self.last: Reading | None = None
        self.first_us = 0.0
        self.elapsed_us = 0
        self.sequence = self.command = 0

    def sent(self, sequence: int, _command: Record) -> None:
        self.seen.command_wraps += (self.command, sequence) == (SEQUENCES - 1, 0)
        self.command = sequence

    def hear(self, frame: Frame) -> None:
        self.seen.sequence_wraps += (self.sequence, frame.sequence) == (SEQUENCES - 1, 0)
        self.sequence = frame.sequence
        if isinstance(frame.message, Health):
            self.seen.health.append(frame.message)
        if isinstance(frame.message, Reading):
            self._reading(frame.message)

    def _reading(self, reading: Reading) -> None:
        now_us, last = self.board.time_s() * 1e6, self.last
        self.seen.readings += 1
        self.last = reading
        if last is None:
            self.first_us = now_us
            return
        passed_us = (reading.time_us - last.time_us) % WRAP_US
        self.elapsed_us += passed_us
        self.seen.clock_wraps += reading.time_us < last.time_us
        next_one = reading.reading_index == last.reading_index + 1
        self.seen.irregular += not (next_one and passed_us == PERIOD_US)
        drift_us = round(now_us - self.first_us - self.elapsed_us)
        self.seen.drift_us = max(self.seen.drift_us, drift_us, key=abs)


def soak(
    elf: Path, seconds: float, *, seed: int = 1, lived: Callable[[float], None] = lambda s: None
) -> Soak:
    """A board for so many seconds of its own time, which is told to `lived` each round."""
    seen, world, random = Soak(), World(seed), Random(seed)
    board, began = SimulatedBoard(elf, world), time.monotonic()
    session, twin = Session(board), Twin(NativeLearner(seed))
    watch = _Watch(board, seen)
    session.listeners += [twin.take, watch.hear]
    session.on_sent += [twin.sent, watch.sent]
    seen.line = session.reader.counters
    board.uno.run(CLOCK_HZ // 50)  # variables are set up, and no reading was taken yet
    near = 2**32 - round(TO_WRAP_S * 1000)
    board.uno.write_sram(board.uno.symbol("now_ms"), near.to_bytes(4, "little"))
    session.open()
    while board.time_s() < seconds:
        _round(session, world, random, seconds)
        seen.saves += 1
        seen.first_round = seen.first_round or seen.health[-1]
        lived(board.time_s())
    seen.seconds, seen.speed = board.time_s(), board.time_s() / (time.monotonic() - began)
    seen.checksums = twin.state.checksums_compared
    seen.checksums_equal = twin.state.checksums_equal
    seen.gaps = twin.state.gaps + (0 if twin.in_step else 1)
    return seen


def _round(session: Session, world: World, random: Random, seconds: float) -> None:
    """A lesson, tracking with training and without, and a save; rates past all command numbers."""
    port = session.port
    world.use(Follow(random.randrange(999)), port.time_s())
    session.command(Teach(LESSON_S))
    session.run(min(LESSON_S, seconds / 3))
    for _ in range(SEQUENCES):
        session.command(SetRate(random.randrange(64, 1024)))
    session.run(min(ROUND_S - LESSON_S, seconds / 3) / 2)
    session.command(Learn(0))
    session.save()
    session.run(min(ROUND_S - LESSON_S, seconds / 3) / 2)


def _soak_and_tell(elf: Path, seconds: float, seed: int, lived: dict[int, float]) -> Soak:
    return soak(elf, seconds, seed=seed, lived=lambda time_s: lived.update({seed: time_s}))


def _all_soaked(elf: Path, seconds: float, report: Report) -> list[Soak]:
    with Manager() as manager, ProcessPoolExecutor(BOARDS) as pool:
        lived: dict[int, float] = manager.dict()  # type: ignore[assignment]  # seconds, by seed
        seeds = range(1, BOARDS + 1)
        runs = [pool.submit(_soak_and_tell, elf, seconds, seed, lived) for seed in seeds]
        while wait(runs, timeout=1).not_done:
            done_s = sum(lived.values())
            report(
                "two boards, minutes of theirs", round(done_s / 60), round(BOARDS * seconds / 60)
            )
        return [run.result() for run in runs]


def soak_claims(*, quick: bool = False, report: Report = silent) -> dict[str, Claim]:
    """soak_*: hours, what went wrong, wraps crossed, the stack's reserve and growth, the drift."""
    hours = QUICK_S / 3600 if quick else HOURS
    seen = _all_soaked(build_firmware().elf, hours * 3600 / BOARDS, report)
    done, faults = sum(run.seconds for run in seen) / 3600, sum(run.faults for run in seen)
    stack = min(run.health[-1].stack_free for run in seen)
    return {
        "soak_hours": Claim(round(done, 3), hours, done >= hours),
        "soak_faults": _at_most(faults, 0),
        "soak_clock_wraps": _at_least(min(run.clock_wraps for run in seen), 1),
        "soak_sequence_wraps": _at_least(min(run.sequence_wraps for run in seen), 1),
        "soak_command_sequence_wraps": _at_least(min(run.command_wraps for run in seen), 1),
        "soak_drift_us": _at_most(max(abs(run.drift_us) for run in seen), PERIOD_US),
        "soak_stack_free_bytes": _at_least(stack, STACK_RESERVE_BYTES),
        "soak_stack_growth_bytes": _at_most(
            max(run.stack_growth_bytes for run in seen), STACK_GROWTH_BYTES
        ),
    }


def _at_least(figure: float, bar: float) -> Claim:
    """Of which more is better."""
    return Claim(figure, bar, figure >= bar)


def _at_most(figure: float, bar: float) -> Claim:
    """Of which less is better."""
    return Claim(figure, bar, figure <= bar)
