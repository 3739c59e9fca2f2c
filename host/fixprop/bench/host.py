"""Speed on this computer: fixprop beside scikit-learn and PyTorch, the same work in the same run."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

from fixprop.bench import host_sklearn, host_torch
from fixprop.bench.host_agreement import AGREED_CALLS, Agreement, agreements
from fixprop.bench.host_own import MirrorContestant, NativeContestant
from fixprop.bench.host_work import Contestant, Work, half_adder

MANY = 1000
ROUND_S = 0.2
"""Seconds that a contestant trains, and again infers, in a round."""

PEER_BAR = 50  # native's training over the faster of scikit-learn and PyTorch
MANY_BAR = 20  # the mirror's steps of many networks at once over one network's
NATIVE_GOAL = 2_000_000  # training steps a second, where the machine allows
PEERS = ("sklearn", "torch")


@dataclass(frozen=True)
class Speed:
    """Steps or inferences a second, one figure a round."""

    rounds: tuple[float, ...]

    @property
    def best(self) -> float:
        """The round that was disturbed least."""
        return max(self.rounds)

    @property
    def median(self) -> float:
        """The middle one."""
        return median(self.rounds)


Speeds = dict[str, Speed]


@dataclass(frozen=True)
class HostFigures:
    """Everything that `fixprop bench host` measures; `train` and `infer` by name of contestant."""

    train: Speeds
    infer: Speeds
    agreements: list[Agreement]
    versions: dict[str, str]

    @property
    def train_ratio(self) -> float:
        """Native's training steps over the faster peer's."""
        return self.train["native"].best / best_peer(self.train)

    @property
    def many_ratio(self) -> float:
        """The mirror's steps of many networks at once over one network's."""
        return self.train[f"mirror_{MANY}_networks"].best / self.train["mirror"].best

    @property
    def broken(self) -> list[str]:
        """What does not hold."""
        apart = [f"{a.who} beside {a.beside}" for a in self.agreements if not a.holds]
        slow = [f"native below {PEER_BAR} x"] * (self.train_ratio < PEER_BAR)
        return apart + slow + [f"many below {MANY_BAR} x"] * (self.many_ratio < MANY_BAR)

    def as_json(self) -> dict[str, Any]:
        """The best rounds under `train_steps_per_s` and `inferences_per_s`; null: not there."""
        return {
            "train_steps_per_s": _by_name(self.train, lambda speed: speed.best),
            "inferences_per_s": _by_name(self.infer, lambda speed: speed.best),
            "train_steps_per_s_median": _by_name(self.train, lambda speed: speed.median),
            "inferences_per_s_median": _by_name(self.infer, lambda speed: speed.median),
            "native_over_best_peer": self.train_ratio,
            "mirror_many_over_one": self.many_ratio,
            "agreement": [a.__dict__ | {"holds": a.holds} for a in self.agreements],
            "versions": self.versions,
            "pass": not self.broken,
        }


def names() -> tuple[str, ...]:
    """Names of all contestants."""
    return ("native", "mirror", f"mirror_{MANY}_networks", *PEERS)


def best_peer(speeds: Speeds) -> float:
    """The faster of the peers that are there."""
    return max(speeds[name].best for name in PEERS if name in speeds)


def _by_name(speeds: Speeds, figure: Callable[[Speed], float]) -> dict[str, float | None]:
    return {name: figure(speeds[name]) if name in speeds else None for name in names()}


def measure(
    rounds: int,
    round_s: float = ROUND_S,
    agreed_calls: int = AGREED_CALLS,
    advance: Callable[[], None] = lambda: None,
) -> HostFigures:
    """Check that all do the same work, then time them in turn, `rounds` times; `advance` after each."""
    work = half_adder()
    with one_core(), contestants(work) as (everyone, versions):
        agreed = agreements(work, everyone, agreed_calls)
        calls = {one.name: _calls(one, round_s) for one in everyone}
        train: dict[str, list[float]] = {one.name: [] for one in everyone}
        infer: dict[str, list[float]] = {one.name: [] for one in everyone}
        for _ in range(rounds):
            for one in everyone:
                steps, passes = calls[one.name]
                train[one.name].append(steps * one.networks / one.train_seconds(steps))
                infer[one.name].append(passes * one.networks / one.infer_seconds(passes))
            advance()
    return HostFigures(_speeds(train), _speeds(infer), agreed, versions)


def _speeds(figures: dict[str, list[float]]) -> Speeds:
    return {name: Speed(tuple(rounds)) for name, rounds in figures.items()}


def _calls(one: Contestant, round_s: float) -> tuple[int, int]:
    return _enough(one.train_seconds, round_s), _enough(one.infer_seconds, round_s)


def _enough(seconds_of: Callable[[int], float], wanted_s: float) -> int:
    """A number of calls that takes `wanted_s`; also warms up."""
    calls = 1
    while (seconds := seconds_of(calls)) < wanted_s / 4:
        calls *= 4
    return max(1, round(calls * wanted_s / seconds))


@contextmanager
def contestants(work: Work) -> Iterator[tuple[Sequence[Contestant], dict[str, str]]]:
    """Everyone who is installed, and the versions of the peers."""
    versions = {"sklearn": host_sklearn.version()}
    everyone: list[Contestant] = [
        NativeContestant(work),
        MirrorContestant(work),
        MirrorContestant(work, MANY),
        host_sklearn.SklearnContestant(work),
    ]
    python = host_torch.python_with_torch()
    if python is None:
        yield everyone, versions
        return
    torch = host_torch.TorchContestant(work, python)
    try:
        yield [*everyone, torch], versions | {"torch": torch.version}
    finally:
        torch.close()


@contextmanager
def one_core() -> Iterator[None]:
    """This process and those that it starts on one core, where the system has a call for that."""
    if sys.platform != "linux":
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
