"""What a table asks for: a regression or classes, the output layer, and what cannot be asked."""

import os
import subprocess
import sys

import numpy as np
import pytest

from fixprop.errors import UsageError
from fixprop.toolchain import PROJECT_ROOT
from fixprop.training.problem import Wish, problem_of
from tests.host.training.tables import problem, shapes, table


def test_text_is_classified_by_a_softmax_with_sorted_classes() -> None:
    found = problem("kind")
    assert found.classes == ("low", "middle", "top")
    assert (found.output, found.outputs) == ("softmax", 3)
    assert found.kind == "classification, 3 classes"


def test_numbers_are_a_regression_unless_classified() -> None:
    assert problem("area").output == "linear"
    numbers = table(x=[1, 2, 3], n=[10, 9, 10])
    found = problem_of(numbers, Wish(("n",), classify=True))
    assert found.classes == ("9", "10")  # by value
    assert found.labels.tolist() == [1, 0, 1]


@pytest.mark.parametrize("seed", ["0", "1", "2", "3"])
def test_classes_of_one_value_have_one_order_in_every_process(seed: str) -> None:
    program = (
        "from fixprop.training.problem import _in_order; print(_in_order(set('1 1.0 01'.split())))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(PROJECT_ROOT / "host")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == "('01', '1', '1.0')\n"


@pytest.mark.parametrize(
    ("output", "outputs"), [("auto", 1), ("sigmoid", 1), ("softmax", 2), ("linear", 1)]
)
def test_one_output_tells_two_classes_apart(output: str, outputs: int) -> None:
    found = problem_of(table(x=[1, 2], c=["no", "yes"]), Wish(("c",), output=output))
    assert found.outputs == outputs
    assert found.output == ("sigmoid_cross_entropy" if output == "auto" else output)


def test_all_other_columns_are_inputs() -> None:
    found = problem_of(shapes(), Wish(("area",), without=("kind",)))
    assert found.inputs == ("x", "y", "rim")
    assert found.values.shape == (60, 3)


def test_some_of_several_targets_may_be_missing() -> None:
    two = table(x=[1, 2, 3], a=[1, np.nan, 2], b=[np.nan, 1, 2])
    assert np.isnan(problem_of(two, Wish(("a", "b"))).wanted).sum() == 2


def test_usual_names_need_no_target() -> None:
    assert problem_of(table(x=[1, 2], y=[3, 4]), Wish(())).targets == ("y",)
    with pytest.raises(UsageError, match=r"which column of data.csv .* --target"):
        problem_of(table(x=[1, 2], z=[3, 4]), Wish(()))


@pytest.mark.parametrize(
    ("columns", "wish", "words"),
    [
        ({"x": ["p", "q"], "z": [1, 2]}, Wish(("z",)), '"p" is not a number; .*--without x'),
        ({"x": [1, np.nan], "z": [1, 2]}, Wish(("z",)), 'row 2, column "x" has no value'),
        ({"x": [1, 2], "z": [1, np.nan]}, Wish(("z",)), 'row 2, column "z" has no value'),
        (
            {"x": [1, 2], "z": [1, np.nan], "w": [1, np.nan]},
            Wish(("z", "w")),
            'row 2, column "z" has no value, nor has any other target',
        ),
        ({"x": [1, 2], "z": ["a", "a"]}, Wish(("z",)), "a in every row"),
        ({"x": [1, 2], "z": ["a", "b"]}, Wish(("z", "x"), ("z",)), '"z" is a target'),
        ({"x": [1, 2], "z": [1, 2]}, Wish(("z", "x")), "no column of data.csv is left"),
        ({"x": [1, 2], "z": ["a", "b"], "w": [1, 2]}, Wish(("z", "w")), "from one column"),
        ({"x": [1, 2], "z": [1, 2]}, Wish(("z",), output="softmax"), "softmax gives shares"),
        ({"x": [1, 2], "z": [1, 2]}, Wish(("z",), output="soft"), "unknown output 'soft'"),
        (
            {"x": range(255), "z": [f"name {n}" for n in range(255)]},
            Wish(("z",)),
            "255 different values: at most 254 classes",
        ),
        ({f"x{n}": [1, 2] for n in range(256)}, Wish(("x0",)), "255 input columns"),
        ({f"x{n}": [1, 2] for n in range(256)}, Wish(tuple(f"x{n}" for n in range(255))), "255 t"),
    ],
)
def test_what_cannot_be_learned_is_refused(
    columns: dict[str, object], wish: Wish, words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        problem_of(table(**columns), wish)
