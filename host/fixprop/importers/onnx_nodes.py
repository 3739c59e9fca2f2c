"""What each kind of ONNX node does to the chain of layers.

The operators: https://onnx.ai/onnx/operators/
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fixprop.errors import UsageError
from fixprop.importers.chain import Chain

Array = NDArray[Any]
FLOATS = (1, 10, 11, 16)
"""TensorProto's codes of float, float16, double and bfloat16."""


@dataclass(frozen=True)
class Node:
    """A node, its attributes in Python's types; `constants` holds those of its inputs that are."""

    name: str
    kind: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, Any]
    constants: dict[str, Array]

    @classmethod
    def of(cls, proto: Any, constants: dict[str, Array]) -> Node:
        """From onnx's own; a node without a name is called by its output."""
        from onnx import helper

        attributes = {one.name: helper.get_attribute_value(one) for one in proto.attribute}
        known = {name: constants[name] for name in proto.input if name in constants}
        name = proto.name or proto.output[0]
        inputs, outputs = tuple(proto.input), tuple(proto.output)
        return cls(name, proto.op_type, inputs, outputs, attributes, known)

    def constant(self, position: int) -> Array | None:
        """An input's value, if it is known beforehand."""
        if position >= len(self.inputs):
            return None
        return self.constants.get(self.inputs[position])

    def need(self, position: int) -> Array:
        """The same; UsageError if it is not known."""
        value = self.constant(position)
        if value is None:
            raise UsageError(
                f"node '{self.name}' ({self.kind}): its input {position + 1} must be constant"
            )
        return np.asarray(value)

    def refuse(self, what: str) -> UsageError:
        """An error about this node."""
        return UsageError(f"node '{self.name}' ({self.kind}): {what} is not supported")


def _gemm(chain: Chain, node: Node) -> None:
    if node.attributes.get("transA"):
        raise node.refuse("transA")
    weights = node.need(1)
    weights = weights.T if node.attributes.get("transB") else weights
    biases = node.need(2) * node.attributes.get("beta", 1.0) if len(node.inputs) > 2 else None
    alpha = node.attributes.get("alpha", 1.0)
    chain.dense(node.name, alpha * weights, None if biases is None else _each(node, biases))


def _matmul(chain: Chain, node: Node) -> None:
    chain.dense(node.name, node.need(1), None)


def _each(node: Node, value: Array) -> Array:
    """One number, or one a value: leading axes of length 1 are the batch's."""
    while value.ndim > 1 and value.shape[0] == 1:
        value = value[0]
    if value.ndim > 1:
        raise node.refuse(f"a constant of shape {value.shape}")
    return value


def _add(chain: Chain, node: Node) -> None:
    first = node.constant(0)
    chain.affine(node.name, 1.0, _each(node, node.need(1) if first is None else first))


def _sub(chain: Chain, node: Node) -> None:
    first = node.constant(0)
    if first is None:
        chain.affine(node.name, 1.0, -_each(node, node.need(1)))
    else:
        chain.affine(node.name, -1.0, _each(node, first))


def _mul(chain: Chain, node: Node) -> None:
    first = node.constant(0)
    chain.affine(node.name, _each(node, node.need(1) if first is None else first), 0.0)


def _div(chain: Chain, node: Node) -> None:
    chain.affine(node.name, 1 / np.asarray(_each(node, node.need(1)), np.float64), 0.0)


def _batch_normalization(chain: Chain, node: Node) -> None:
    scale, shift, mean, variance = (node.need(n).astype(np.float64) for n in (1, 2, 3, 4))
    factor = scale / np.sqrt(variance + node.attributes.get("epsilon", 1e-5))
    chain.affine(node.name, factor, shift - mean * factor)


def _scaler(chain: Chain, node: Node) -> None:
    scale = np.asarray(node.attributes.get("scale", [1.0]), np.float64)
    offset = np.asarray(node.attributes.get("offset", [0.0]), np.float64)
    chain.affine(node.name, scale, -offset * scale)


def _function(name: str) -> Callable[[Chain, Node], None]:
    return lambda chain, _node: chain.activation(name)


def _leaky_relu(chain: Chain, node: Node) -> None:
    chain.activation("leaky_relu", node.attributes.get("alpha", 0.01))


def _softmax(chain: Chain, node: Node) -> None:
    if node.attributes.get("axis", -1) not in (-1, 1):
        raise node.refuse(f"axis {node.attributes['axis']}")
    chain.activation("softmax")


def _cast(_chain: Chain, node: Node) -> None:
    if node.attributes.get("to") not in FLOATS:
        raise node.refuse("a cast to integers between layers")


def _reshape(chain: Chain, node: Node) -> None:
    shape = [int(size) for size in node.need(1).reshape(-1)]
    if shape[-1] not in (-1, chain.width):
        raise node.refuse(f"the shape {shape} for {chain.width} values")


def _pass(_chain: Chain, _node: Node) -> None:
    """A layout or training matter: the values stay."""


OPERATIONS: dict[str, Callable[[Chain, Node], None]] = {
    "Gemm": _gemm,
    "MatMul": _matmul,
    "Add": _add,
    "Sub": _sub,
    "Mul": _mul,
    "Div": _div,
    "BatchNormalization": _batch_normalization,
    "Scaler": _scaler,
}
ACTIVATIONS: dict[str, Callable[[Chain, Node], None]] = {
    "Sigmoid": _function("sigmoid"),
    "Tanh": _function("tanh"),
    "Relu": _function("relu"),
    "LeakyRelu": _leaky_relu,
    "Softmax": _softmax,
}
PASSED: dict[str, Callable[[Chain, Node], None]] = {
    "Identity": _pass,
    "Dropout": _pass,
    "Flatten": _pass,
    "Reshape": _reshape,
    "Cast": _cast,
}
