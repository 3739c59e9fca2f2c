"""What a person may name: a topology, a model file; everything else gets one clear line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fixprop.budget.target import assumes_activations, parse_topology, read_target
from fixprop.data.text import text_table
from fixprop.errors import FixpropError, UsageError
from fixprop.model import Model
from fixprop.network import Topology
from fixprop.training.fit import Settings
from fixprop.training.problem import Wish, problem_of
from fixprop.training.session import Plan


@pytest.mark.parametrize(
    ("text", "activations", "expected"),
    [
        ("2-8-2", (), ("tanh", "linear")),
        ("2-8-2:tanh", (), ("tanh", "tanh")),
        ("2-8-2:tanh,softmax", (), ("tanh", "softmax")),
        ("2-8-2: relu, linear", (), ("relu", "linear")),
        ("2-8-2", ("tanh",), ("tanh", "tanh")),
        ("2-8-2", ("tanh", "softmax"), ("tanh", "softmax")),
    ],
)
def test_a_topology_with_its_activations(
    text: str, activations: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert parse_topology(text, activations) == Topology((2, 8, 2), expected)


def test_what_is_assumed_is_what_train_takes_for_numbers(tmp_path: Path) -> None:
    table = text_table(b"x,y\n1,2\n3,5\n", "t.csv", "")
    plan = Plan(problem_of(table, Wish(("y",))), Settings(), (4, 3))
    assert parse_topology("1-4-3-1") == plan.topology
    assert parse_topology("4-3").activations == ("linear",)
    path = tmp_path / "2-8-2"
    path.touch()
    assert assumes_activations("2-8-2")
    assert not assumes_activations("2-8-2", ("tanh",))
    assert not assumes_activations("2-8-2:tanh")
    assert not assumes_activations(str(path))


@pytest.mark.parametrize(
    ("text", "activations", "words"),
    [
        ("2-x-1", (), ["'2-x-1'", "2-8-2:tanh,softmax", "no file"]),
        ("7", (), ["'7'", "no topology"]),
        ("", (), ["''", "no topology"]),
        ("2--1", (), ["'2--1'"]),
        ("2-300-1", (), ["300", "1 to 254"]),
        ("2-0-1", (), ["layer of 0", "1 to 254"]),
        ("2-3-1:swish", (), ["'swish'", "sigmoid", "softmax"]),
        ("2-3-1:", (), ["''", "sigmoid"]),
        ("2-3-1:softmax", (), ["'softmax' is for the output layer"]),
        ("2-3-1:tanh,tanh,tanh", (), ["3 activations", "2 layers"]),
        ("2-3-1:tanh", ("relu",), ["--activation"]),
    ],
)
def test_misuse_names_what_is_wrong(
    text: str, activations: tuple[str, ...], words: list[str]
) -> None:
    with pytest.raises(UsageError) as caught:
        parse_topology(text, activations)
    assert all(word in str(caught.value) for word in words)


def test_a_topology_too_long_for_a_files_name_is_read_as_one() -> None:
    deep = "-".join(["2"] * 200)
    assert len(deep) > 255
    assert read_target(deep).sizes == (2,) * 200
    with pytest.raises(UsageError, match="is no topology"):
        read_target("x" * 300)


def test_a_model_file_brings_its_own_topology(tmp_path: Path) -> None:
    topology = Topology((3, 4, 2), ("relu", "softmax"), (False, True))
    path = tmp_path / "model.json"
    Model.of_network(topology, np.zeros(topology.weight_count, np.int64)).write(path)
    assert read_target(str(path)) == topology
    with pytest.raises(UsageError, match="leave --activation out"):
        read_target(str(path), ("tanh",))


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.json"
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(FixpropError, match=r"notes\.json"):
        read_target(str(path))
