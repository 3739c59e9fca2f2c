"""The firmware's receiver on whole streams."""

from __future__ import annotations

from typing import Any

import cffi

from fixprop.toolchain import FIRMWARE, PROJECT_ROOT, build_shared_library

WIRE = FIRMWARE / "lib" / "wire" / "src"
HERE = PROJECT_ROOT / "tests" / "fuzz"


class NativeReceiver:
    """wire_receive from all zero for each stream."""

    def __init__(self) -> None:
        self._ffi = cffi.FFI()
        self._ffi.cdef("void receive_stream(const uint8_t *, uint32_t, uint8_t *, uint16_t *);")
        sources = [WIRE / "wire.c", HERE / "receive.c"]
        self._c: Any = self._ffi.dlopen(
            str(build_shared_library("receive", sources, include=[WIRE]))
        )
        self._counters = self._ffi.new("uint16_t[4]")

    def receive(self, stream: bytes) -> tuple[list[bytes], tuple[int, ...]]:
        """Payloads; and how many were wrong in checksum, in form, lost, doubled."""
        out = self._ffi.new("uint8_t[]", len(stream) + 1)
        self._c.receive_stream(stream, len(stream), out, self._counters)
        told, at, payloads = bytes(out), 0, []
        while length := told[at]:
            payloads.append(told[at + 1 : at + 1 + length])
            at += 1 + length
        return payloads, tuple(self._counters)
