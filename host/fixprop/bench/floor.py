"""The counted floor: cycles that the loops of firmware/lib/fixprop/src/avr_*.S cannot do without.

Each number is the sum of the ATmega328P's cycles of the instructions in one turn of a loop, as
counted in the comment above that loop. Entering a function, walking the layers, making factors,
a step of the dearer kind: all that is on top of the floor.
"""

from __future__ import annotations

from itertools import pairwise

FORWARD_NEURON, FORWARD_INPUT = 61, 33  # avr_sigmoid.S, fixprop_avr_sigmoid_layer
OUTPUT_DELTA = 85  # avr_train.S, an output neuron with sigmoid
HIDDEN_DELTA, HIDDEN_FACTOR = 101, 38  # avr_hidden.S, a hidden neuron; a neuron above it
UPDATE_NEURON = 90  # avr_update.S, bias included, a step of 16 bits
UPDATE_INPUT = 39  # avr_update.S, a coarse step: the cheaper kind for an input
TURN = 3  # of the loops that take two inputs a turn: dec and brne


def inference_floor(sizes: tuple[int, ...]) -> int:
    """Cycles of the loops of one inference; sigmoid everywhere."""
    return _rows(sizes, FORWARD_NEURON, FORWARD_INPUT)


def training_floor(sizes: tuple[int, ...]) -> int:
    """Cycles of the loops of one training step, its forward pass included."""
    hidden = sum(m * (HIDDEN_DELTA + n * HIDDEN_FACTOR) for m, n in pairwise(sizes[1:]))
    outputs = OUTPUT_DELTA * sizes[-1]
    return inference_floor(sizes) + outputs + hidden + _rows(sizes, UPDATE_NEURON, UPDATE_INPUT)


def _rows(sizes: tuple[int, ...], neuron: int, one_input: int) -> int:
    """Every neuron goes over its inputs, two in a turn."""
    return sum(n * (neuron + m * one_input + (m + 1) // 2 * TURN) for m, n in pairwise(sizes))
