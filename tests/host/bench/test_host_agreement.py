"""Everyone comes to the same weights; and whoever does other work is found out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from fixprop.bench.host_agreement import Agreement, agreements
from fixprop.bench.host_own import MirrorContestant, NativeContestant
from fixprop.bench.host_sklearn import SklearnContestant
from fixprop.bench.host_work import Contestant, Reals, Work, half_adder

WORK = half_adder()
CALLS = 100
Maker = Callable[[Work], Contestant]
OURS: list[Maker] = [NativeContestant, MirrorContestant, lambda work: MirrorContestant(work, 5)]


@pytest.mark.parametrize("make", [*OURS, SklearnContestant])
def test_the_same_work_agrees(make: Maker) -> None:
    [found] = agreements(WORK, [make(WORK)], CALLS)
    assert found.holds
    assert found.beside == ("native" if found.who.startswith("mirror") else "float64")


@pytest.mark.parametrize("make", [*OURS, SklearnContestant])
@pytest.mark.parametrize(
    "other",
    [
        replace(WORK, rate=WORK.rate + WORK.rate // 8),
        replace(WORK, cycle=WORK.cycle[::-1].copy()),
        replace(WORK, targets=WORK.targets[:, ::-1].copy()),
        replace(WORK, weights=WORK.weights + (1 << 14)),
    ],
    ids=["rate", "order", "targets", "weights"],
)
def test_other_work_does_not(make: Maker, other: Work) -> None:
    [found] = agreements(WORK, [make(other)], CALLS)
    assert not found.holds


def test_a_gradient_without_the_outputs_slope_is_other_work() -> None:
    plain = SklearnContestant(WORK)
    del type(plain._network)._compute_loss_grad
    [found] = agreements(WORK, [plain], CALLS)
    assert found.apart > 0.01


class OneBitOff(MirrorContestant):
    def weights(self) -> Reals:
        changed = super().weights()
        changed[-1, 7] += 2.0**-19
        return changed


def test_one_bit_of_the_last_network_is_seen() -> None:
    [found] = agreements(WORK, [OneBitOff(WORK, 3)], CALLS)
    assert found.apart == 2.0**-19
    assert not found.holds


def test_many_networks_keep_their_places_when_the_order_begins_again() -> None:
    short = replace(WORK, cycle=WORK.cycle[:7])
    [found] = agreements(short, [MirrorContestant(short, 12)], 30)
    assert found.holds


def test_nothing_is_close_to_nan() -> None:
    assert not Agreement("native", "float64", float("nan"), 1.0).holds
