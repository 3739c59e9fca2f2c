"""Measures all that fixprop claims to survive: python -m fixprop.reliability [--quick] [GROUP ...]

The figures go to out/reliability.json, where those of groups that are not measured stay if they are
of the same firmware; those of a quick look, which has lower bars, to out/reliability-quick.json.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from fixprop.cli import run
from fixprop.commands.console import reported
from fixprop.commands.paths import output_option
from fixprop.firmware_build import build_firmware
from fixprop.reliability import figures
from fixprop.reliability.claim import Claim, Report
from fixprop.toolchain import PROJECT_ROOT

OUT = PROJECT_ROOT / "out" / "reliability.json"
QUICK_OUT = PROJECT_ROOT / "out" / "reliability-quick.json"
Measure = Callable[[bool, Report], dict[str, Claim]]


def _power(quick: bool, report: Report) -> dict[str, Claim]:
    from fixprop.reliability.power_cuts import cut_claims
    from fixprop.reliability.wear import wear_claims

    cuts = cut_claims(build_firmware().elf, quick=quick, report=report)
    return cuts | wear_claims(report=report)


def _hangs(quick: bool, report: Report) -> dict[str, Claim]:
    from fixprop.reliability.hangs import hang_claims

    return hang_claims(build_firmware().elf, quick=quick, report=report)


def _files(quick: bool, report: Report) -> dict[str, Claim]:
    from fixprop.reliability.file_kills import file_claims

    return file_claims(quick=quick, report=report)


def _soak(quick: bool, report: Report) -> dict[str, Claim]:
    from fixprop.reliability.soak import soak_claims

    return soak_claims(quick=quick, report=report)


def _wire(quick: bool, report: Report) -> dict[str, Claim]:
    from fixprop.reliability.wire import wire_claims

    return wire_claims(quick=quick, report=report)


def _numbers(quick: bool, report: Report) -> dict[str, Claim]:
    from fixprop.reliability.numbers import number_claims

    return number_claims(quick=quick, report=report)


def _fuzz(language: str, quick: bool, report: Report) -> dict[str, Claim]:
    from fixprop.reliability.wire_fuzz import INPUTS, fuzz_claims

    return fuzz_claims([language], inputs=INPUTS // 100 if quick else INPUTS, report=report)


def _mutation(target: str, quick: bool, report: Report) -> dict[str, Claim]:
    from fixprop.reliability.mutation.score import SAMPLE, mutation_claims

    return mutation_claims(target, count=10 if quick else SAMPLE, report=report)


def _budgets(quick: bool, report: Report) -> dict[str, Claim]:
    from fixprop.reliability.budgets import budget_claims

    return budget_claims(quick=quick, report=report)


GROUPS: dict[str, Measure] = {
    "budgets": _budgets,
    "power": _power,
    "hangs": _hangs,
    "files": _files,
    "numbers": _numbers,
    "soak": _soak,
    "wire": _wire,
    "fuzz_c": partial(_fuzz, "c"),
    "fuzz_python": partial(_fuzz, "python"),
    "mutation_c": partial(_mutation, "c"),
    "mutation_mirror": partial(_mutation, "mirror"),
    "mutation_avr": partial(_mutation, "avr"),
}


@click.command()
@click.option("--quick", is_flag=True, help="A look that takes minutes: fewer of everything.")
@output_option(
    f"Where figures go.  [default: {OUT.name} or, quick, {QUICK_OUT.name}, in out/]", old=True
)
@click.argument("groups", nargs=-1, metavar="[GROUP]...", type=click.Choice(list(GROUPS)))
def main(quick: bool, output: Path | None, groups: tuple[str, ...]) -> None:
    """Measure what fixprop claims to survive. Example: scripts/soak power hangs"""
    path = output or (QUICK_OUT if quick else OUT)
    holds, firmware_sha256 = True, build_firmware().sha256
    for group in groups or tuple(GROUPS):
        began = time.monotonic()
        figures.begin(path, group, firmware_sha256)
        with reported() as report:
            claims = GROUPS[group](quick, report)
        figures.keep(path, group, claims, firmware_sha256)
        for name, claim in claims.items():
            holds = holds and claim.holds
            verdict = "holds" if claim.holds else "FAILS"
            note = f" ({claim.note})" if claim.note else ""
            print(f"{name}: {claim.figure:.6g}, bar {claim.bar:.6g}: {verdict}{note}", flush=True)
        print(f"{group}: {time.monotonic() - began:.0f} s", flush=True)
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], main, "scripts/soak"))
