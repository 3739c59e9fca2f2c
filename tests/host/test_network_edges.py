"""Edges of the mirror that random steps seldom reach."""

from __future__ import annotations

import numpy as np
import pytest

from fixprop.changes import Changes
from fixprop.errors import UsageError
from fixprop.formats import RATE
from fixprop.network import Mirror, Topology


@pytest.mark.parametrize("name", ["softmax", "sigmoid_cross_entropy"])
def test_a_function_of_the_outputs_is_refused_below_them(name: str) -> None:
    with pytest.raises(UsageError, match=f"'{name}' is for the output layer: below it choose"):
        Topology((2, 3, 1), (name, "tanh"))


@pytest.mark.parametrize("fixed", [(True,), (True, False, True)], ids=str)
def test_fixed_biases_are_for_all_layers_or_none(fixed: tuple[bool, ...]) -> None:
    with pytest.raises(UsageError, match=f"{len(fixed)} fixed_bias for 2 layers"):
        Topology((2, 3, 1), ("tanh", "tanh"), fixed)


def test_a_mirror_is_one_network_that_learns_with_a_rate_of_a_quarter() -> None:
    mirror = Mirror(Topology((2, 3, 1), ("tanh", "tanh")))
    assert RATE.to_float(mirror.rate) == 0.25
    assert len(mirror.flat_weights()) == 1
    assert not mirror.flat_weights().any()


def test_changes_have_no_momentum_unless_it_is_given() -> None:
    changes = Changes([np.array([[[1000]]])])
    changes.apply_to([np.array([[[0]]])])
    assert changes.flat().tolist() == [[0]]
