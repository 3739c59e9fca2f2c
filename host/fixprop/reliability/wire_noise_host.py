"""The noise of wire_noise.py on the host's receiver: what it takes that nobody sent, what it loses.

Python sends and receives, so there are fewer frames; they are of all kinds of messages. One that the
CRC lets pass must also be of a known code and that code's length, so still less passes than chance.
"""

from __future__ import annotations

from random import Random

from fixprop.reliability.claim import Claim, Report, silent
from fixprop.reliability.wire_commands import noisy
from fixprop.reliability.wire_noise import CHANCE, RATES, Noise
from fixprop.wire.codec import Frame, decode
from fixprop.wire.frames import FrameReader
from fixprop.wire.framing import frame_payload
from fixprop.wire.messages import MESSAGES
from fixprop.wire.schema import HEADER_SIZE

HOST_DAMAGED = 2_000_000  # frames over all rates: about two minutes
MOST_LOST = 9  # whole frames after a damaged one; then the reader is given up
ONE_THIRD_ZEROS = range(-128, 256)


class HostLine:
    """A noisy line to the host; after each damaged frame whole ones come until one is read."""

    def __init__(self, rate: float, seed: int = 1) -> None:
        self._rate, self._random, self._reader = rate, Random(seed), FrameReader()
        self._sequence = 0
        self._sent: list[Frame] = []  # what may come
        self._damaged = self._accepted = self._late_most = self._late_ended = 0

    def send_damaged(self) -> None:
        """One frame with damage."""
        frame = came = self._frame()
        while came == frame:
            came = noisy(frame, self._rate, self._random)
        self._sent = [decode(frame)]
        self._hear(came)
        lost = self._lost()
        self._damaged += 1
        self._late_most = max(self._late_most, lost)
        self._late_ended += lost if came.endswith(b"\0") else 0

    @property
    def noise(self) -> Noise:
        """What became of the frames; all that were sent were damaged."""
        checked = self._accepted + self._reader.counters.crc_errors
        counts = self._damaged, self._damaged, checked, self._accepted, 0
        return Noise(*counts, self._late_most, self._late_ended)

    def _frame(self) -> bytes:
        message = self._random.choice(MESSAGES)
        drawn = self._random.choices(ONE_THIRD_ZEROS, k=message.payload_size - HEADER_SIZE)
        self._sequence = (self._sequence + 1) % 256
        fields = bytes(max(0, value) for value in drawn)
        return frame_payload(bytes([message.code, self._sequence]) + fields)

    def _hear(self, came: bytes) -> list[Frame]:
        got = self._reader.feed(came)
        self._accepted += sum(one not in self._sent for one in got)
        return got

    def _lost(self) -> int:
        """Whole frames until one comes."""
        for lost in range(MOST_LOST):
            whole = self._frame()
            self._sent.append(decode(whole))
            if self._sent[-1] in self._hear(whole):
                return lost
        return MOST_LOST


def measure_host(rate: float, damaged: int, *, seed: int = 1, report: Report = silent) -> Noise:
    """So many damaged frames."""
    line = HostLine(rate, seed)
    for number in range(damaged):
        report(f"damaged frames to the host, {rate:.0%} of bytes", number, damaged)
        line.send_damaged()
    return line.noise


def measure_host_lines(damaged: int = HOST_DAMAGED, *, report: Report = silent) -> Noise:
    """So many over all rates."""
    noise, each = Noise(), -(-damaged // len(RATES))
    for seed, rate in enumerate(RATES, 1):
        noise = noise.joined(measure_host(rate, each, seed=seed, report=report))
    return noise


def host_noise_claims(damaged: int = HOST_DAMAGED, *, report: Report = silent) -> dict[str, Claim]:
    """host_accepted_corrupt_frames, of each that reaches the CRC; host_resynchronisation_frames."""
    noise = measure_host_lines(damaged, report=report)
    is_no_more = noise.checked > 0 and noise.interval.low <= CHANCE
    recovers = noise.late_most <= 1 and noise.late_ended == 0
    return {
        "host_accepted_corrupt_frames": Claim(noise.share, CHANCE, is_no_more, noise.certainty),
        "host_resynchronisation_frames": Claim(noise.late_most, 1, recovers),
    }
