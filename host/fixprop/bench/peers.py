"""What other libraries take for the same networks on the same chip.

Measured for this project: cycles of an ATmega328P in simavr 1.6, Debian's avr-gcc 5.4.0 with
Arduino's own flags, mean over the task's patterns, batch of 1, loading the sample outside the
count. Where a row has two figures the compiler was told -Os and -O3; None: it does not fit.
"""

from __future__ import annotations

SOURCE = "measured for this project, simavr 1.6, avr-gcc 5.4"

Sizes = tuple[int, ...]
Cycles = tuple[int, int] | None  # -Os, -O3

NETWORKS: tuple[Sizes, ...] = ((2, 3, 1), (2, 2, 2), (2, 8, 2), (4, 5, 2), (4, 5, 3), (7, 8, 4))

# One training step: forward, backward, update.
TRAINING: dict[str, tuple[Cycles, ...]] = {
    "ArduinoANN (float)": (
        *((25671, 24172), (25613, 24111), (77186, 71935)),
        *((60320, 56480), (74923, 69486), (152608, 136549)),
    ),
    "makennbot (float)": (
        *((25066, 24050), (25608, 24120), (75705, 71756)),
        *((59884, 56550), (74476, 69494), (146694, 136018)),
    ),
    "GiorgosXou 4.1.9 (float)": (
        *((25012, 24683), (25337, 24954), (70083, 68458)),
        *((56108, 55122), (68543, 67384), (133047, 131029)),
    ),
    "simple-neural-network (float)": (
        *((25517, 24719), (26628, 25906), (79901, 75361)),
        *((62593, 57895), (78733, 72980), (158415, 141964)),
    ),
    "AIfES 2.2.0 (float)": (
        *((68824, 63721), (67950, 63050), (167628, 154943)),
        *((136738, 125649), (160692, 148011), None),
    ),
    "libuneural (Q16.16)": (
        *((60195, 43830), (55326, 39863), None),
        *((157092, 111412), (189564, 134505), None),
    ),
}

# One inference, the better of the two compilations.
INFERENCE: dict[str, tuple[int, ...]] = {
    "best with float": (13208, 13577, 37100, 27932, 33525, 59780),
    "AIfES Q7 (8 bits)": (6685, 6830, 12272, 10559, 11954, 19181),
}

# Largest H of a 2-H-1 that trains in a bare program.
LARGEST_2_H_1 = {
    "GiorgosXou 4.1.9": 82,
    "ArduinoANN": 47,
    "AIfES 2.2.0, SGD": 15,
    "libuneural": 6,
}

# Flash of a bare program with a network like 2-8-2, in bytes.
FLASH_BYTES = {"ArduinoANN": 5_200, "GiorgosXou 4.1.9": 6_600, "AIfES 2.2.0": 21_000}

# From random weights to the end, (shortest, longest) over the seeds that end, in seconds.
LEARNING_S: dict[str, dict[str, tuple[float, float]]] = {
    "7-8-4, digits, error below 0.0004": {"ArduinoANN": (439, 643)},
    "7-8-4, digits, MSE 0.01": {"ArduinoANN": (4.6, 6.0), "GiorgosXou 4.1.9": (32, 32)},
    "4-5-2, colours, error below 0.0015": {"makennbot, two seeds of three": (200, 321)},
    "2-3-1, exclusive or, MSE 0.01": {
        "ArduinoANN": (2.1, 2.6),
        "GiorgosXou 4.1.9, sigmoid": (12, 21),
        "GiorgosXou 4.1.9, SELU, four seeds of five": (0.19, 0.21),
        "AIfES 2.2.0, ADAM, four seeds of five": (1.4, 1.8),
    },
}

TRAINING_PART = 10  # a step may take at most a tenth of the best peer's
INFERENCE_PART = 4  # an inference at most a quarter, 8-bit ones included
LARGEST_H_GOAL = 100


def best_training(sizes: Sizes) -> int:
    """Cycles of the fastest peer's training step, whatever its flags."""
    at = NETWORKS.index(sizes)
    return min(min(cycles) for row in TRAINING.values() if (cycles := row[at]) is not None)


def best_inference(sizes: Sizes) -> int:
    """Cycles of the fastest peer's inference."""
    at = NETWORKS.index(sizes)
    return min(row[at] for row in INFERENCE.values())


def training_bar(sizes: Sizes) -> int:
    """Most cycles that a training step may take."""
    return best_training(sizes) // TRAINING_PART


def inference_bar(sizes: Sizes) -> int:
    """Most cycles that an inference may take."""
    return best_inference(sizes) // INFERENCE_PART
