"""Training steps at the ends of every format, in the firmware's C under sanitizers.

Any weights, any inputs and targets, every learning rate, every pair of activation functions, with
momentum and in mini-batches: each value that a step leaves is held against the mirror, whose int64
no sum of a network fills, so that a value that wrapped instead of saturating differs.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, product
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fixprop import native
from fixprop.activations import ACTIVATIONS, HIDDEN
from fixprop.errors import FixpropError
from fixprop.formats import ACTIVATION, MOMENTUM, NO_TARGET, RATE, WEIGHT, Integers
from fixprop.network import Mirror, Topology
from fixprop.reliability.claim import Report, silent
from fixprop.toolchain import BUILD, require_tool

SOURCE = Path(__file__).with_suffix(".c")
SANITIZERS = "-fsanitize=undefined,address"  # a finding of the first is told and goes on
ENVIRONMENT = {"ASAN_OPTIONS": "detect_leaks=0", "UBSAN_OPTIONS": "print_stacktrace=0"}
OPTIMISERS = ("online", "momentum", "mini_batch")  # as steps_optimiser in the C
APPLY_EACH = 4
PAIRS = tuple(product(sorted(HIDDEN), sorted(ACTIVATIONS)))
SIZES, WIDEST = (4, 5, 3), (254, 2, 254)
STEPS = 1000  # of each network; 35 pairs, 3 optimisers and 10 networks make 1,050,000
WIDEST_STEPS = 4
SPREAD = 40_503  # odd: rates so far apart come to every rate there is


class Case(NamedTuple):
    """Networks of one topology, and what they are trained on."""

    topology: Topology
    optimiser: str
    momentum: int  # UQ0.16
    rates: Integers  # [steps], UQ3.13
    weights: Integers  # [networks, weight_count], Q4.19
    inputs: Integers  # [steps, networks, inputs], Q0.15
    targets: Integers  # [steps, networks, outputs], Q0.15


@dataclass
class Steps:
    """What was found in how many steps."""

    steps: int = 0
    findings: int = 0  # places in the C, in each case anew, with an undefined operation
    wrapped: int = 0  # values that are not those of unlimited integers
    at_ends: int = 0  # weights that a step left at an end of their format: saturation was needed
    finding: str = ""  # the first of them
    difference: str = ""  # the first value that wrapped


def extremes(rng: np.random.Generator, low: int, high: int, shape: tuple[int, ...]) -> Integers:
    """Rows (last axis) that are all `low`, all `high`, both in turn, either at random, or anything."""
    anything = rng.integers(low, high + 1, shape) >> rng.integers(0, 24, shape)
    rows = [
        np.full(shape, low),
        np.full(shape, high),
        np.broadcast_to(np.where(np.arange(shape[-1]) % 2, low, high), shape),
        rng.choice([low, high], shape),
        anything,
    ]
    chosen = rng.integers(0, len(rows), (*shape[:-1], 1))
    return np.asarray(np.choose(chosen, rows), np.int64)


def rates_of(number: int, steps: int) -> Integers:
    """Learning rates of a case's steps, UQ3.13; all of its 65,536 come in turn, case after case."""
    return np.asarray((np.arange(steps) + number * steps) * SPREAD % (RATE.high + 1))


def cases(steps: int, networks: int = 10, seed: int = 1) -> Iterator[Case]:
    """Every pair of activation functions with every optimiser; then the widest layers."""
    kinds = list(product(PAIRS, OPTIMISERS))
    for number, (names, optimiser) in enumerate(kinds):
        rng = np.random.default_rng([seed, number])
        yield _case(rng, Topology(SIZES, names), optimiser, rates_of(number, steps), networks)
    for number, (names, optimiser) in enumerate(kinds):
        rng = np.random.default_rng([seed, number, 1])
        yield _case(rng, Topology(WIDEST, names), optimiser, np.full(WIDEST_STEPS, RATE.high), 2)


def _case(
    rng: np.random.Generator, topology: Topology, optimiser: str, rates: Integers, networks: int
) -> Case:
    inputs, outputs = topology.sizes[0], topology.sizes[-1]
    targets = extremes(rng, ACTIVATION.low, ACTIVATION.high, (len(rates), networks, outputs))
    targets[rng.random(targets.shape) < 0.1] = NO_TARGET
    return Case(
        topology,
        optimiser,
        int(rng.choice([MOMENTUM.low, 58_982, MOMENTUM.high])),
        rates,
        extremes(rng, WEIGHT.low, WEIGHT.high, (networks, topology.weight_count)),
        extremes(rng, ACTIVATION.low, ACTIVATION.high, (len(rates), networks, inputs)),
        targets,
    )


def expected(case: Case) -> Integers:
    """What each step leaves, by the mirror: int64 [networks, steps, values], as the C tells it."""
    mirror = Mirror(case.topology, len(case.weights))
    mirror.set_flat_weights(case.weights)
    changes, left = mirror.changes(case.momentum), []
    for number, (rate, inputs, targets) in enumerate(
        zip(case.rates.tolist(), case.inputs, case.targets, strict=True)
    ):
        mirror.rate = rate
        if case.optimiser == "online":
            mirror.train(inputs, targets)
        elif case.optimiser == "momentum":
            mirror.train_momentum(inputs, targets, changes)
        else:
            mirror.accumulate(inputs, targets, changes)
            if number % APPLY_EACH == APPLY_EACH - 1:
                mirror.apply(changes)
        values = [*mirror.outputs, *mirror.deltas, mirror.flat_weights(), changes.flat()]
        left.append(np.concatenate([*values, mirror.forward(inputs)], axis=1))
    return np.stack(left, axis=1)


def program(altered: Mapping[str, Path] | None = None) -> Path:
    """The C with its sanitizers, built anew when a source has changed.

    `altered` replaces sources by others, by their names. Raises MissingTool without a compiler,
    FixpropError if it does not compile.
    """
    compiler = require_tool(os.environ.get("CC", "cc"), "gcc libc6-dev")
    found = [*sorted(native.LIBRARY.glob("*.c")), Path(native.__file__).with_suffix(".c"), SOURCE]
    sources = [(altered or {}).get(s.name, s) for s in found]
    command = [compiler, "-std=c11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", SANITIZERS]
    command += [f"-I{native.LIBRARY}", *map(str, sources)]
    digest = hashlib.sha256(" ".join(command).encode())
    for path in [*sources, *sorted(native.LIBRARY.glob("*.h"))]:
        digest.update(path.read_bytes())
    target = BUILD / "numbers" / digest.hexdigest()[:16]
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        made = target.with_suffix(f".{os.getpid()}")
        run = subprocess.run([*command, "-o", made], capture_output=True, text=True, check=False)
        if run.returncode:
            raise FixpropError(f"compiling {SOURCE.name} failed: {run.stderr.strip()[:300]}")
        made.replace(target)
    return target


def _bytes_of(case: Case) -> bytes:
    """As numbers_steps.c reads it."""
    topology, networks = case.topology, len(case.weights)
    codes = [ACTIVATIONS[name].code for name in topology.activations]
    head = [len(codes), OPTIMISERS.index(case.optimiser), case.momentum, networks, len(case.rates)]
    samples = np.concatenate([case.inputs, case.targets], axis=2).swapaxes(0, 1)
    rows = np.concatenate([case.weights, samples.reshape(networks, -1)], axis=1)
    parts = [head, topology.sizes, codes, case.rates, rows.ravel()]
    return b"".join(np.asarray(part, "<i4").tobytes() for part in parts)


def run(case: Case, built: Path) -> tuple[Integers, list[str]]:
    """What the C tells of each step, like `expected`, as far as it came; and its findings."""
    done = subprocess.run(
        [built],
        input=_bytes_of(case),
        env=os.environ | ENVIRONMENT,
        capture_output=True,
        check=False,
    )
    told = done.stderr.decode(errors="replace").splitlines()
    found = [line for line in told if "runtime error:" in line or "ERROR:" in line]
    if done.returncode and not found:
        found = [f"it ended with status {done.returncode}"]
    return np.frombuffer(done.stdout[: len(done.stdout) // 4 * 4], "<i4").astype(np.int64), found


def measure(
    steps: int = STEPS,
    *,
    networks: int = 10,
    altered: Mapping[str, Path] | None = None,
    every: int = 1,
    report: Report = silent,
) -> Steps:
    """Run the cases, or every so many of them, of `networks` each."""
    built, seen = program(altered), Steps()
    of = len(range(0, 2 * len(PAIRS) * len(OPTIMISERS), every))
    for number, case in enumerate(islice(cases(steps, networks), None, None, every)):
        report("steps at the ends of formats, cases", number, of)
        _judge(seen, case, *run(case, built))
    return seen


def _judge(seen: Steps, case: Case, told: Integers, found: list[str]) -> None:
    right = expected(case)
    kept = case.topology.weight_count
    first = sum(case.topology.sizes) + sum(case.topology.sizes[1:])
    weights = right[:, :, first : first + kept]
    seen.steps += len(case.weights) * len(case.rates)
    seen.findings += len(found)
    seen.at_ends += int(((weights == WEIGHT.low) | (weights == WEIGHT.high)).sum())
    different = right.ravel()[: len(told)] != told
    wrapped = int(different.sum()) + right.size - len(told)
    seen.wrapped += wrapped
    where = f"{'-'.join(case.topology.activations)}, {case.optimiser}"
    if found and not seen.finding:
        seen.finding = f"{where}: {found[0]}"
    if wrapped and not seen.difference:
        seen.difference = f"{where}: {_difference(right, told)}"


def _difference(right: Integers, told: Integers) -> str:
    rows = right.reshape(-1, right.shape[2])
    if right.size != len(told):
        return f"{len(told)} of {right.size} values"
    step, place = np.argwhere(rows != told.reshape(rows.shape))[0]
    ours, theirs = rows[step, place], told.reshape(rows.shape)[step, place]
    return f"step {step}, value {place}: {theirs} instead of {ours}"
