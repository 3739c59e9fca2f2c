"""The kinds of files that fixprop writes: how each is written again and again, and judged after it.

Of a file that is replaced the old or the new whole one must be there; of one that grows, all that
was told to be kept.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, TypeVar

import numpy as np

from fixprop.calibration import files as calibrations
from fixprop.calibration.constants import UnitConstants
from fixprop.errors import FixpropError
from fixprop.files import write_whole
from fixprop.model import Model, header
from fixprop.network import Topology
from fixprop.recording.facts import facts_here
from fixprop.recording.items import Item, Kind
from fixprop.recording.reader import Reader
from fixprop.recording.writer import BLOCK_US, Writer
from fixprop.reliability.file_damage import IDENTITY, calibration
from fixprop.sim.kept_eeprom import Eeprom
from fixprop.sim.uno import EEPROM_BYTES
from fixprop.sweep import results
from fixprop.sweep.point import Point

NETWORK = Topology((4, 30, 3), ("tanh", "linear"))

Tell = Callable[[], object]  # one thing more is kept, whatever happens to the process
T = TypeVar("T")


class Written(NamedTuple):
    """`begin` makes what is there before; `go_on` writes without end; `judge`, with how often it was
    told, says whether something was left unfinished, and raises FixpropError if something is wrong.
    """

    begin: Callable[[Path], None]
    go_on: Callable[[Path, Tell], None]
    judge: Callable[[Path, int], bool]


def models() -> tuple[Model, Model]:
    """Two that differ."""
    rng = np.random.default_rng(1)
    first, second = (rng.integers(-(2**23), 2**23, NETWORK.weight_count) for _ in range(2))
    return Model.of_network(NETWORK, first), Model.of_network(NETWORK, second)


def replacing(write: Callable[[Path, T], None], read: Callable[[Path], T], *values: T) -> Written:
    """A file that is written anew again and again, with each of the values in turn."""

    def begin(path: Path) -> None:
        write(path, values[0])

    def go_on(path: Path, tell: Tell) -> None:
        for value in itertools.cycle(values):
            write(path, value)
            tell()

    def judge(path: Path, _told: int) -> bool:
        if read(path) not in values:
            raise FixpropError("it is neither the old nor the new")
        return len(list(path.parent.iterdir())) > 1

    return Written(begin, go_on, judge)


def _write_header(path: Path, model: Model) -> None:
    write_whole(path, header.text(model))


def _write_calibration(path: Path, constants: UnitConstants) -> None:
    _, content = calibration(constants.left.gain, ["a remark"] * 99)
    write_whole(path, calibrations.text(content))


def _keep_eeprom(path: Path, cells: bytes) -> None:
    Eeprom(path).keep(cells)


def _kept(path: Path) -> bytes:
    return Eeprom(path).content or b""


def _nothing(_path: Path) -> None:
    """There is no file to begin with."""


def _is_begun(path: Path, told: int) -> bool:
    """Whether there is something to read; there need not be if nothing was told."""
    return bool(told) or (path.exists() and path.stat().st_size > 0)


def _require(read: Sequence[Any], written: Sequence[Any], told: int) -> None:
    if list(read) != list(written):
        raise FixpropError("what is there is not what was written")
    if len(read) < told:
        raise FixpropError(f"{told} were told to be kept, {len(read)} are there")


def _item(number: int) -> Item:
    return Item(number * BLOCK_US, Kind.IN, number.to_bytes(4, "little") * 200)


def _record(path: Path, tell: Tell) -> None:
    """Each item fills a block: it must be on the disk when the next has been taken."""
    writer = Writer(path, facts_here("sim://"))
    writer.write(_item(0))
    for number in itertools.count(1):
        writer.write(_item(number))
        tell()


def _judge_recording(path: Path, told: int) -> bool:
    if not _is_begun(path, told):
        return False
    reader = Reader(path)
    items = list(reader)
    _require(items, [_item(number) for number in range(len(items))], told)
    if not reader.cut_short:
        raise FixpropError("it passes for a whole recording")
    return reader.torn_bytes > 0


def _sweep(path: Path, tell: Tell) -> None:
    with results.results_file(path, IDENTITY) as file:
        for seed in itertools.count():
            file.append(Point(seed=seed), {"rmse_deg": seed / 3})
            tell()


def _judge_sweep(path: Path, told: int) -> bool:
    if not _is_begun(path, told):
        return False
    contents = results.read(path)
    seeds = [row.point.seed for row in contents.rows.values()]
    _require(seeds, range(len(seeds)), told)
    return contents.size < path.stat().st_size


def kinds() -> dict[str, Written]:
    """All of them, by the name of an example."""
    constants = [calibration(gain, [])[0] for gain in (1.02, 0.97)]
    cells = [Random(seed).randbytes(EEPROM_BYTES) for seed in (1, 2)]
    return {
        "model.json": replacing(lambda path, model: model.write(path), Model.read, *models()),
        "model.h": replacing(_write_header, header.read, *models()),
        "calibration.json": replacing(
            _write_calibration, calibrations.read_calibration, *constants
        ),
        "eeprom.hex": replacing(_keep_eeprom, _kept, *cells),
        "lesson.fixrec": Written(_nothing, _record, _judge_recording),
        "sweep.jsonl": Written(_nothing, _sweep, _judge_sweep),
    }
