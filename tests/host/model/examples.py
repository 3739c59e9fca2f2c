"""Random models for the tests of this folder."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from fixprop.activations import ACTIVATIONS, HIDDEN
from fixprop.formats import ACTIVATION, WEIGHT
from fixprop.model import Column, Model
from fixprop.model.column import MAX_RAW, MAX_SPAN, MIN_Q_SPAN
from fixprop.network import Topology

NAMES = st.text(max_size=12)


@st.composite
def columns(draw: st.DrawFn) -> Column:
    span = draw(st.integers(1, MAX_SPAN))
    low = draw(st.integers(-MAX_RAW, MAX_RAW - span))
    q_low = draw(st.integers(ACTIVATION.low, ACTIVATION.high - MIN_Q_SPAN))
    q_high = draw(st.integers(q_low + MIN_Q_SPAN, ACTIVATION.high))
    decimals = draw(st.none() | st.integers(-9, 9))
    return Column(draw(NAMES), decimals, low, low + span, q_low, q_high)


@st.composite
def models(draw: st.DrawFn) -> Model:
    sizes = tuple(draw(st.lists(st.integers(1, 9), min_size=2, max_size=5)))
    hidden = [draw(st.sampled_from(sorted(HIDDEN))) for _ in sizes[2:]]
    topology = Topology(
        sizes,
        (*hidden, draw(st.sampled_from(sorted(ACTIVATIONS)))),
        tuple(draw(st.booleans()) for _ in sizes[1:]) if draw(st.booleans()) else (),
    )
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    weights = generator.integers(WEIGHT.low, WEIGHT.high, topology.weight_count, endpoint=True)
    classes = tuple(draw(NAMES) for _ in range(max(2, sizes[-1])))
    facts = st.text(max_size=9) | st.integers(-9, 9) | st.booleans() | st.none() | st.floats(-1, 1)
    return Model(
        topology,
        weights,
        tuple(draw(columns()) for _ in range(sizes[0])),
        tuple(draw(columns()) for _ in range(sizes[-1])),
        classes if draw(st.booleans()) else (),
        draw(st.dictionaries(st.text(max_size=9), facts, max_size=3)),
    )


def iris_like() -> Model:
    """A small model whose columns have names and decimals."""
    topology = Topology((2, 3, 2), ("tanh", "softmax"))
    weights = np.random.default_rng(7).integers(-(1 << 20), 1 << 20, topology.weight_count)
    return Model(
        topology,
        weights,
        (
            Column("petal length (cm)", 1, 10, 69, -32767, 32767),
            Column("petal width (cm)", 1, 1, 25, -32767, 32767),
        ),
        tuple(Column(name, 4, 0, 10_000, 0, 32767) for name in ("setosa", "virginica")),
        ("setosa", "virginica"),
        {"data": "iris.csv", "seed": 1},
    )
