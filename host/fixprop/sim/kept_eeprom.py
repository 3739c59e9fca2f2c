"""An EEPROM that outlives the program."""

from __future__ import annotations

from pathlib import Path

from fixprop.errors import FixpropError
from fixprop.files import write_whole
from fixprop.intel_hex import intel_hex, read_intel_hex
from fixprop.sim.uno import EEPROM_BYTES


class Eeprom:
    """The EEPROM's cells in an Intel HEX file, so that they outlive this process."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._kept = self._read() if path and path.exists() else None

    def _read(self) -> bytes:
        assert self._path is not None
        content = read_intel_hex(self._path)
        if set(content) != set(range(EEPROM_BYTES)):
            raise FixpropError(
                f"{self._path} is not the whole EEPROM, {EEPROM_BYTES} bytes from 0; "
                "remove it for a new chip"
            )
        return bytes(content[at] for at in range(EEPROM_BYTES))

    @property
    def content(self) -> bytes | None:
        """What was kept; None for a new chip."""
        return self._kept

    def keep(self, now: bytes) -> None:
        """Write the cells to the file if they changed."""
        if self._path and now != self._kept:
            write_whole(self._path, intel_hex(now))
            self._kept = now
