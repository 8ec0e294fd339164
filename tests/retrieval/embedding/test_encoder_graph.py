"""The float graph is the same function as the wheel's C engine, before anything is quantised."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
from tokenizers import Tokenizer

from retrieval.embedding.encoder import QUERY_PREFIX, Vectors
from retrieval.embedding.graph import build_graph
from retrieval.embedding.vocabulary import build_tokenizer, select_pieces
from retrieval.embedding.weights import Weights


class FloatModel:
    def __init__(self, weights: Weights) -> None:
        pieces = select_pieces(weights)
        self.graph = build_graph(weights, pieces)
        self._tokenizer: Tokenizer = build_tokenizer(weights, pieces)
        self._padding = weights.special.padding
        self._session = onnxruntime.InferenceSession(self.graph.SerializeToString(), providers=["CPUExecutionProvider"])

    def encode_together(self, *texts: str) -> Vectors:
        rows = [self._tokenizer.encode(QUERY_PREFIX + text).ids for text in texts]
        ids = np.full((len(rows), max(map(len, rows))), self._padding, dtype=np.int64)
        mask = np.zeros_like(ids)
        for i, row in enumerate(rows):
            ids[i, :len(row)], mask[i, :len(row)] = row, 1
        (vectors,) = self._session.run(["embedding"], {"input_ids": ids, "attention_mask": mask})
        return np.asarray(vectors, dtype=np.float32)


@pytest.fixture(scope="module")
def float_model(weights: Weights) -> FloatModel:
    return FloatModel(weights)


def test_graph_is_valid_onnx(float_model: FloatModel) -> None:
    onnx.checker.check_model(float_model.graph, full_check=True)
    assert [o.version for o in float_model.graph.opset_import] == [17]


def test_float_graph_agrees_with_the_c_engine(float_model: FloatModel, texts: tuple[str, ...],
                                              reference: Vectors) -> None:
    cosines = np.array([float_model.encode_together(text)[0] @ row for text, row in zip(texts, reference, strict=True)])
    # what is left is the C engine's: it rounds activations to 8 bits, this graph does not
    assert cosines.mean() >= 0.9999
    assert cosines.min() >= 0.9998


def test_padding_changes_nothing(float_model: FloatModel, texts: tuple[str, ...]) -> None:
    few = sorted(texts, key=len)[::12]
    together = float_model.encode_together(*few)
    alone = np.concatenate([float_model.encode_together(text) for text in few])
    np.testing.assert_allclose(together, alone, atol=1e-5)
