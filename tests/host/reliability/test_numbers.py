"""No number from outside makes the C undefined, wraps, stays for good or poisons what is learned."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from fixprop.firmware_build import build_firmware
from fixprop.formats import ACTIVATION, NO_TARGET, RATE, WEIGHT
from fixprop.native import LIBRARY
from fixprop.reliability import numbers, numbers_counts, numbers_open_wires
from fixprop.reliability.altered import altered, altered_firmware
from fixprop.reliability.numbers_counts import counts
from fixprop.reliability.numbers_open_wires import open_wires
from fixprop.reliability.numbers_poison import poison
from fixprop.reliability.numbers_recovery import recovered_deg
from fixprop.reliability.numbers_steps import OPTIMISERS, PAIRS, STEPS, cases, measure, rates_of
from fixprop.reliability.numbers_undo import undo
from fixprop.saturation import SaturationCounter
from fixprop.tracking.native_learner import TRACKER

PULL_UP = "  SENSOR_PORT |= PULL_UPS;"


def swapped(source: Path, old: str, new: str) -> Mapping[str, Path]:
    """Sources with one place changed."""
    return {source.name: altered(source, old, new)}


def test_steps_at_the_ends_of_every_format_are_defined_and_saturate() -> None:
    seen = measure(4, networks=3)
    assert (seen.findings, seen.wrapped) == (0, 0), f"{seen.finding} {seen.difference}"
    assert seen.steps == len(PAIRS) * len(OPTIMISERS) * (4 * 3 + 4 * 2)
    assert seen.at_ends > 100_000


def test_every_learning_rate_comes() -> None:
    numbers_of_cases = range(len(PAIRS) * len(OPTIMISERS))
    rates = np.concatenate([rates_of(number, STEPS) for number in numbers_of_cases])
    assert len(np.unique(rates)) == RATE.high + 1


def test_rows_at_either_end_and_targets_that_are_none_come() -> None:
    some = list(islice(cases(20), 10))
    for ends, arrays in (
        (WEIGHT, [case.weights for case in some]),
        (ACTIVATION, [case.inputs for case in some]),
    ):
        rows = np.concatenate([array.reshape(-1, array.shape[-1]) for array in arrays])
        assert (rows == ends.low).all(axis=1).any()
        assert (rows == ends.high).all(axis=1).any()
    assert any((case.targets == NO_TARGET).any() for case in some)
    assert any((case.targets == ACTIVATION.high).any() for case in some)


@pytest.mark.parametrize(
    ("source", "old", "new", "found"),
    [
        ("network.c", "fixprop_clamp(error, -limit, limit - 1)", "(limit ? error : 0)", "overflow"),
        ("flash.c", "  if (upper > INT16_MAX)\n    return INT32_MAX;\n", "", "overflow"),
        (
            "kernels.c",
            "  for (; count; count--, weights",
            "  for (count++; count; count--, weights",
            "AddressSanitizer",
        ),
    ],
    ids=["a delta without its limit", "a sum without its limit", "a loop too long"],
)
def test_undefined_behaviour_is_found(source: str, old: str, new: str, found: str) -> None:
    seen = measure(4, altered=swapped(LIBRARY / source, old, new), every=40)
    assert seen.findings > 0
    assert found in seen.finding


@pytest.mark.parametrize(
    ("source", "old", "new"),
    [
        ("kernels.c", "fixprop_saturate24(sum)", "sum"),
        ("network.c", "fixprop_saturate16(", "(int16_t)("),
    ],
    ids=["weights", "errors"],
)
def test_a_cast_instead_of_a_saturation_is_seen(source: str, old: str, new: str) -> None:
    seen = measure(8, altered=swapped(LIBRARY / source, old, new), every=40)
    assert seen.findings == 0  # a cast is defined: only the values tell
    assert seen.wrapped > 0


def test_a_tracker_that_diverged_is_as_new_after_a_reset_and_as_saved_after_load() -> None:
    seen = undo(3, 100)
    assert seen.undone == seen.trials == 3
    assert seen.steps > 3 * 2 * 90 * 80


def test_a_reset_that_keeps_the_samples_is_seen() -> None:
    seen = undo(1, 20, altered=swapped(TRACKER / "learner.c", "  memset(l, 0, sizeof *l);\n", ""))
    assert seen.not_reset == 1
    assert seen.not_loaded == 0


def test_a_load_that_leaves_the_rate_is_seen() -> None:
    line = "  tracker.learner.network->rate = wire_get_u16(head + KEPT_RATE);\n"
    seen = undo(1, 20, altered=swapped(TRACKER / "keep.c", line, ""))
    assert seen.not_loaded == 1
    assert seen.undone == 0


def test_impossible_samples_are_refused_and_counted() -> None:
    seen = poison(600)
    assert seen.kept == {}
    assert seen.refused == seen.samples == 600
    assert (seen.sound, seen.sound_refused) == (600, 0)


def test_without_the_check_impossible_samples_are_kept() -> None:
    check, none = "if (!plausible(view", "if (0 && !plausible(view"
    seen = poison(60, altered=swapped(TRACKER / "learner.c", check, none))
    assert seen.refused == 0


def test_refusing_everything_is_seen() -> None:
    check, all_of_them = "if (!plausible(view", "if (1 || !plausible(view"
    seen = poison(60, altered=swapped(TRACKER / "learner.c", check, all_of_them))
    assert seen.sound_refused == seen.sound


def test_weights_at_their_ends_cost_accuracy_until_they_are_reset() -> None:
    """What docs/reliability.md tells: a lesson alone does not undo them."""
    assert recovered_deg("lowest", 0) > 1.5 * recovered_deg("fresh", 0)


def test_what_saturates_is_counted_as_the_mirror_counts_it() -> None:
    seen = counts(1)
    assert seen.differing == 0
    assert seen.native == seen.mirror > 10_000


def test_a_count_that_differs_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    add = SaturationCounter.add
    blind = lambda self, kind, *values: None if kind == "nets" else add(self, kind, *values)  # noqa: E731
    monkeypatch.setattr(SaturationCounter, "add", blind)
    assert counts(1).differing > 0


def test_a_sensor_that_is_off_teaches_nothing() -> None:
    seen = open_wires(1)
    assert seen.held, seen
    assert seen.samples > 4 * 200


def test_without_asking_the_pin_an_open_one_teaches() -> None:
    elf = build_firmware(project=altered_firmware("src/adc.c", PULL_UP, "")).elf
    seen = open_wires(1, faults=["left_loose"], elf=elf)
    assert not seen.held and seen.steps > 1000


def test_the_claims_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbers, "STEPS", 1)
    monkeypatch.setattr(numbers, "LEAST_STEPS", 1_000)
    monkeypatch.setattr(numbers, "TRIALS", 1)
    monkeypatch.setattr(numbers, "READINGS", 20)
    monkeypatch.setattr(numbers, "SAMPLES", 60)
    monkeypatch.setattr(numbers_open_wires, "BOARDS", 1)
    monkeypatch.setattr(numbers_counts, "ROUNDS", 1)
    claims = numbers.number_claims()
    assert {name for name, claim in claims.items() if not claim.holds} == set()
    assert claims["numbers_poisoned_refused"].figure == 60
