"""Processes are killed while they write models, headers, calibrations, EEPROMs, recordings, sweeps.

What is on the disk is then the old or the new whole file; of those that grow, all that was told to
be on the disk.
"""

from __future__ import annotations

import itertools
import os
import resource
import signal
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import TypeVar

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
from fixprop.reliability.claim import Claim, Report, silent
from fixprop.reliability.file_damage import IDENTITY, calibration, damage_claims
from fixprop.sim.kept_eeprom import Eeprom
from fixprop.sim.uno import EEPROM_BYTES
from fixprop.sweep import results
from fixprop.sweep.point import Point

TRIES = 1000
PATIENCE_S = 10
LONGEST_S = 0.006  # until the kill
ROOM_BYTES = 1500  # of a disk that is nearly full: less than a model takes
NETWORK = Topology((4, 30, 3), ("tanh", "linear"))

Write = Callable[[Path], None]
T = TypeVar("T")


@dataclass
class Kills:
    """What was found after the kills."""

    tries: int = 0
    unfinished: int = 0  # kills that left something half done beside the file or at its end
    wrong: list[str] = field(default_factory=list)


def models() -> tuple[Model, Model]:
    """Two that differ."""
    rng = np.random.default_rng(1)
    first, second = (rng.integers(-(2**23), 2**23, NETWORK.weight_count) for _ in range(2))
    return Model.of_network(NETWORK, first), Model.of_network(NETWORK, second)


def killed(write: Callable[[], None], after_s: float) -> None:
    """Let a process of its own do it, and kill it so long after it has begun."""
    begun, begins = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(begins, b"\0")
            write()
        finally:
            os._exit(0)
    os.read(begun, 1)
    os.close(begun)
    os.close(begins)
    time.sleep(after_s)  # of a process, the only clock there is
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def replacing(write: Callable[[Path, T], None], read: Callable[[Path], T], *values: T) -> _Kind:
    """A file that is written anew again and again, with each of the values in turn."""

    def go_on(path: Path) -> None:
        for value in itertools.cycle(values):
            write(path, value)

    def judge(path: Path) -> bool:
        if read(path) not in values:
            raise FixpropError("it is neither the old nor the new")
        return len(list(path.parent.iterdir())) > 1

    def begin(path: Path) -> None:
        write(path, values[0])

    return begin, go_on, judge


def _write_header(path: Path, model: Model) -> None:
    write_whole(path, header.text(model))


def _write_calibration(path: Path, constants: UnitConstants) -> None:
    _, content = calibration(constants.left.gain, ["a remark"] * 99)
    write_whole(path, calibrations.text(content))


def _keep_eeprom(path: Path, cells: bytes) -> None:
    Eeprom(path).keep(cells)


def _kept(path: Path) -> bytes:
    return Eeprom(path).content or b""


def _item(number: int) -> Item:
    return Item(number * BLOCK_US, Kind.IN, number.to_bytes(4, "little") * 200)


def _record(path: Path) -> None:
    path.unlink(missing_ok=True)
    writer = Writer(path, facts_here("sim://"))
    for number in itertools.count():
        writer.write(_item(number))


def _judge_recording(path: Path) -> bool:
    if not path.exists() or path.stat().st_size == 0:
        return False  # it was killed before it began
    reader = Reader(path)
    items = list(reader)
    if items != [_item(number) for number in range(len(items))]:
        raise FixpropError("the items are not those that were written")
    return reader.torn_bytes > 0


def _sweep(path: Path) -> None:
    with results.results_file(path, IDENTITY) as file:
        for seed in itertools.count(len(file.rows)):
            file.append(Point(seed=seed), {"rmse_deg": seed / 3})


def _judge_sweep(path: Path) -> bool:
    if not path.exists():
        return False
    contents = results.read(path)
    seeds = [row.point.seed for row in contents.rows.values()]
    if seeds != list(range(len(seeds))):
        raise FixpropError("runs are missing")
    return contents.size < path.stat().st_size


_Kind = tuple[Write, Write, Callable[[Path], bool]]


def _nothing(_path: Path) -> None:
    """There is no file to begin with."""


def kinds() -> dict[str, _Kind]:
    """What is made first, what is killed, and whether what it left was unfinished."""
    constants = [calibration(gain, [])[0] for gain in (1.02, 0.97)]
    cells = [Random(seed).randbytes(EEPROM_BYTES) for seed in (1, 2)]
    return {
        "model.json": replacing(lambda path, model: model.write(path), Model.read, *models()),
        "model.h": replacing(_write_header, header.read, *models()),
        "calibration.json": replacing(
            _write_calibration, calibrations.read_calibration, *constants
        ),
        "eeprom.hex": replacing(_keep_eeprom, _kept, *cells),
        "lesson.fixrec": (_nothing, _record, _judge_recording),
        "sweep.jsonl": (_nothing, _sweep, _judge_sweep),
    }


def kill_often(tries: int = TRIES, *, seed: int = 1, report: Report = silent) -> Kills:
    """So many kills at random instants, of each kind in turn."""
    random, seen = Random(seed), Kills()
    made = kinds()
    with tempfile.TemporaryDirectory(prefix="fixprop-kills-") as name:
        for number, kind in zip(range(tries), itertools.cycle(made)):
            report("kills", number, tries)
            folder = Path(name) / str(number)
            folder.mkdir()
            path, (begin, go_on, judge) = folder / kind, made[kind]
            begin(path)
            killed(partial(go_on, path), random.uniform(0, LONGEST_S))
            seen.tries += 1
            try:
                seen.unfinished += judge(path)
            except FixpropError as error:
                seen.wrong.append(f"{kind}: {error}")
    return seen


def fill_disk(kind: str, folder: Path) -> tuple[bool, str]:
    """Write in a process to which no file may grow past ROOM_BYTES: whether what is there can be
    read, and what was said."""
    path, (begin, go_on, judge) = folder / kind, kinds()[kind]
    begin(path)
    said = folder.parent / f"{kind}.said"
    child = os.fork()
    if child == 0:
        signal.alarm(PATIENCE_S)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM_BYTES, ROOM_BYTES))
        try:
            go_on(path)
        except FixpropError as error:
            said.write_text(str(error))
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    try:
        judge(path)
    except FixpropError as error:
        return False, str(error)
    return True, said.read_text() if said.exists() else ""


def full_disk_survived() -> int:
    """Kinds of files of which a full disk leaves what was there, and of which it is told in a line."""
    survived = 0
    for kind in kinds():
        with tempfile.TemporaryDirectory(prefix="fixprop-full-") as name:
            folder = Path(name) / "disk"
            folder.mkdir()
            whole, said = fill_disk(kind, folder)
            survived += whole and bool(said) and "\n" not in said
    return survived


def file_claims(*, quick: bool = False, report: Report = silent) -> dict[str, Claim]:
    """Kills and kinds of full disks after which all could be read; damaged files not misread."""
    tries = TRIES // 10 if quick else TRIES
    seen = kill_often(tries, report=report)
    survived, all_kinds = full_disk_survived(), len(kinds())
    good = seen.tries - len(seen.wrong)
    return {
        "files_readable_after_kill": Claim(good, tries, good == tries),
        "files_disk_full_survived": Claim(survived, all_kinds, survived == all_kinds),
        **damage_claims(quick=quick, report=report),
    }
