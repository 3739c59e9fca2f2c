"""The learner in the firmware's own C, compiled for this computer."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import cffi
import numpy as np

from fixprop import native
from fixprop.formats import Integers
from fixprop.network import Topology
from fixprop.toolchain import FIRMWARE, build_shared_library
from fixprop.tracking.definition import TOPOLOGY

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
void native_learner_train(native_learner *, uint32_t);
void native_learner_set_rate(native_learner *, uint16_t);
void native_learner_set_weight(native_learner *, uint16_t, int32_t);
int32_t native_learner_weight(const native_learner *, uint16_t);
uint32_t native_learner_step(const native_learner *);
uint32_t native_learner_order(const native_learner *);
uint8_t native_learner_memory_count(const native_learner *);
"""


@cache
def library() -> tuple[Any, Any]:
    """(ffi, library); builds the library when a source changed."""
    ffi = cffi.FFI()
    ffi.cdef(DECLARATIONS)
    here = Path(__file__).with_suffix(".c")
    sources = [*sorted(native.LIBRARY.glob("*.c")), TRACKER / "learner.c", here]
    include = [native.LIBRARY, TRACKER, MODEL]
    return ffi, ffi.dlopen(str(build_shared_library("learner", sources, include=include)))


class NativeLearner:
    """See `fixprop.tracking.learner.Learner`; a method is the firmware's function of that name."""

    def __init__(self, seed: int, topology: Topology = TOPOLOGY) -> None:
        self._ffi, self._c = library()
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

    def train(self, steps: int) -> None:
        """See Learner."""
        self._c.native_learner_train(self._learner, steps)

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
