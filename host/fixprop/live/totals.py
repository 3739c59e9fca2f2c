"""What passed over the line since the bridge was made, and all that did not."""

from __future__ import annotations

from dataclasses import dataclass

from fixprop.session import Session
from fixprop.wire.frames import Counters


@dataclass
class Totals:
    """Counters over all connections."""

    connections: int = 0
    gaps: int = 0  # times that an open line was lost
    bytes_in: int = 0
    bytes_out: int = 0
    frames: int = 0
    lost: int = 0  # missing from the sequence
    crc_errors: int = 0
    malformed: int = 0
    cut: int = 0  # frames of which a piece came before the line was lost
    restarts: int = 0  # hellos of a board that started anew while the line was open


class Damage:
    """Adds what one session's reader counts to the totals."""

    def __init__(self, totals: Totals, session: Session) -> None:
        self._totals, self._session = totals, session
        self._before = Counters()

    def count(self) -> None:
        """Take over what came since the last call."""
        now, before, totals = self._session.reader.counters, self._before, self._totals
        totals.crc_errors += now.crc_errors - before.crc_errors
        totals.malformed += now.malformed - before.malformed
        before.crc_errors, before.malformed = now.crc_errors, now.malformed

    def end(self) -> None:
        """The session is over, perhaps in the middle of a frame."""
        self.count()
        self._totals.cut += self._session.reader.pending > 0
