"""Every fault and a healthy board, many times over: `python -m fixprop.doctor.trials --runs 100`.

Each run has its own sensors, noise and fault. Found is found only if the right thing is named;
what is named besides is counted too.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import click

from fixprop.cli import run
from fixprop.commands.paths import json_option
from fixprop.doctor.examination import Wishes, examine
from fixprop.doctor.person import Simulated
from fixprop.files import write_whole
from fixprop.firmware_build import build_firmware
from fixprop.sim.faults import BY_NAME, FAULTS, make_bench

HEALTHY = "healthy"
EXPECTED: dict[str, str] = {
    HEALTHY: "",
    "left_unplugged": "sensor_high (left)",
    "right_unplugged": "sensor_high (right)",
    "left_loose": "sensor_high (left)",
    "right_loose": "sensor_high (right)",
    "left_intermittent": "sensor_floating (left)",
    "left_unpowered": "sensor_low (left)",
    "right_shorted": "sensor_high (right)",
    "left_stuck": "sensor_stuck (left)",
    "right_noisy": "sensor_noisy (right)",
    "sensors_swapped": "sensors_swapped",
    "servo_unplugged": "servo_still",
    "servo_on_board": "supply_sags",
    "supply_low": "supply_low",
    "clock_off": "clock_off",
    "bits_flipped": "line_errors",
    "bytes_lost": "line_errors",
    "silent": "silent",
    "another_sketch": "foreign",
    "old_protocol": "other_protocol",
    "other_firmware": "other_firmware",
    "deaf": "no_answer",
    "brown_out": "brown_out",
    "loose_power": "restarts",
    "weak_supply": "brown_out",
    "deep_stack": "memory_low",
    "late_loop": "readings_missed",
    "worn_eeprom": "eeprom_worn",
}


@dataclass(frozen=True)
class Result:
    """`runs` examinations of boards with one fault; `found` named it, `also` is what else was."""

    fault: str
    expected: str
    runs: int
    found: int
    also: dict[str, int]
    missed_seeds: tuple[int, ...]

    @property
    def holds(self) -> bool:
        """Every fault found; nothing found on a healthy board."""
        return self.found == self.runs and (bool(self.expected) or not self.also)


def findings(fault: str, seed: int, elf: Path | None = None) -> list[str]:
    """The names of what the doctor finds on a board with that fault."""
    bench = make_bench(seed, None if fault == HEALTHY else BY_NAME[fault], elf)
    person = Simulated(bench.world, bench.port)
    rows = examine(bench.port, Wishes(person, write=fault in (HEALTHY, "worn_eeprom")))
    return [finding.name for row in rows for finding in row.findings]


def trial(fault: str, seeds: range, found: list[list[str]]) -> Result:
    """What the findings of those seeds come to."""
    expected = EXPECTED[fault]
    hits = [expected in names if expected else not names for names in found]
    also = Counter(name for names in found for name in names if name != expected)
    missed = tuple(seed for seed, hit in zip(seeds, hits, strict=True) if not hit)
    return Result(fault, expected, len(seeds), sum(hits), dict(also), missed)


@click.command()
@click.option("--runs", type=click.IntRange(1, 10_000), default=100, show_default=True)
@click.option("--fault", "names", multiple=True, type=click.Choice(list(EXPECTED)))
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
@json_option
def trials(runs: int, names: tuple[str, ...], workers: int, json_path: Path | None) -> None:
    """Examine boards with each fault, and healthy ones; exit status 1 if one was not told right.

    \b
    Example:  python -m fixprop.doctor.trials --runs 20 --fault swapped --json out/trials.json
    """
    elf = build_firmware().elf  # one for all, whatever happens to the sources meanwhile
    results = []
    with ProcessPoolExecutor(workers) as pool:
        for fault in names or EXPECTED:
            seeds = range(1, runs + 1)
            found = list(pool.map(partial(findings, fault, elf=elf), seeds, chunksize=5))
            results.append(trial(fault, seeds, found))
            _print(results[-1])
            if json_path is not None:  # after each, as all of them take a while
                write_whole(json_path, json.dumps([asdict(r) for r in results], indent=2) + "\n")
    sys.exit(0 if all(result.holds for result in results) else 1)


def _print(result: Result) -> None:
    verdict = "ok    " if result.holds else "FAILED"
    missed = f", not for seeds {list(result.missed_seeds)[:10]}" if result.missed_seeds else ""
    besides = "".join(f", {count} x {name}" for name, count in result.also.items())
    expected = result.expected or "nothing"
    click.echo(
        f"{verdict} {result.fault:16} {expected:24} {result.found} of {result.runs}{missed}"
        + (f"; besides{besides[1:]}" if besides else "")
    )


assert set(EXPECTED) == {HEALTHY, *(fault.name for fault in FAULTS)}

if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], trials, "python -m fixprop.doctor.trials"))
