"""Commands at line rate, back to back, while the simulated Uno is busy with readings.

Without flow control the 64 bytes that the firmware keeps run over. The UART's own three do only if
interrupts are off for longer than theirs ever are: a firmware is altered so, and sent no more at a
time than the 64 hold. Survived means: the losses are counted in `health`, no command that was hit
is obeyed, the ones acknowledged are the whole of what changed, and commands are answered as before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np

from fixprop.board.native import NativeBoard
from fixprop.board.simulated import SimulatedBoard
from fixprop.errors import FixpropError
from fixprop.firmware_build import build_firmware
from fixprop.formats import Integers
from fixprop.reliability.altered import altered_firmware
from fixprop.reliability.claim import Claim
from fixprop.reliability.wire_commands import command
from fixprop.session import Session
from fixprop.sim.scene import World
from fixprop.wire.codec import Frame, decode
from fixprop.wire.records import Ack, Health, Result

COMMANDS = 200  # less than 256: an ack names its command by the sequence
KINDS = ("train_sample", "train_sample", "set_rate")  # a step takes longer than its 20 bytes
ACK_S = 0.2
LISTEN_S = 2.5  # two `health` messages and more
PAIR_S = 0.01  # from two commands, which the 64 bytes hold, to the next two
TURN = "static void take_turn() {\n"
DEAF_TURN = f"""{TURN}  static uint8_t turns;
  if (++turns % 8 == 0) {{
    cli();
    for (volatile uint8_t i = 0; i < 255; i++)
      continue; // 0.16 ms: eight bytes come
    sei();
  }}
"""


@dataclass(frozen=True)
class Flood:
    """What became of commands sent back to back."""

    sent: int
    acknowledged: int
    counted: int  # `health.rx_overruns` at the end
    uart_lost: int  # bytes that the UART itself lost
    answers_after: bool  # to commands sent one by one
    as_acknowledged: bool  # weights and rate are those of the acknowledged commands, no others

    @property
    def survived(self) -> bool:
        """All that is promised, with overruns having happened."""
        lost = self.acknowledged < self.sent
        return lost and self.counted > 0 and self.answers_after and self.as_acknowledged


def deaf_firmware() -> Path:
    """The ELF of a firmware whose interrupts are off for too long in every eighth turn."""
    return build_firmware(project=altered_firmware("src/main.cpp", TURN, DEAF_TURN)).elf


def flood(elf: Path, *, seed: int = 1, rush: bool = True, in_pairs: bool = False) -> Flood:
    """Send COMMANDS at once, or two at a time; `rush`: the line does not wait for the receiver."""
    board, random = SimulatedBoard(elf, World(seed)), Random(seed)
    session, heard = Session(board), list[Frame]()
    session.listeners.append(heard.append)
    session.open()
    board.uno.rush(rush)
    names = [random.choice(KINDS) for _ in range(COMMANDS)]
    frames = [command(name, number, random) for number, name in enumerate(names)]
    board.uno.send(b"\0")
    for number in range(0, COMMANDS, 2):
        board.uno.send(b"".join(frames[number : number + 2]))
        session.run(PAIR_S if in_pairs else 0.0)
    session.run(LISTEN_S)
    board.uno.send(b"\0")  # the last frame may have lost only its end: it is obeyed now
    session.run(ACK_S)
    acks = [frame.message for frame in heard if isinstance(frame.message, Ack)]
    healths = [frame.message for frame in heard if isinstance(frame.message, Health)]
    return Flood(
        COMMANDS,
        len(acks),
        healths[-1].rx_overruns,
        board.uno.overruns,
        *_compare(session, _obeyed(frames, acks)),
    )


def _obeyed(frames: Sequence[bytes], acks: Sequence[Ack]) -> list[bytes]:
    done = {ack.command_sequence for ack in acks if ack.result == Result.OK}
    return [frame for frame in frames if decode(frame).sequence in done]


def _end(session: Session) -> tuple[Integers, int]:
    rate = session.hello().rate  # asked again if the flood's last frame lost its end
    return session.weights(), rate


def _compare(session: Session, obeyed: Sequence[bytes]) -> tuple[bool, bool]:
    """Whether the board answers, and whether it is as the native tracker is after `obeyed`."""
    try:
        weights, rate = _end(session)
    except FixpropError:
        return False, False
    other = Session(NativeBoard(World(1)))
    other.open()
    other.port.write(b"".join(obeyed))
    expected, expected_rate = _end(other)
    return True, rate == expected_rate and bool(np.array_equal(weights, expected))


def overrun_claims(elf: Path | None = None, deaf: Path | None = None) -> dict[str, Claim]:
    """uart_*overrun_survived: what the firmware counted as lost; of 64 bytes, and of the UART's."""
    outcome = flood(elf or build_firmware().elf)
    hardware = flood(deaf or deaf_firmware(), in_pairs=True)
    survived = hardware.survived and hardware.uart_lost > 0
    return {
        "uart_overrun_survived": Claim(outcome.counted, 1, outcome.survived),
        "uart_hardware_overrun_survived": Claim(hardware.counted, 1, survived),
    }
