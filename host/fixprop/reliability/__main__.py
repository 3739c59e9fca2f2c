"""Measures all that fixprop claims to survive: python -m fixprop.reliability [--quick] [GROUP ...]

The figures go to out/reliability.json, where those of groups that are not measured stay.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from fixprop.cli import run
from fixprop.commands.console import reported
from fixprop.commands.paths import output_option
from fixprop.errors import FixpropError
from fixprop.files import write_whole
from fixprop.firmware_build import build_firmware
from fixprop.reliability.claim import Claim, Report
from fixprop.toolchain import PROJECT_ROOT

OUT = PROJECT_ROOT / "out" / "reliability.json"
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


GROUPS: dict[str, Measure] = {
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


def known(path: Path) -> dict[str, dict[str, float | bool]]:
    """Claims of a file of an earlier run; none if there is no such file."""
    try:
        return dict(json.loads(path.read_text())["claims"])
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError) as error:
        raise FixpropError(f"{path} is no file of figures: remove it") from error


def keep(path: Path, claims: dict[str, Claim]) -> None:
    """Put claims into the file, in place of those of the same names."""
    told = known(path) | {
        name: {"figure": c.figure, "bar": c.bar, "holds": bool(c.holds)}
        for name, c in claims.items()
    }
    write_whole(path, json.dumps({"claims": dict(sorted(told.items()))}, indent=2) + "\n")


@click.command()
@click.option("--quick", is_flag=True, help="A look that takes minutes: fewer of everything.")
@output_option("Where figures go.", default=OUT, show_default=True, old=True)
@click.argument("groups", nargs=-1, type=click.Choice(list(GROUPS)))
def main(quick: bool, output: Path, groups: tuple[str, ...]) -> None:
    """Measure what fixprop claims to survive. Example: scripts/soak power hangs"""
    holds = True
    for group in groups or tuple(GROUPS):
        began = time.monotonic()
        with reported() as report:
            claims = GROUPS[group](quick, report)
        keep(output, claims)
        for name, claim in claims.items():
            holds = holds and claim.holds
            verdict = "holds" if claim.holds else "FAILS"
            print(f"{name}: {claim.figure:.6g}, bar {claim.bar:.6g}: {verdict}", flush=True)
        print(f"{group}: {time.monotonic() - began:.0f} s", flush=True)
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], main, "scripts/soak"))
