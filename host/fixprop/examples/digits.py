"""Handwritten digits of 8 x 8 pixels: 1,797 images (scikit-learn's copy of the UCI set), 450 held out.

Two networks: one trained on the host that answers on the chip with its weights in flash, and the
largest that has room to learn on the chip itself. Pixels are cut to four bits, 0 to 15, so that as
many images as possible fit the flash.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from sklearn.datasets import load_digits

from fixprop.ensemble import Ensemble
from fixprop.examples.chip_program import inference_program
from fixprop.examples.places import InFloat64, InNative
from fixprop.examples.report import Report, Row
from fixprop.examples.training import Figure, Reals, Training, classes_right, cross_entropy
from fixprop.flash import NativeFlash
from fixprop.formats import ACTIVATION, RESIDUAL_BITS, WEIGHT, Integers
from fixprop.network import Mirror, Topology
from fixprop.sim.program import build_program, run_program

HELD_OUT = 450
ON_CHIP = 720
"""Images that fit the flash beside the program."""

_pixels, _digit = load_digits(return_X_y=True)
_mixed = np.random.default_rng(8).permutation(len(_pixels))
_images = np.minimum(_pixels[_mixed], 15) / 16
_labels = np.eye(10)[_digit[_mixed]]
UNSEEN, UNSEEN_LABELS = _images[:HELD_OUT], _labels[:HELD_OUT]
SOURCE = "E. Alpaydin & C. Kaynak, Optical Recognition of Handwritten Digits, UCI (1998)"

ON_HOST = Training(
    name="digits-flash",
    title="handwritten digits 64-32-10 tanh, softmax: trained on the host, answers from flash",
    source=SOURCE,
    topology=Topology((64, 32, 10), ("tanh", "softmax")),
    inputs=_images[HELD_OUT:],
    targets=_labels[HELD_OUT:],
    rate=0.01,
    spread=0.2,
    steps=10 * (len(_images) - HELD_OUT),
    figures=(),
    loss=cross_entropy,
)


def _unseen_right(_outputs: Reals, _targets: Reals, weights: Reals) -> float:
    answers = Ensemble(LEARNING.topology, weights, 0.0).predict(UNSEEN)[0]
    return classes_right(answers, UNSEEN_LABELS, weights)


LEARNING = Training(
    name="digits-learned",
    title="handwritten digits 64-7-10 tanh, softmax: the largest that learns on the chip",
    source=SOURCE,
    topology=Topology((64, 7, 10), ("tanh", "softmax")),
    inputs=_images[HELD_OUT : HELD_OUT + ON_CHIP],
    targets=_labels[HELD_OUT : HELD_OUT + ON_CHIP],
    packed=True,
    rate=0.03,
    spread=0.2,
    steps=10 * ON_CHIP,
    figures=(
        Figure(
            f"of {ON_CHIP} learned", classes_right, "at least 680", (680, ON_CHIP), (680, ON_CHIP)
        ),
        Figure(
            f"of {HELD_OUT} unseen", _unseen_right, "at least 400", (400, HELD_OUT), (400, HELD_OUT)
        ),
    ),
    loss=cross_entropy,
    notes=("weights, values and deltas of 64-8-10 take 2,066 bytes: the chip has 2,048",),
)


def run_flash(seed: int, with_chip: bool) -> Report:
    """Train on the host, in float64 and natively; then answer to the unseen images everywhere."""
    report = Report(ON_HOST.name, ON_HOST.title, ON_HOST.source)
    unseen = replace(ON_HOST, inputs=UNSEEN, targets=UNSEEN_LABELS)
    answers = {"float64": _float64_answers(unseen, seed)}
    weights = _trained(seed)
    fixed = {"mirror": _mirror_answers(weights), "native": _native_answers(weights)}
    if with_chip:
        fixed["chip"], cycles = _chip_answers(weights)
        report.notes.append(f"chip: {cycles:,.0f} cycles an image, weights in flash")
    answers |= {place: ACTIVATION.to_float(outputs) for place, outputs in fixed.items()}
    right = {
        p: classes_right(a, UNSEEN_LABELS, WEIGHT.to_float(weights)) for p, a in answers.items()
    }
    passed = all(count >= 0.95 * HELD_OUT for count in right.values())
    report.rows.append(Row(f"of {HELD_OUT} unseen", "at least 95 %", right, passed))
    for place, outputs in fixed.items():
        wrong = np.argwhere(outputs != fixed["native"])
        if len(wrong):
            report.differences.append(f"{place}: image {wrong[0][0]}, output {wrong[0][1]}")
    return report


def _trained(seed: int) -> Integers:
    """Weights in Q4.11, rounded, after training in the firmware's C on this computer."""
    network = InNative(ON_HOST, seed)
    network.train(ON_HOST.order(seed).take(ON_HOST.steps))
    weights = network.state().weights
    return np.asarray(WEIGHT.from_float(weights) >> RESIDUAL_BITS)


def _float64_answers(unseen: Training, seed: int) -> Reals:
    network = InFloat64(ON_HOST, seed)
    network.train(ON_HOST.order(seed).take(ON_HOST.steps))
    trained = replace(unseen, weights=network.state().weights)
    return InFloat64(trained, seed).state().outputs


def _mirror_answers(weights: Integers) -> Integers:
    mirror = Mirror(ON_HOST.topology, HELD_OUT)
    mirror.set_flat_weights(weights << RESIDUAL_BITS)
    return mirror.forward(ACTIVATION.from_float(UNSEEN))


def _native_answers(weights: Integers) -> Integers:
    return NativeFlash(ON_HOST.topology, weights).forward(ACTIVATION.from_float(UNSEEN))


def _chip_answers(weights: Integers) -> tuple[Integers, float]:
    """Outputs, and the cycles of one inference."""
    text = inference_program(ON_HOST.topology, weights, UNSEEN)
    run = run_program(build_program("example-digits-flash", text), limit_cycles=10**10)
    outputs = np.frombuffer(bytes(run.output), "<i2").reshape(HELD_OUT, -1)
    begun, ended = run.marks[0::2], run.marks[1::2]
    cycles = [end.cycle - begin.cycle for begin, end in zip(begun, ended, strict=True)]
    return outputs.astype(np.int64), float(np.mean(cycles))
