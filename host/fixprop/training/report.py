"""A result in words and figures, for people."""

from __future__ import annotations

import math

from fixprop.training.session import FIXED, Result

PARTS = ("training", "validation")


def title(result: Result) -> str:
    """Data, network and kind of problem."""
    return f"{result.plan.problem.table.name}: {result.model.topology}, {result.plan.problem.kind}"


def rows(result: Result) -> list[list[str]]:
    """A label, then a figure for each of the scores."""
    problem, scores = result.plan.problem, list(result.scores.values())
    parts = [n for n in (0, 1) if result.rows[n]]
    table = []
    for n in parts:
        label = f"loss, {PARTS[n]} ({result.rows[n]} rows)"
        table.append([label, *(_figure(pair[n].loss, ".5f") for pair in scores)])
    for n in parts:
        shown = [_figure(pair[n].quality, ".1%" if problem.classes else ".4f") for pair in scores]
        table.append([f"{_quality(result)}, {PARTS[n]}", *shown])
    for index, name in enumerate(() if problem.classes else problem.targets):
        for n in parts:
            errors = [_figure(pair[n].errors[index], ".5g") for pair in scores]
            table.append([f"error of {name}, {PARTS[n]} (rms)", *errors])
    kept = [result.runs.get(name, result.leading).best_epoch for name in result.scores]
    return [*table, ["epoch kept", *map(str, kept)]]


def notes(result: Result) -> list[str]:
    """What was done, what fixed point cost, and what to try if it went badly."""
    model, settings = result.model, result.plan.settings
    how = "trained in float64, then rounded" if result.plan.in_float64 else "trained in fixed point"
    lines = [
        f"{how}: {result.epochs} of {settings.epochs} epochs of {result.places} steps; "
        f"loss: {model.provenance['loss']}, mean per sample"
    ]
    if len(result.scores) > 1:
        lines.append(_cost(result))
    lines.append(f"saturated weights: {result.saturated} of {model.topology.weight_count}")
    cut = ", ".join(f"{kind} {n:,}" for kind, n in result.saturation.as_dict().items() if n)
    lines.append(f"values cut off, measuring included: {cut or 'none'} (docs/arithmetic.md)")
    if result.leading.best_epoch == 0:
        lines.append("no epoch was better than the initial weights: try a lower --rate")
    elif result.saturated:
        lines.append("weights at the end of their format can grow no further: try a lower --rate")
    return lines


def _cost(result: Result) -> str:
    part = 1 if result.rows[1] else 0
    fixed = result.scores[FIXED][part]
    real = next(pair[part] for name, pair in result.scores.items() if name != FIXED)
    ratio = fixed.loss / real.loss - 1 if real.loss else math.nan
    return (
        f"fixed point against float64 ({PARTS[part]}): loss {_figure(ratio, '+.2%')}, "
        f"{_quality(result)} {_figure(fixed.quality - real.quality, '+.4f')}"
    )


def _quality(result: Result) -> str:
    return "accuracy" if result.plan.problem.classes else "R2"


def _figure(value: float, style: str) -> str:
    return "-" if math.isnan(value) else format(value, style)
