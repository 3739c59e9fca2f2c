"""Any weights, inputs, rate and labels: no undefined behaviour, no wrap, nothing past undoing."""

from __future__ import annotations

from fixprop.reliability.claim import Claim, Report, silent
from fixprop.reliability.numbers_counts import count_claims
from fixprop.reliability.numbers_open_wires import open_wire_claims
from fixprop.reliability.numbers_poison import poison
from fixprop.reliability.numbers_steps import STEPS, measure
from fixprop.reliability.numbers_undo import undo

TRIALS, READINGS = 100, 2000  # two abuses each: 4.2 hours of readings
SAMPLES = 20_000  # less than rejected_samples can count
LEAST_STEPS = 1_000_000


def number_claims(*, quick: bool = False, report: Report = silent) -> dict[str, Claim]:
    """numbers_steps and what was found in them; trackers undone; poisoned samples refused."""
    part = 10 if quick else 1
    steps = measure(STEPS // part, report=report)
    undone = undo(TRIALS // part, READINGS // part, report=report)
    report("poisoned samples", 0, 1)
    poisoned = poison(SAMPLES // part)
    found, wrapped, least = steps.findings, steps.wrapped, LEAST_STEPS // part
    refused = poisoned.refused == poisoned.samples and not poisoned.sound_refused
    return {
        "numbers_steps": Claim(steps.steps, least, steps.steps >= least and steps.at_ends > 0),
        "numbers_undefined_behaviour": Claim(found, 0, found == 0),
        "numbers_wrapped": Claim(wrapped, 0, wrapped == 0),
        "numbers_divergence_undone": Claim(
            undone.undone, undone.trials, undone.undone == undone.trials
        ),
        "numbers_poisoned_refused": Claim(poisoned.refused, poisoned.samples, refused),
        **open_wire_claims(quick=quick, report=report),
        **count_claims(quick=quick, report=report),
    }
