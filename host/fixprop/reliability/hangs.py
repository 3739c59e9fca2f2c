"""The main loop hangs at random instants, on the simulated Uno: the watchdog starts it anew.

The instruction that comes next becomes a jump to itself, in the loop, in a library or in an
interrupt; the reset puts it back. What the board says after it is held against what it was told
before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from fixprop.firmware_build import build_firmware
from fixprop.reliability.altered import altered_firmware
from fixprop.reliability.brown_outs import brown_out_claims
from fixprop.reliability.claim import Claim, Report, silent
from fixprop.reliability.living_board import PATIENCE_S, LivingBoard
from fixprop.sim.uno import CLOCK_HZ
from fixprop.wire.codec import encode_record
from fixprop.wire.records import Hello, Learn, ResetCause, SetRate, State

HANGS = 1000
BAR_S = 1.0
STACK_RATE = 4242  # at this learning rate the altered firmware eats its stack up
STACK_SAVED, STACK_BEFORE = 640, 900  # rates: in EEPROM, and just before
STACK_CHECK = "  if (!stack_is_whole())\n    reset_for_stack();\n"
SHALLOW, DEEP = "__heap_start = 0", "eater::eat(&__heap_start)"  # a byte, and over the mode
EATER = f"""  struct eater {{
    __attribute__((noinline)) static void eat(const uint8_t *end) {{
      volatile uint8_t here[8];
      here[0] = 1;
      if ((const uint8_t *)here > end)
        eat(end);
      here[1] = 2;
    }}
  }};
  extern uint8_t __heap_start;
  if (tracker_mode_now().rate == {STACK_RATE} && !(reset_cause() & 8))
    GROWS;
"""


@dataclass(frozen=True)
class Overflow:
    """What a board made of a stack that had grown into its variables."""

    taken_s: float  # until a reading; inf: none came
    cause: ResetCause
    learning: bool
    rate: int

    @property
    def held(self) -> bool:
        """Back in time, with the cause, and learning at the rate it had or the one it had saved."""
        goes_on = self.learning and self.rate in (STACK_BEFORE, STACK_SAVED)
        return self.taken_s < BAR_S and ResetCause.STACK in self.cause and goes_on


@dataclass
class Hangs:
    """What became of a board that hung again and again."""

    hangs: int = 0
    recovered: int = 0
    slowest_s: float = 0.0  # from the hang to the first reading after it
    while_storing: int = 0
    wrong: list[str] = field(default_factory=list)

    def judge(self, what: str, found: object, *expected: object) -> None:
        """Something the board said, against what it may say."""
        if found not in expected:
            self.wrong.append(f"hang {self.hangs}: {what} is {found}, not {expected}")


def hang_often(elf: Path, hangs: int = HANGS, *, seed: int = 1, report: Report = silent) -> Hangs:
    """A board that is taught, learns, tracks and saves, and hangs."""
    random, board, seen = Random(seed), LivingBoard(elf, seed), Hangs()
    while seen.hangs < hangs:
        report("hangs", seen.hangs, hangs)
        board.live(random)
        board.board.uno.run(random.randrange(round(0.038 * CLOCK_HZ)))
        board.session.run(0.0001)  # what was told until now is heard
        before = board.learning, board.rate, board.saved
        storing = board.storing
        board.board.uno.hang()
        board.heard.clear()
        seen.hangs += 1
        seen.while_storing += storing
        taken_s = board.until_reading()
        seen.slowest_s = max(seen.slowest_s, taken_s)
        if taken_s > PATIENCE_S:
            seen.wrong.append(f"hang {seen.hangs}: no reading within {PATIENCE_S} s")
            return seen
        seen.recovered += 1
        _compare(seen, board.hello(), *before, storing)
        board.saved = board.hello().step, board.hello().weights_crc
    return seen


def _compare(
    seen: Hangs, hello: Hello, learning: bool, rate: int, saved: tuple[int, int], storing: bool
) -> None:
    seen.judge("the cause", ResetCause(hello.reset_cause), ResetCause.WATCHDOG)
    seen.judge("learning", bool(hello.state & State.LEARNING), learning)
    seen.judge("the rate", hello.rate, rate)
    if not storing:  # else what was being saved may be there; see power_cuts.py
        seen.judge("step and weights", (hello.step, hello.weights_crc), saved)


def eat_stack(elf: Path, *, seed: int = 1) -> Overflow:
    """A board that learns, and has saved that, until its stack grows into its variables."""
    board = LivingBoard(elf, seed)
    for command in (SetRate(STACK_SAVED), Learn(1)):
        board.session.command(command)
    board.session.save()
    board.session.command(SetRate(STACK_BEFORE))
    start_s = board.board.time_s()
    board.heard.clear()
    board.board.write(encode_record(SetRate(STACK_RATE), 0))
    if board.until_reading() > PATIENCE_S:
        return Overflow(float("inf"), ResetCause(0), False, 0)
    hello = board.hello()
    return Overflow(
        board.board.time_s() - start_s,
        ResetCause(hello.reset_cause),
        bool(hello.state & State.LEARNING),
        hello.rate,
    )


def eating(grows: str = DEEP, check: str = STACK_CHECK) -> str:
    """What takes the place of STACK_CHECK in a firmware that eats its stack when it is told."""
    return EATER.replace("GROWS", grows) + check


def eating_firmware(grows: str = DEEP, *, check: str = STACK_CHECK) -> Path:
    """The ELF of that firmware; `check`: what it does about it."""
    code = eating(grows, check)
    return build_firmware(project=altered_firmware("src/main.cpp", STACK_CHECK, code)).elf


def hang_claims(elf: Path, *, quick: bool = False, report: Report = silent) -> dict[str, Claim]:
    """hangs_*: recoveries, the slowest in seconds, what differed after them; stack_*; brown_outs_*."""
    hangs = HANGS // 20 if quick else HANGS
    seen = hang_often(elf, hangs, report=report)
    eaten = [eat_stack(eating_firmware(grows)) for grows in (SHALLOW, DEEP)]
    stack_s = max(overflow.taken_s for overflow in eaten)
    wrong = len(seen.wrong)
    return {
        "hangs_recovered": Claim(seen.recovered, hangs, seen.recovered == hangs),
        "hang_slowest_recovery_s": Claim(seen.slowest_s, BAR_S, seen.slowest_s < BAR_S),
        "hangs_state_lost": Claim(wrong, 0, wrong == 0),
        "stack_overflow_recovery_s": Claim(
            stack_s, BAR_S, all(overflow.held for overflow in eaten)
        ),
        **brown_out_claims(elf, quick=quick, report=report),
    }
