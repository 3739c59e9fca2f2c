"""From table to model: reproducible, scaled, its figures those that the model file gives."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fixprop.errors import UsageError
from fixprop.model import Model
from fixprop.training.fit import Run, Settings
from fixprop.training.session import FIXED, FLOAT64, Plan, train
from fixprop.training.split import split_of
from tests.host.training.tables import problem

SETTINGS = Settings(epochs=40)
PLAN = Plan(problem("kind"), SETTINGS, (4,))


@pytest.mark.parametrize("in_float64", [False, True])
def test_the_model_file_gives_the_reported_accuracy(tmp_path: Path, in_float64: bool) -> None:
    plan = replace(PLAN, in_float64=in_float64)
    result = train(plan)
    result.model.write(tmp_path / "model.json")
    model = Model.read(tmp_path / "model.json")
    assert model == result.model
    rows = split_of(plan.problem, 0.2, 1).validation
    right = model.predict_class(plan.problem.values[rows]) == plan.problem.labels[rows]
    assert right.mean() == result.scores[FIXED][1].quality >= 0.9
    assert model.provenance["accuracy_validation"] == right.mean()
    assert model.provenance["trained_in"] == (FLOAT64 if in_float64 else FIXED)


def test_a_regression_is_reported_in_real_units() -> None:
    plan = replace(PLAN, problem=problem("area", "rim"))
    result = train(plan)
    rows = split_of(plan.problem, 0.2, 1).validation
    errors = result.model.predict(plan.problem.values[rows]) - plan.problem.wanted[rows]
    rms = np.sqrt(np.mean(errors**2, axis=0))
    units = max(c.unit for c in result.model.outputs)
    assert result.scores[FIXED][1].errors == pytest.approx(tuple(rms), abs=units)
    assert result.scores[FIXED][1].quality > 0.97


@pytest.mark.parametrize("in_float64", [False, True])
@pytest.mark.parametrize(
    ("rate", "momentum"), [(10.0, 0.0), (-1.0, 0.0), (float("nan"), 0.0), (0.1, 1.0)]
)
def test_what_the_chip_cannot_hold_is_refused_before_the_first_epoch(
    in_float64: bool, rate: float, momentum: float
) -> None:
    epochs: list[Run] = []
    settings = Settings(epochs=2, rate=rate, momentum=momentum)
    plan = replace(PLAN, in_float64=in_float64, settings=settings)
    with pytest.raises(UsageError, match=r"(learning rate|momentum) \S+: UQ"):
        train(plan, epochs.append)
    assert epochs == []


def test_the_same_plan_gives_the_same_model_and_another_seed_another() -> None:
    first, again = (train(replace(PLAN, compare=compare)).model for compare in (True, False))
    assert first == again
    other = train(replace(PLAN, settings=replace(SETTINGS, seed=2))).model
    assert not np.array_equal(first.weights, other.weights)


def test_both_engines_make_the_same_model() -> None:
    plans = [
        replace(PLAN, settings=Settings(epochs=2, engine=engine), compare=False)
        for engine in ("native", "mirror")
    ]
    assert train(plans[0]).model == train(plans[1]).model


def test_float64_beside_it_has_scores_of_its_own() -> None:
    result = train(PLAN)
    assert list(result.scores) == [FIXED, FLOAT64]
    fixed, float64 = (pair[1].loss for pair in result.scores.values())
    assert fixed == pytest.approx(float64, rel=0.1)
    assert list(train(replace(PLAN, compare=False)).scores) == [FIXED]


def test_two_classes_have_one_output() -> None:
    two = problem("kind")
    two = replace(
        two, labels=two.labels // 2, classes=("low", "top"), output="sigmoid_cross_entropy"
    )
    model = train(replace(PLAN, problem=two)).model
    assert model.topology.sizes == (2, 4, 1)
    assert np.mean(model.predict_class(two.values) == two.labels) > 0.9


def test_balanced_epochs_are_longer_and_said_so() -> None:
    some = problem("kind")
    rare = replace(some, labels=np.where(some.values[:, 0] > 0.6, 1, 0), classes=("most", "few"))
    rare = replace(rare, output="sigmoid_cross_entropy")
    result = train(replace(PLAN, problem=rare, class_weights={}))
    most = np.sum(rare.labels[split_of(rare, 0.2, 1).training] == 0)
    assert result.places == 2 * most
    assert result.model.provenance["class_weights"] == "balanced"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"class_weights": {"lo": 2.0}}, 'no class "lo": there is low'),
        ({"class_weights": {"low": 0.0}}, 'weight 0 of class "low"'),
        ({"class_weights": {"low": float("nan")}}, "weight nan"),
        ({"problem": problem("area"), "class_weights": {}}, "this is a regression"),
        ({"activations": ("tanh", "relu")}, "2 activations for 1 hidden"),
        ({"activations": ("softmax",)}, "softmax"),
        ({"hidden": (300,)}, "300 neurons"),
        ({"hidden": (-1,)}, "-1 neurons"),
    ],
)
def test_what_does_not_fit_together_is_refused(changes: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        train(replace(PLAN, **changes))  # type: ignore[arg-type]


def test_no_hidden_layer_is_a_network_too() -> None:
    assert train(replace(PLAN, hidden=())).model.topology.sizes == (2, 3)
