"""The learner in the firmware's own C, compiled for this computer."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import cffi
import numpy as np

from fixprop import native
from fixprop.files import write_whole
from fixprop.formats import Integers
from fixprop.header import model_h
from fixprop.network import Topology
from fixprop.saturation import COUNTING, KINDS, Saturations
from fixprop.toolchain import BUILD, FIRMWARE, build_shared_library, once
from fixprop.tracking.definition import TOPOLOGY
from fixprop.tracking.latest_step import LatestStep, Reals

TRACKER = FIRMWARE / "lib" / "tracker" / "src"
MODEL = FIRMWARE / "include"
DECLARATIONS = """
typedef struct native_learner native_learner;
native_learner *native_learner_create(void);
void native_learner_destroy(native_learner *);
void native_learner_reset(native_learner *, uint32_t);
void native_learner_read(native_learner *, uint16_t, uint16_t, int16_t *);
void native_learner_label_lesson(native_learner *, int8_t);
void native_learner_label_none(native_learner *);
void native_learner_mark(native_learner *, int8_t);
uint32_t native_learner_train(native_learner *, uint32_t, double *);
void native_learner_latest(const native_learner *, int16_t *, int16_t *, int32_t *);
void native_learner_train_on(native_learner *, const int16_t *, const int16_t *, int16_t *);
void native_learner_set_step(native_learner *, uint32_t);
void native_learner_set_rate(native_learner *, uint16_t);
void native_learner_set_weight(native_learner *, uint16_t, int32_t);
int32_t native_learner_weight(const native_learner *, uint16_t);
uint32_t native_learner_step(const native_learner *);
uint32_t native_learner_order(const native_learner *);
uint8_t native_learner_memory_count(const native_learner *);
void native_learner_saturations(const native_learner *, uint64_t *);
void native_learner_clear_saturations(native_learner *);
"""


@once
def library(topology: Topology = TOPOLOGY) -> tuple[Any, Any]:
    """(ffi, library) for a network of 4 inputs and 3 outputs; built when a source changed."""
    ffi = cffi.FFI()
    ffi.cdef(DECLARATIONS)
    here = Path(__file__).with_suffix(".c")
    sources = [*sorted(native.LIBRARY.glob("*.c")), here]
    include = [native.LIBRARY, TRACKER, _model(topology)]
    included = zlib.crc32((TRACKER / "learner.c").read_bytes())  # by the last of the sources
    learner_crc = f"-DLEARNER_CRC={included}"  # no compiler needs it: another one is built anew
    flags = [COUNTING, learner_crc]
    return ffi, ffi.dlopen(
        str(build_shared_library("learner", sources, include=include, flags=flags))
    )


def _model(topology: Topology) -> Path:
    """The folder of the model.h that declares this network: the sketch's own or one of build/."""
    if topology == TOPOLOGY:
        return MODEL
    text = model_h(topology)
    folder = BUILD / f"model-{topology}-{zlib.crc32(text.encode()):08x}"
    if not (folder / "model.h").exists():
        write_whole(folder / "model.h", text)
    return folder


class NativeLearner:
    """See `fixprop.tracking.learner.Learner`; a method is the firmware's function of that name."""

    def __init__(self, seed: int, topology: Topology = TOPOLOGY) -> None:
        self._ffi, self._c = library(topology)
        self._learner = self._ffi.gc(
            self._c.native_learner_create(), self._c.native_learner_destroy
        )
        self.topology = topology
        self.reset(seed)

    @property
    def step(self) -> int:
        """Training steps done."""
        return int(self._c.native_learner_step(self._learner))

    def reset(self, seed: int) -> None:
        """See Learner."""
        self._c.native_learner_reset(self._learner, seed & 0xFFFFFFFF)

    def read(self, left: int, right: int) -> Integers:
        """See Learner."""
        outputs = self._ffi.new("int16_t[3]")
        self._c.native_learner_read(self._learner, left, right, outputs)
        return np.array(list(outputs), np.int64)

    def label_lesson(self, bearing: int) -> None:
        """See Learner."""
        self._c.native_learner_label_lesson(self._learner, bearing)

    def label_none(self) -> None:
        """See Learner."""
        self._c.native_learner_label_none(self._learner)

    def mark(self, bearing: int) -> None:
        """See Learner."""
        self._c.native_learner_mark(self._learner, bearing)

    def train(self, steps: int) -> Reals:
        """See Learner."""
        losses = np.empty(steps)
        done = self._c.native_learner_train(
            self._learner, steps, self._ffi.cast("double *", self._ffi.from_buffer(losses))
        )
        return losses[:done]

    def latest(self) -> LatestStep:
        """See Learner."""
        sizes = self.topology.sizes
        counts = sum(sizes), sizes[-1], sum(sizes[1:])
        values, targets, deltas = (
            self._ffi.new(f"{kind}[]", count)
            for kind, count in zip(("int16_t", "int16_t", "int32_t"), counts, strict=True)
        )
        self._c.native_learner_latest(self._learner, values, targets, deltas)
        return LatestStep(
            self.topology, *(np.array(list(a), np.int64) for a in (values, targets, deltas))
        )

    def train_on(self, inputs: Integers, targets: Integers) -> Integers:
        """See Learner."""
        given, wanted, outputs = inputs.tolist(), targets.tolist(), self._ffi.new("int16_t[3]")
        self._c.native_learner_train_on(self._learner, given, wanted, outputs)
        return np.array(list(outputs), np.int64)

    def set_step(self, step: int) -> None:
        """See Learner."""
        self._c.native_learner_set_step(self._learner, step)

    def set_rate(self, rate: int) -> None:
        """See Learner."""
        self._c.native_learner_set_rate(self._learner, rate)

    def set_weights(self, offset: int, weights: Integers) -> None:
        """See Learner."""
        for index, weight in enumerate(weights, offset):
            self._c.native_learner_set_weight(self._learner, index, int(weight))

    def weights(self) -> Integers:
        """See Learner."""
        count = self.topology.weight_count
        return np.array(
            [self._c.native_learner_weight(self._learner, i) for i in range(count)], np.int64
        )

    def order_state(self) -> int:
        """See Learner."""
        return int(self._c.native_learner_order(self._learner))

    def memory_count(self) -> int:
        """See Learner."""
        return int(self._c.native_learner_memory_count(self._learner))

    @property
    def saturation(self) -> Saturations:
        """See Learner."""
        counts = self._ffi.new("uint64_t[]", len(KINDS))
        self._c.native_learner_saturations(self._learner, counts)
        return Saturations(*counts)

    def clear_saturation(self) -> None:
        """See Learner."""
        self._c.native_learner_clear_saturations(self._learner)
