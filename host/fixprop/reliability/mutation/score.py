"""How many of the faults the tests notice."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fixprop.errors import FixpropError
from fixprop.reliability.claim import Claim, Report, silent
from fixprop.reliability.mutation.copy import Copy
from fixprop.reliability.mutation.mutant import Mutant
from fixprop.reliability.mutation.targets import TARGETS, Target
from fixprop.toolchain import PROJECT_ROOT

BAR = 0.9
SAMPLE = 100  # of each target in a soak: five minutes
SEED = 1


@dataclass
class Score:
    """`population`: faults there are; `tried` of them: killed or `survivors`, described.

    Not counted as tried: `stillborn` do not compile; `equal` give the same machine code.
    """

    population: int
    killed: int = 0
    survivors: list[str] = field(default_factory=list)
    stillborn: int = 0
    equal: int = 0
    seconds: float = 0.0

    @property
    def tried(self) -> int:
        """Faults that the tests could notice, as far as is known."""
        return self.killed + len(self.survivors)

    @property
    def share(self) -> float:
        """Killed of those tried."""
        return self.killed / self.tried if self.tried else 0.0

    @property
    def claim(self) -> Claim:
        """The share against the bar."""
        return Claim(self.share, BAR, self.share >= BAR)

    def __str__(self) -> str:
        return (
            f"{self.killed} of {self.tried} killed ({self.share:.1%}); sample of {self.population}"
            f" faults; {self.stillborn} more do not compile, {self.equal} give the same code;"
            f" {self.seconds:.0f} s"
        )


def chosen(mutants: Sequence[Mutant], seed: int) -> list[Mutant]:
    """All of them in an order that depends on the seed only."""
    return random.Random(seed).sample(list(mutants), len(mutants))


def score(
    target: Target,
    *,
    count: int = SAMPLE,
    seed: int = SEED,
    seconds: float = float("inf"),
    survived: Callable[[str], None] = lambda line: None,
    report: Report = silent,
    root: Path = PROJECT_ROOT,
) -> Score:
    """Try `count` faults, fewer if there are no more or `seconds` are over.

    Each survivor is told as it is found. Raises FixpropError if the tests fail without any fault.
    """
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="fixprop-mutation-") as name,
        Copy(Path(name), root) as copy,
    ):
        mutants = [m for path in target.sources for m in target.mutants(path, copy.source(path))]
        if not copy.test(target.tests):
            raise FixpropError(f"the tests of {target.name} fail without a fault; mend them first")
        result = Score(len(mutants))
        unchanged = copy.machine_code() if target.compiled else None
        for mutant in chosen(mutants, seed):
            if result.tried >= count or time.monotonic() - began > seconds:
                break
            report(f"faults of {target.name}", result.tried, min(count, len(mutants)))
            _try(copy, target, mutant, unchanged, result, survived)
    result.seconds = time.monotonic() - began
    return result


def _try(
    copy: Copy,
    target: Target,
    mutant: Mutant,
    unchanged: str | None,
    result: Score,
    survived: Callable[[str], None],
) -> None:
    code = copy.machine_code(mutant) if target.compiled else ""
    if code is None:
        result.stillborn += 1
    elif code == unchanged:
        result.equal += 1
    elif copy.survives(mutant, target.tests_of(mutant.path)):
        result.survivors.append(mutant.described(copy.source(mutant.path)))
        survived(result.survivors[-1])
    else:
        result.killed += 1


def told(survivor: str) -> None:
    """A survivor on a line of its own."""
    print(f"survived: {survivor}", flush=True)


def mutation_claims(name: str, *, count: int = SAMPLE, report: Report = silent) -> dict[str, Claim]:
    """mutants_killed_NAME: the share that the tests notice of the target's faults.

    Survivors are printed, as docs/mutation.md has to give the reason of each.
    """
    return {
        f"mutants_killed_{name}": score(
            TARGETS[name], count=count, survived=told, report=report
        ).claim
    }
