"""Draws multilingual-e5-small as an ONNX graph, straight from the packaged weights and without torch.

In: `input_ids`, `attention_mask`: int64 (texts, tokens). Out: `embedding`: float32 (texts, hidden), rows of length 1.
Word vectors stay 4-bit blocks, unpacked for the tokens of a text only: a seventh of their size as floats, with no
loss. Quantising the matrix products is `build`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from retrieval.embedding.vocabulary import PieceIds
from retrieval.embedding.weights import NIBBLE_ZERO, Weights

OPSET = 17
_IR_VERSION = 8
"""The one that belongs to opset 17, so that every ONNX Runtime since 1.13 reads the file."""
_MASKED = 1e9
"""Subtracted from the attention score of a padding token: nothing is left of it after the softmax."""


def build_graph(weights: Weights, piece_ids: PieceIds) -> onnx.ModelProto:
    """The model in float32 over the given pieces; token i is piece `piece_ids[i]`."""
    graph = _Graph()
    hidden = weights.shape.hidden
    mask = graph.add("Cast", "attention_mask", to=TensorProto.FLOAT)
    states = _embeddings(graph, weights, piece_ids)
    bias = graph.add(
        "Mul",
        graph.add("Unsqueeze", graph.add("Sub", mask, graph.number(1.0)), graph.axes(1, 2)),
        graph.number(_MASKED),
    )
    for layer in range(weights.shape.layers):
        states = _layer(graph, weights, f"l{layer}", states, bias)
    weight = graph.add("Unsqueeze", mask, graph.axes(-1))
    total = graph.add("ReduceSum", graph.add("Mul", states, weight), graph.axes(1), keepdims=0)
    mean = graph.add("Div", total, graph.add("ReduceSum", weight, graph.axes(1), keepdims=0))
    graph.nodes.append(helper.make_node("LpNormalization", [mean], ["embedding"], axis=-1, p=2))
    return graph.model(["input_ids", "attention_mask"], "embedding", hidden)


class _Graph:
    """Collects nodes and constants and names them; every method returns the name of what it added."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        return self.add_many(operator, *inputs, outputs=1, **attributes)[0]

    def add_many(self, operator: str, *inputs: str, outputs: int, **attributes: Any) -> list[str]:
        name = f"{operator}_{len(self.nodes)}"
        results = [f"{name}.{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(operator, list(inputs), results, name=name, **attributes))
        return results

    def constant(self, name: str, value: npt.NDArray[Any] | np.generic) -> str:
        if name not in self._constants:
            self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(value).reshape(np.shape(value)), name)
        return name

    def number(self, value: float) -> str:
        return self.constant(f"number_{value:g}", np.float32(value))

    def axes(self, *values: int) -> str:
        return self.constant("integers_" + "_".join(map(str, values)), np.array(values, dtype=np.int64))

    def model(self, inputs: Sequence[str], output: str, width: int) -> onnx.ModelProto:
        drawn = helper.make_graph(
            self.nodes,
            "sentence_encoder",
            [helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"]) for name in inputs],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["texts", width])],
            list(self._constants.values()),
        )
        return helper.make_model(
            drawn, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=_IR_VERSION, producer_name="motcua"
        )


def _embeddings(graph: _Graph, weights: Weights, piece_ids: PieceIds) -> str:
    """Word vector + position + type 0, normalised."""
    words = weights.packed("emb.word")
    nibbles = graph.add("Gather", graph.constant("word_nibbles", words.nibbles[piece_ids]), "input_ids")
    scales = graph.add("Gather", graph.constant("word_scales", words.scales[piece_ids]), "input_ids")
    four = graph.constant("four_bits", np.uint8(4))
    high = graph.add("BitShift", nibbles, four, direction="RIGHT")
    low = graph.add("BitShift", graph.add("BitShift", nibbles, four, direction="LEFT"), four, direction="RIGHT")
    both = graph.add("Cast", graph.add("Concat", low, high, axis=-1), to=TensorProto.FLOAT)
    values = graph.add("Sub", both, graph.number(NIBBLE_ZERO))
    scale = graph.add("Unsqueeze", graph.add("Cast", scales, to=TensorProto.FLOAT), graph.axes(-1))
    vectors = graph.add("Reshape", graph.add("Mul", values, scale), graph.axes(0, 0, weights.shape.hidden))
    places = graph.constant("positions", weights.dense("emb.pos") + weights.dense("emb.type")[0])
    tokens = graph.add("Shape", "input_ids", start=1, end=2)
    return _normalised(
        graph, weights, "emb.ln", graph.add("Add", vectors, graph.add("Slice", places, graph.axes(0), tokens))
    )


def _layer(graph: _Graph, weights: Weights, layer: str, states: str, bias: str) -> str:
    attended = _linear(graph, weights, [f"{layer}.ao"], _attention(graph, weights, layer, states, bias))
    states = _normalised(graph, weights, f"{layer}.aln", graph.add("Add", states, attended))
    widened = _gelu(graph, _linear(graph, weights, [f"{layer}.fi"], states))
    narrowed = _linear(graph, weights, [f"{layer}.fo"], widened)
    return _normalised(graph, weights, f"{layer}.oln", graph.add("Add", states, narrowed))


def _attention(graph: _Graph, weights: Weights, layer: str, states: str, bias: str) -> str:
    heads, hidden = weights.shape.heads, weights.shape.hidden
    # one product for the three: the input is quantised once instead of three times
    mixed = _linear(graph, weights, [f"{layer}.{part}" for part in "qkv"], states)
    by_head = [
        graph.add("Reshape", part, graph.axes(0, 0, heads, hidden // heads))
        for part in graph.add_many("Split", mixed, outputs=3, axis=-1)
    ]
    queries, values = (graph.add("Transpose", part, perm=[0, 2, 1, 3]) for part in (by_head[0], by_head[2]))
    keys = graph.add("Transpose", by_head[1], perm=[0, 2, 3, 1])
    scores = graph.add("Mul", graph.add("MatMul", queries, keys), graph.number(1 / math.sqrt(hidden // heads)))
    shares = graph.add("Softmax", graph.add("Add", scores, bias), axis=-1)
    context = graph.add("Transpose", graph.add("MatMul", shares, values), perm=[0, 2, 1, 3])
    return graph.add("Reshape", context, graph.axes(0, 0, hidden))


def _linear(graph: _Graph, weights: Weights, names: Sequence[str], states: str) -> str:
    """The products with several matrices side by side, plus their biases."""
    matrix = np.concatenate([weights.dense(f"{name}.w") for name in names]).T
    bias = np.concatenate([weights.dense(f"{name}.b") for name in names])
    product = graph.add("MatMul", states, graph.constant(f"{names[0]}.w", matrix))
    return graph.add("Add", product, graph.constant(f"{names[0]}.b", bias))


def _normalised(graph: _Graph, weights: Weights, name: str, states: str) -> str:
    gain, shift = (graph.constant(f"{name}.{part}", weights.dense(f"{name}.{part}")) for part in "wb")
    return graph.add("LayerNormalization", states, gain, shift, axis=-1, epsilon=weights.epsilon)


def _gelu(graph: _Graph, states: str) -> str:
    """Gelu in the five nodes that ONNX Runtime knows and fuses; the operator of that name came with opset 20."""
    error = graph.add("Erf", graph.add("Div", states, graph.number(math.sqrt(2))))
    doubled = graph.add("Mul", states, graph.add("Add", error, graph.number(1.0)))
    return graph.add("Mul", doubled, graph.number(0.5))
