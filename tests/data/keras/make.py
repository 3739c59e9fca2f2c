"""Makes the files beside it, with Keras 3.15.1 on JAX: python make.py

The weights are random and then trained for a moment: what they compute does not matter, only that
Keras itself wrote the files and computed the outputs.
"""

from __future__ import annotations

import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import keras
import numpy as np
from keras import layers

HERE = Path(__file__).parent


def flowers() -> None:
    """A classifier with a layer of every kind that changes values, in both formats."""
    rng = np.random.default_rng(5)
    inputs = np.round(rng.uniform([4, 2, 1, 0], [8, 4.5, 7, 2.5], (60, 4)), 1)
    targets = np.digitize(inputs[:, 2] + inputs[:, 3], [4.0, 6.5])
    model = keras.Sequential(
        [
            layers.Input((4,)),
            layers.Normalization(mean=[5.8, 3.0, 3.7, 1.2], variance=[0.7, 0.2, 3.1, 0.6]),
            layers.Dense(6, activation="tanh"),
            layers.Dropout(0.1),
            layers.Dense(5),
            layers.LeakyReLU(negative_slope=0.1),
            layers.BatchNormalization(),
            layers.Dense(3, activation="softmax", name="top"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(inputs, targets, epochs=60, verbose=0)
    model.save(HERE / "flowers.keras")
    model.save(HERE / "flowers.h5")
    record(model, "flowers", inputs)


def sums() -> None:
    """A regression over a grid, a chain in Keras' functional style."""
    inputs = np.random.default_rng(5).integers(0, 17, (60, 2, 4))
    targets = np.stack([inputs.sum(axis=(1, 2)), inputs[:, 0, 0] - inputs[:, 1, 1]], axis=1)
    given = layers.Input((2, 4))
    values = layers.Flatten()(given)
    values = layers.Rescaling(1 / 16, offset=-0.5)(values)
    values = layers.Dense(5, activation="relu", name="hidden")(values)
    model = keras.Model(given, layers.Dense(2)(values))
    model.compile("adam", "mse")
    model.fit(inputs, targets, epochs=300, verbose=0)
    model.save(HERE / "sums.keras")
    record(model, "sums", inputs)


def record(model: keras.Model, name: str, inputs: np.ndarray) -> None:
    """Inputs, and what the model makes of them."""
    outputs = model.predict(inputs, verbose=0)
    np.savez_compressed(HERE / f"{name}.npz", inputs=inputs, outputs=outputs)


if __name__ == "__main__":
    keras.utils.set_random_seed(5)
    flowers()
    sums()
