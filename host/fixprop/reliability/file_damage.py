"""Files that fixprop wrote are cut at every length, altered byte by byte, or of a foreign version.

Each must be refused in one line that names the file, and the next step; or be equal: read, it means
what was written, as when white space changed. A file that grows may lack its end: then what is read
must be its beginning, and the reader must say that the rest is missing (recordings), or the missing
runs must be done again (sweeps). All else is wrong.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import numpy as np

from fixprop.calibration import files as calibrations
from fixprop.calibration.constants import SensorConstants, UnitConstants
from fixprop.calibration.fit import Fit
from fixprop.calibration.walk import Outcome
from fixprop.errors import FixpropError
from fixprop.files import checksum
from fixprop.intel_hex import intel_hex
from fixprop.model import Column, Model, file, header
from fixprop.network import Topology
from fixprop.recording.facts import Facts, facts_here
from fixprop.recording.items import Item, Kind
from fixprop.recording.layout import HEADER, VERSION
from fixprop.recording.reader import Reader
from fixprop.recording.writer import BLOCK_US, Writer
from fixprop.reliability.claim import Claim, Report, silent
from fixprop.sim.kept_eeprom import Eeprom
from fixprop.sim.uno import EEPROM_BYTES
from fixprop.sweep import results
from fixprop.sweep.identity import Identity
from fixprop.sweep.point import Point

ALTERED = 20  # other values that each byte is given
IDENTITY = Identity("1", "2", "3")
POINTS = [Point(seed=seed) for seed in range(1, 5)]
STEPS = r"make|export|calibrate|update|use|take|replay|record|start|delete|choose|remove"
NEXT_STEP = re.compile(f"[;:] ({STEPS}) ")


class FileKind(NamedTuple):
    """A whole file; how it is read; what counts as its beginning; foreign ones of its kind."""

    whole: bytes
    read: Callable[[Path], Any]
    foreign: list[bytes]
    is_beginning: Callable[[Any, Any], bool] = lambda read, whole: False


@dataclass
class Damages:
    """What became of the damaged files."""

    refused: int = 0
    equal: int = 0
    told: int = 0  # read as a beginning, and said to be no more
    wrong: list[str] = field(default_factory=list)

    @property
    def tried(self) -> int:
        """All."""
        return self.refused + self.equal + self.told + len(self.wrong)


# models


def example() -> Model:
    """With all that a model may hold."""
    topology = Topology((2, 3, 2), ("tanh", "softmax"))
    weights = np.random.default_rng(7).integers(-(1 << 20), 1 << 20, topology.weight_count)
    inputs = Column("length (cm)", 1, 10, 69, -32767, 32767), Column.plain("as it is")
    outputs = tuple(Column(name, 4, 0, 10_000, 0, 32767) for name in ("small", "großes"))
    return Model(topology, weights, inputs, outputs, ("small", "großes"), {"seed": 1, "x": 0.5})


def _model() -> FileKind:
    content = json.loads(file.text(example()))
    changes: list[dict[str, Any]] = [
        *({"version": version} for version in (0, 2, "1", None)),
        {"arithmetic": "00000000"},
        {"formats": {"weight": "Q3.20"}},
    ]
    return FileKind(
        file.text(example()).encode(), Model.read, [_said(content | change) for change in changes]
    )


def _said(content: dict[str, Any]) -> bytes:
    return json.dumps(content | {"checksum": checksum(content)}).encode()


def _header(flash: bool) -> FileKind:
    whole = header.text(example(), flash=flash)
    foreign = [_header_of(whole, version).encode() for version in (0, 2)]
    return FileKind(whole.encode(), header.read, foreign)


def _header_of(whole: str, version: int) -> str:
    """The header as another version would have written it, its checksum with it."""
    content = json.loads(file.text(example()))
    own, other = content["checksum"], checksum(content | {"version": version})
    return whole.replace('"version": 1', f'"version": {version}').replace(own, other)


# recordings


def _recording() -> FileKind:
    facts = facts_here("sim://", world_seed=1)
    others = [replace(facts, protocol=facts.protocol + 1), replace(facts, fingerprint=0)]
    whole = _recorded(facts)
    start, (mark, _, *rest) = HEADER.size, HEADER.unpack(whole[: HEADER.size])
    versions = [HEADER.pack(mark, n, *rest) + whole[start:] for n in (1, VERSION + 1)]
    return FileKind(whole, _read_recording, [*map(_recorded, others), *versions], _begins)


def _recorded(facts: Facts) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        writer = Writer(path := Path(folder) / "x", facts, sync=lambda _: None)
        for n in range(8):
            writer.write(Item(n * BLOCK_US // 3, Kind(n % 2), bytes(range(n, 20 + n))))
        writer.close()
        return path.read_bytes()


class Recorded(NamedTuple):
    """All that a reader tells."""

    facts: Facts
    items: list[Item]
    cut_short: str


def _read_recording(path: Path) -> Recorded:
    reader = Reader(path)
    return Recorded(reader.facts, list(reader), reader.cut_short)


def _begins(read: Recorded, whole: Recorded) -> bool:
    same = read.facts == whole.facts and read.items == whole.items[: len(read.items)]
    return same and bool(read.cut_short)


# sweeps


def _sweep() -> FileKind:
    whole = _swept(IDENTITY)
    head, _, rows = whole.partition(b"\n")
    formats = [_said(json.loads(head) | {"fixprop_sweep": n}) + b"\n" + rows for n in (1, 3)]
    return FileKind(whole, _go_on, [*formats, _swept(replace(IDENTITY, probe="0"))])


def _figures(point: Point) -> dict[str, float]:
    return {"rmse_deg": point.seed / 3, "seen": 1.0}


def _swept(identity: Identity) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        _do_missing(path := Path(folder) / "x", identity)
        return path.read_bytes()


def _do_missing(path: Path, identity: Identity) -> None:
    with results.results_file(path, identity) as rows:
        for point in POINTS:
            rows.append(point, _figures(point))


def _go_on(path: Path) -> list[tuple[int, dict[str, float | None]]]:
    """What `read` gives must be right already; then a sweep goes on with it."""
    for row in results.read(path).rows.values():
        if row.point not in POINTS or row.figures != _figures(row.point):
            return []
    _do_missing(path, IDENTITY)
    return sorted((row.point.seed, row.figures) for row in results.read(path).rows.values())


# calibrations and EEPROMs


def calibration(gain: float, remarks: list[str]) -> tuple[UnitConstants, dict[str, Any]]:
    """Constants, and the document that a calibration with that result would write."""
    sensor = SensorConstants(gain, 35.1, 3.46, 5.4)
    residuals = (1.0, -2.0, 3.0, -4.0, 5.0)
    fit = Fit(sensor, 0.02, 17.2, residuals, residuals)
    constants = UnitConstants(sensor, sensor, 1100, 1_800_000_000)
    outcome = Outcome(constants, (fit, fit), {}, 4995.0, remarks)
    return constants, calibrations.document(outcome, "unit", "sim://")


def _calibration() -> FileKind:
    _, content = calibration(1.02, ["a remark"])
    foreign = [_said(content | {"format": n}) for n in (1, 3, "2")]
    whole = calibrations.text(content).encode()
    return FileKind(whole, calibrations.read_calibration, foreign)


def _eeprom() -> FileKind:
    cells = Random(1).randbytes(EEPROM_BYTES)
    foreign = [intel_hex(bytes(n)).encode() for n in (0, EEPROM_BYTES // 2, 2 * EEPROM_BYTES)]
    return FileKind(intel_hex(cells).encode(), lambda path: Eeprom(path).content, foreign)


KINDS: dict[str, Callable[[], FileKind]] = {
    "model.json": _model,
    "model.h": lambda: _header(False),
    "flash.h": lambda: _header(True),
    "lesson.fixrec": _recording,
    "sweep.jsonl": _sweep,
    "calibration.json": _calibration,
    "eeprom.hex": _eeprom,
}


def damaged(whole: bytes, altered: int, every: int, random: Random) -> Iterator[tuple[str, bytes]]:
    """A file cut at every length, and with each of its bytes given `altered` other values.

    `every`: of so many lengths and bytes only one, drawn.
    """
    for start in range(0, len(whole), every):
        place = min(start + random.randrange(every), len(whole) - 1)
        yield f"cut after {place} bytes", whole[:place]
        for change in random.sample(range(1, 256), altered):
            byte, other = whole[place : place + 1], bytes([whole[place] ^ change])
            name = f"byte {place} {byte!r} altered to {other!r}"
            yield name, whole[:place] + other + whole[place + 1 :]


def damage(name: str, altered: int = ALTERED, *, every: int = 1, seed: int = 1) -> Damages:
    """All damages of one kind of file; see `damaged`."""
    kind, found = KINDS[name](), Damages()
    damages = damaged(kind.whole, altered, every, Random(seed))
    with tempfile.TemporaryDirectory(prefix="fixprop-damage-") as folder:
        whole = kind.read(_placed(Path(folder) / f"whole-{name}", kind.whole))
        for number, (what, data) in enumerate(damages):
            # each in a file of its own: where one is written over, file systems wait for the disk
            path = _placed(Path(folder) / f"{number}-{name}", data)
            _judge(kind, path, what, whole, found)
            path.unlink()
        for number, data in enumerate(kind.foreign):
            path = _placed(Path(folder) / f"foreign-{number}-{name}", data)
            _judge(kind, path, "foreign", None, found)
    return found


def _placed(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def _judge(kind: FileKind, path: Path, what: str, whole: Any, found: Damages) -> None:
    """`whole` None: it must be refused."""
    try:
        read = kind.read(path)
    except FixpropError as error:
        fault = _fault(str(error), path)
        found.refused += not fault
    except Exception as error:  # whatever a user would see as a traceback
        fault = f"{type(error).__name__}: {error}"
    else:
        equal, told = whole is not None and read == whole, False
        if whole is not None and not equal:
            told = kind.is_beginning(read, whole)
        found.equal += equal
        found.told += told
        fault = "" if equal or told else "read as something else"
    if fault:
        found.wrong.append(f"{path.name}, {what}: {fault}")


def _fault(refusal: str, path: Path) -> str:
    if len(refusal.splitlines()) != 1:
        return f"more than one line: {refusal!r}"
    if str(path) not in refusal:
        return f"the file is not named: {refusal}"
    if not (refusal.isprintable() and NEXT_STEP.search(refusal)):
        return f"no next step: {refusal!r}"
    return ""


def damage_claims(*, quick: bool = False, report: Report = silent) -> dict[str, Claim]:
    """files_damaged_refused: damaged files of all kinds that were refused, equal, or told short."""
    runs = list[Damages]()
    for number, name in enumerate(KINDS):
        report("damaged files, kinds", number, len(KINDS))
        runs.append(damage(name, 1 if quick else ALTERED, every=2 if quick else 1))
    tried, wrong = sum(run.tried for run in runs), sum(len(run.wrong) for run in runs)
    return {"files_damaged_refused": Claim(tried - wrong, tried, wrong == 0)}
