"""What a recording says of itself, and whether this host can make sense of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from fixprop import __version__
from fixprop.errors import FixpropError, UsageError
from fixprop.fingerprint import fingerprint
from fixprop.firmware_build import FirmwareBuild
from fixprop.network import Topology
from fixprop.recording.items import json_bytes
from fixprop.tracking.definition import TOPOLOGY
from fixprop.wire.messages import PROTOCOL_VERSION


@dataclass(frozen=True)
class Facts:
    """The header of a recording."""

    url: str
    protocol: int
    fingerprint: int
    host_version: str
    started: str | None = None  # ISO 8601, if someone said it
    world_seed: int | None = None  # of a simulated board's sensors and hand
    firmware: dict[str, Any] | None = None  # sha256 and sizes of a simulated board's program

    def json_bytes(self) -> bytes:
        """As the header holds it; what is not known is left out."""
        return json_bytes({k: v for k, v in asdict(self).items() if v is not None})


def facts_here(url: str, **more: Any) -> Facts:
    """Facts of a recording that this host makes of the board behind `url`."""
    return Facts(url, PROTOCOL_VERSION, fingerprint(TOPOLOGY), __version__, **more)


def firmware_facts(build: FirmwareBuild) -> dict[str, Any]:
    """What a recording says of the program that a simulated board ran."""
    return {
        "sha256": build.sha256,
        "flash_bytes": build.flash_bytes,
        "static_sram_bytes": build.static_sram_bytes,
    }


def facts_of(said: dict[str, Any]) -> Facts:
    """Facts from a header; what a later host added is ignored. FixpropError if some are missing."""
    known = {field.name: said[field.name] for field in fields(Facts) if field.name in said}
    numbers = (known.get("protocol"), known.get("fingerprint"))
    texts = (known.get("url"), known.get("host_version"))
    if not all(type(n) is int for n in numbers) or not all(type(t) is str for t in texts):
        raise FixpropError("its facts are not those of a recording")
    return Facts(**known)


def check_facts(facts: Facts, name: str, topology: Topology = TOPOLOGY) -> None:
    """Raise UsageError if this host cannot mirror the board that was recorded."""
    cure = f"replay it with the fixprop that recorded it ({facts.host_version}), or record anew"
    if facts.protocol != PROTOCOL_VERSION:
        raise UsageError(
            f"{name} was recorded with protocol {facts.protocol}, this host speaks "
            f"{PROTOCOL_VERSION}: {cure}"
        )
    ours = fingerprint(topology)
    if facts.fingerprint != ours:
        raise UsageError(
            f"{name} was recorded with fingerprint {facts.fingerprint:08x}, this host has "
            f"{ours:08x}: other formats or topology; {cure}"
        )
