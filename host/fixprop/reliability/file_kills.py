"""Processes are killed while they write models, headers, calibrations, EEPROMs, recordings, sweeps,
or come to the end of a full disk.

What is on the disk is then the old or the new whole file; of those that grow, all that was told to
be on the disk, and their end may be torn. What the system has taken counts as on the disk: it
outlives the process, not a power cut.
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
from io import FileIO
from pathlib import Path
from random import Random

from fixprop.errors import FixpropError
from fixprop.reliability.claim import Claim, Report, silent
from fixprop.reliability.file_damage import damage_claims
from fixprop.reliability.file_kinds import Tell, kinds

TRIES = 1000
PATIENCE_S = 10
MOST_TOLD = 8  # things kept before the kill; one takes milliseconds on a disk
LONGEST_S = 0.006  # from the last of them to the kill
ROOM_BYTES = 1500  # of a disk that is nearly full: less than a model takes
TOLD = b"\0"


@dataclass
class Kills:
    """What was found after the kills."""

    tries: int = 0
    unfinished: int = 0  # kills that left something half done beside the file or at its end
    told: int = 0  # things that were told to be kept
    wrong: list[str] = field(default_factory=list)


def _process(work: Callable[[Tell], None]) -> tuple[int, FileIO]:
    """A process of its own that does it, and where it is heard: it tells once that it begins."""
    hears, tells = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(tells, TOLD)
            work(partial(os.write, tells, TOLD))
        finally:
            os._exit(0)
    os.close(tells)
    return child, FileIO(hears)


def _ended(child: int, heard: FileIO) -> int:
    """How often it has told something that was not heard yet, when it has ended."""
    with heard:
        told = heard.readall()
    os.waitpid(child, 0)
    return len(told)


def killed(write: Callable[[Tell], None], after_told: int, after_s: float) -> int:
    """Kill a process that writes, so long after it has told so much; how much it had told then.

    FixpropError if it ended by itself before.
    """
    child, heard = _process(write)
    before = sum(len(heard.read(1)) for _ in range(1 + after_told))
    time.sleep(after_s)  # of a process, the only clock there is
    os.kill(child, signal.SIGKILL)
    told = before - 1 + _ended(child, heard)
    if told < after_told:
        raise FixpropError(f"its writer ended by itself when {told} were kept")
    return told


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
            after = random.randrange(MOST_TOLD), random.uniform(0, LONGEST_S)
            seen.tries += 1
            try:
                told = killed(partial(go_on, path), *after)
                seen.told += told
                seen.unfinished += judge(path, told)
            except FixpropError as error:
                seen.wrong.append(f"{kind}: {error}")
    return seen


def _fill(go_on: Callable[[Path, Tell], None], path: Path, said: Path, tell: Tell) -> None:
    """Write until no file may grow past ROOM_BYTES, and note what is said then."""
    signal.alarm(PATIENCE_S)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM_BYTES, ROOM_BYTES))
    try:
        go_on(path, tell)
    except FixpropError as error:
        said.write_text(str(error))


def fill_disk(kind: str, folder: Path) -> tuple[bool, str]:
    """Write in a process to which no file may grow past ROOM_BYTES: whether what is there can be
    read, and what was said."""
    path, (begin, go_on, judge) = folder / kind, kinds()[kind]
    begin(path)
    said = folder.parent / f"{kind}.said"
    told = _ended(*_process(partial(_fill, go_on, path, said))) - 1
    try:
        judge(path, told)
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
