"""The store's C on cells that a test can wear out, and a power that it can cut."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

from cffi import FFI

from fixprop.toolchain import FIRMWARE, build_shared_library

SOURCE = FIRMWARE / "lib" / "store" / "src"
STORE = SOURCE / "store.c"
WIRE = FIRMWARE / "lib" / "wire" / "src"
HERE = Path(__file__).parent
CELLS = 1024
ERASED = 0xFF
FINGERPRINT = 0x1234ABCD


def _constants() -> dict[str, int]:
    text = (SOURCE / "store.h").read_text()
    return {name: int(number, 0) for name, number in re.findall(r"(STORE_\w+) = (\w+),", text)}


CONSTANTS = _constants()


def _declarations() -> str:
    structs = re.findall(r"^typedef struct \{.*?^\} (?:store|world);", _sources(), re.M | re.S)
    text = "\n".join(structs).replace("CELLS", str(CELLS))
    return f"""{text}
        world *world_of_cells(void);
        void boot(uint16_t, uint32_t);
        uint32_t work(void);
        void start_save(void);
        void start_erase(void);
        bool look_again(void);
        uint8_t worn_slots(void);
        bool newest_record(uint8_t *);
    """


def _sources() -> str:
    return (SOURCE / "store.h").read_text() + (HERE / "shim.c").read_text()


class Cells:
    """1,024 erased cells and a store of records of `size` bytes on them; `store`: its source."""

    def __init__(self, size: int = 208, store: Path = STORE) -> None:
        library = build_shared_library(
            "store_test",
            [store, WIRE / "wire.c", HERE / "shim.c"],
            include=[SOURCE, WIRE],
            flags=["-Wconversion"],
        )
        self._ffi = FFI()
        self._ffi.cdef(re.sub(r"//.*", "", _declarations()))
        with tempfile.NamedTemporaryFile(suffix=".so") as copy:  # one file, one set of variables
            copy.write(library.read_bytes())
            copy.flush()
            self._c: Any = self._ffi.dlopen(copy.name)
        self.world: Any = self._c.world_of_cells()
        self.size = size
        self.image = bytes([ERASED]) * CELLS
        self.boot()

    @property
    def image(self) -> bytes:
        """What the cells hold."""
        return bytes(self._ffi.buffer(self.world.cells))

    @image.setter
    def image(self, image: bytes) -> None:
        self._ffi.memmove(self.world.cells, image, CELLS)

    @property
    def slot_size(self) -> int:
        """Bytes from one slot to the next."""
        return self.size + CONSTANTS["STORE_OVERHEAD"]

    def seal(self, slot: int) -> int:
        """The last cell of a slot."""
        return int(self.world.cells[(slot + 1) * self.slot_size - 1])

    def boot(self, fingerprint: int = FINGERPRINT, size: int | None = None) -> bytes | None:
        """Power on; the record found, None if there is none."""
        self.size = size or self.size
        self.world.writes_left = 0
        self._c.boot(self.size, fingerprint)
        return self.record()

    def record(self) -> bytes | None:
        """The newest record."""
        buffer = self._ffi.new("uint8_t[]", self.size)
        found = self._c.newest_record(buffer)
        return bytes(self._ffi.buffer(buffer, self.size)) if found else None

    def look_again(self) -> bytes | None:
        """The newest record, all slots checked anew."""
        self._c.look_again()
        return self.record()

    def save(self, record: bytes, cut: int = 0, remains: int = 0) -> bool:
        """Whether it succeeded; with `cut` the power goes in that write and leaves `remains`."""
        self._ffi.memmove(self.world.record, record, self.size)
        return self._do(self._c.start_save, cut, remains)

    def erase(self, cut: int = 0, remains: int = 0) -> bool:
        """Whether it succeeded; see save()."""
        return self._do(self._c.start_erase, cut, remains)

    def _do(self, start: Any, cut: int, remains: int) -> bool:
        self.world.writes_left, self.world.remains = cut, remains
        start()
        self.turns = int(self._c.work())
        assert self.world.faults == 0
        return not self.world.off and not self.world.store.failed

    def writes(self) -> list[int]:
        """So often each cell was written."""
        return list(self.world.writes)

    def wear_out(self, *addresses: int) -> None:
        """These cells keep what they hold from now on."""
        for address in addresses:
            self.world.worn[address] = 1

    def heal(self) -> None:
        """No cell is worn."""
        self._ffi.memmove(self.world.worn, bytes(CELLS), CELLS)

    def worn_slots(self) -> int:
        """Slots found worn since the power came."""
        return int(self._c.worn_slots())
