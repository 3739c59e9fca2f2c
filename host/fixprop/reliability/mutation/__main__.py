"""scripts/mutate: try faults of the core and say which the tests do not notice."""

from __future__ import annotations

import sys

import click

from fixprop.cli import run
from fixprop.commands.console import reported
from fixprop.reliability.mutation.score import SAMPLE, SEED, score, told
from fixprop.reliability.mutation.targets import TARGETS


@click.command()
@click.option(
    "--count",
    type=click.IntRange(1),
    default=SAMPLE,
    show_default=True,
    help="Faults of each target.",
)
@click.option("--seed", default=SEED, show_default=True, help="Which ones.")
@click.option("--seconds", type=click.FloatRange(1), default=float("inf"), help="Stop earlier.")
@click.argument("targets", nargs=-1, type=click.Choice(sorted(TARGETS)))
def main(count: int, seed: int, seconds: float, targets: tuple[str, ...]) -> None:
    """Mutation testing, of all targets without a name. Example: scripts/mutate --count 20 c"""
    holds = True
    for name in targets or TARGETS:
        with reported() as report:
            result = score(
                TARGETS[name],
                count=count,
                seed=seed,
                seconds=seconds,
                survived=told,
                report=report,
            )
        print(f"{name}: {result}", flush=True)
        holds = holds and result.claim.holds
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], main, "scripts/mutate"))
