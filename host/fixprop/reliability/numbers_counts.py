"""What saturates is counted: the firmware's C against the mirror, on networks at the ends of formats."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fixprop.formats import ACTIVATION, RATE, WEIGHT
from fixprop.native import Native
from fixprop.network import Mirror, Topology
from fixprop.reliability.claim import Claim, Report, silent
from fixprop.reliability.numbers_steps import PAIRS, SIZES, extremes
from fixprop.saturation import SaturationCounter

ROUNDS, STEPS = 10, 100  # of each pair of activation functions; of each network


@dataclass
class Counts:
    """Of all networks together; `differing` networks have not the mirror's counts of each kind."""

    mirror: int = 0
    native: int = 0
    networks: int = 0
    differing: int = 0


def count(seen: Counts, topology: Topology, seed: int) -> None:
    """One network, trained in both places."""
    rng = np.random.default_rng(seed)
    rate = int(rng.integers(RATE.low, RATE.high + 1))
    counter = SaturationCounter()
    places = Mirror(topology, 1, rate, counter), Native(topology, rate, counting=True)
    weights = extremes(rng, WEIGHT.low, WEIGHT.high, (1, topology.weight_count))[0]
    inputs, targets = (
        extremes(rng, ACTIVATION.low, ACTIVATION.high, (STEPS, topology.sizes[end]))
        for end in (0, -1)
    )
    for place in places:
        place.set_flat_weights(weights)
        for given, target in zip(inputs, targets, strict=True):
            place.train(given[np.newaxis], target[np.newaxis])
    told = places[1].saturation
    seen.networks += 1
    seen.mirror += counter.saturations.total
    seen.native += told.total if told else 0
    seen.differing += told != counter.saturations


def counts(rounds: int = ROUNDS, report: Report = silent) -> Counts:
    """So many networks of each pair of activation functions."""
    seen, total = Counts(), rounds * len(PAIRS)
    for number in range(total):
        report("counted saturations, networks", number, total)
        count(seen, Topology(SIZES, PAIRS[number % len(PAIRS)]), number)
    return seen


def count_claims(*, quick: bool = False, report: Report = silent) -> dict[str, Claim]:
    """numbers_saturations_counted: by the C, of those that the mirror counts."""
    seen = counts(1 if quick else ROUNDS, report)
    holds = seen.differing == 0 and seen.mirror > 0
    return {"numbers_saturations_counted": Claim(seen.native, seen.mirror, holds)}
