"""Networks from ONNX files: a chain of dense layers, read without running it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fixprop.errors import FixpropError, MissingTool, UsageError
from fixprop.importers.bring_in import bring_in
from fixprop.importers.chain import Chain
from fixprop.importers.imported import Imported
from fixprop.importers.onnx_nodes import ACTIVATIONS, OPERATIONS, PASSED, Node

LABELS = ("ArgMax", "ArrayFeatureExtractor", "Concat", "Normalizer", "Sub", "TopK", "ZipMap")
"""What comes after the outputs to name a class; the model does that itself."""

SUPPORTED = ", ".join([*OPERATIONS, *ACTIVATIONS, *PASSED])

Array = NDArray[Any]


def from_onnx(
    path: Path | str,
    sample: ArrayLike | None = None,
    ranges: ArrayLike | None = None,
    *,
    names: Sequence[str] = (),
    classes: Sequence[object] = (),
    saturate: bool = False,
) -> Imported:
    """The network in an ONNX file with one input; `classes`: names, if it has none.

    `names`: of the inputs.

    The other arguments are bring_in's. MissingTool without the onnx package; FixpropError for a file
    that cannot be read; UsageError names a node that is not supported.
    """
    path = Path(path)
    graph = Graph(_read(path))
    chain, dropped = _walk(graph)
    labels = tuple(map(str, classes)) or graph.classes(chain.width)
    network = chain.network(tuple(names), classes=labels, probabilities=True)
    notes = (f"left out, after the outputs: {', '.join(dropped)}",) if dropped else ()
    return bring_in(network, sample, ranges, source=path.name, saturate=saturate, notes=notes)


def _read(path: Path) -> Any:
    try:
        import onnx
    except ImportError:
        raise MissingTool(
            "reading ONNX files needs the onnx package: pip install 'fixprop[onnx]'"
        ) from None
    try:
        model = onnx.load(str(path))
        onnx.checker.check_model(model)
    except OSError as error:
        raise FixpropError(f"cannot read {path}: {error.strerror or error}") from error
    except Exception as error:  # of protobuf's or onnx's own, by what is wrong
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise FixpropError(f"{path} is not an ONNX file: {first}") from error
    return model


class Graph:
    """The nodes of a model, constants computed. `input`: the name of its one input."""

    def __init__(self, model: Any):
        from onnx import numpy_helper

        self.constants: dict[str, Array] = {
            tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer
        }
        given = [value for value in model.graph.input if value.name not in self.constants]
        if len(given) != 1:
            names = ", ".join(value.name for value in given)
            raise UsageError(f"the network has {len(given)} inputs ({names}): must be one")
        self.input: str = given[0].name
        self._shape = [dim.dim_value for dim in given[0].type.tensor_type.shape.dim]
        nodes = [
            Node.of(proto, self.constants) for proto in model.graph.node if not self._fold(proto)
        ]
        self.nodes = _needed(nodes, {value.name for value in model.graph.output})

    def _fold(self, proto: Any) -> bool:
        """Compute a node that sees constants only."""
        if not all(name in self.constants for name in proto.input if name):
            return False
        from onnx.reference import ReferenceEvaluator

        given = {name: self.constants[name] for name in proto.input if name}
        try:
            results = ReferenceEvaluator(proto).run(None, given)
        except Exception as error:
            raise UsageError(f"node '{proto.name}' ({proto.op_type}): {error}") from error
        self.constants.update(zip(proto.output, map(np.asarray, results), strict=True))
        return True

    def consumers(self, value: str) -> list[Node]:
        """The nodes that see `value`."""
        return [node for node in self.nodes if value in node.inputs]

    def width(self) -> int:
        """How many numbers the input has, its batch not counted."""
        sizes = self._shape[1:]
        if sizes and all(sizes):
            return int(np.prod(sizes))
        for node in self.nodes:
            if node.kind in ("Gemm", "MatMul") and node.constant(1) is not None:
                rows, columns = np.atleast_2d(node.need(1)).shape
                return int(columns if node.attributes.get("transB") else rows)
        raise UsageError(
            "the network has no dense layer (Gemm, MatMul): there is nothing to import"
        )

    def classes(self, width: int) -> tuple[str, ...]:
        """Names that a classifier's last nodes give its classes, if they fit `width` outputs."""
        found: list[Any] = []
        for node in self.nodes:
            for key in ("classlabels_strings", "classlabels_int64s"):
                found = found or list(node.attributes.get(key, ()))
            if node.kind == "ArrayFeatureExtractor" and node.constant(0) is not None:
                found = found or list(node.need(0).reshape(-1))
        names = tuple(n.decode() if isinstance(n, bytes) else str(n) for n in found)
        return names if len(names) == max(2, width) else ()


def _needed(nodes: list[Node], outputs: set[str]) -> list[Node]:
    """Without the nodes that no output of the network is made of."""
    made_of, found = set(outputs), []
    for node in reversed(nodes):  # an ONNX graph lists them in order
        if made_of & set(node.outputs):
            made_of |= set(node.inputs)
            found.append(node)
    return found[::-1]


def _walk(graph: Graph) -> tuple[Chain, list[str]]:
    """The chain from the input on, and the kinds of nodes left out after its end."""
    chain, value, seen = Chain(graph.width()), graph.input, 0
    while nodes := graph.consumers(value):
        if any(node.kind in LABELS for node in nodes if node.kind != "Sub" or len(nodes) > 1):
            break  # a subtraction alone is affine; beside others it is 1 - share
        if len(nodes) > 1:
            kinds = " and ".join(f"'{node.name}' ({node.kind})" for node in nodes)
            raise UsageError(f"the network branches, to {kinds}: must be a chain of layers")
        _apply(chain, nodes[0])
        value, seen = nodes[0].outputs[0], seen + 1
    _check_rest(graph, value, seen)
    return chain, sorted({node.kind for node in _after(graph, value)})


def _apply(chain: Chain, node: Node) -> None:
    todo: Callable[[Chain, Node], None] | None = None
    for group in (OPERATIONS, ACTIVATIONS, PASSED):
        todo = todo or group.get(node.kind)
    if todo is None:
        raise UsageError(
            f"node '{node.name}' ({node.kind}) is not supported; these are: {SUPPORTED}"
        )
    todo(chain, node)


def _after(graph: Graph, value: str) -> list[Node]:
    """Every node that sees `value` or something made of it."""
    made, found = {value}, []
    for node in graph.nodes:  # an ONNX graph lists them in order
        if made & set(node.inputs):
            made |= set(node.outputs)
            found.append(node)
    return found


def _check_rest(graph: Graph, value: str, seen: int) -> None:
    """After the outputs there may be only what names a class."""
    rest = _after(graph, value)
    for node in rest:
        if node.kind not in (*LABELS, *PASSED):
            raise UsageError(
                f"node '{node.name}' ({node.kind}) after '{value}' is not supported: "
                "the network branches there, and must be a chain of layers"
            )
    if seen + len(rest) != len(graph.nodes):
        raise UsageError("the network has nodes that its input does not reach: must be one chain")
