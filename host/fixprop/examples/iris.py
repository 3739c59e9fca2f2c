"""R. A. Fisher's irises: 150 flowers, four measurements, three species (scikit-learn's copy)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from sklearn.datasets import load_iris

from fixprop.examples.training import Figure, Training, classes_right, cross_entropy
from fixprop.network import Topology

_measured, _species = load_iris(return_X_y=True)
_low, _high = _measured.min(axis=0), _measured.max(axis=0)

IRIS = Training(
    name="iris",
    title="Fisher's irises, 4-5-3 sigmoid, softmax and cross-entropy, all 150 flowers",
    source="R. A. Fisher, Annals of Eugenics 7 (1936); two species overlap: 2 to 5 flowers stay wrong",
    topology=Topology((4, 5, 3), ("sigmoid", "softmax")),
    inputs=2.0 * (_measured - _low) / (_high - _low) - 1.0,
    targets=np.eye(3)[_species],
    rate=0.1,
    steps=150 * 100,
    learned=0.08,
    shuffled=True,
    figures=(
        Figure("flowers right", classes_right, "145 to 150", (145, 150), (145, 150)),
        Figure("cross-entropy", cross_entropy, "at most 0.08", (0, 0.08), (0, 0.08)),
    ),
    loss=cross_entropy,
)
IRIS_TANH = replace(
    IRIS,
    name="iris-tanh",
    title="Fisher's irises, 4-5-3 tanh, softmax and cross-entropy, all 150 flowers",
    topology=Topology((4, 5, 3), ("tanh", "softmax")),
)
"""Deltas beyond 1 and net inputs beyond 8."""
