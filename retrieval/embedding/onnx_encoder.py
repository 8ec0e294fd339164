"""The default engine: a built model folder run by ONNX Runtime. Needs onnxruntime, tokenizers and numpy, nothing else.

Building the folder is `build.ensure_model`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

# Before the import: the library keeps a device id and events on disk unless it is told not to.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

import onnxruntime
from tokenizers import Tokenizer

from retrieval.embedding.encoder import QUERY_PREFIX, Vectors, plain
from retrieval.embedding.model_folder import GRAPH_FILE, TOKENIZER_FILE, read_meta
from retrieval.errors import ModelUnavailable

MAX_TOKENS = 256
"""Where a text is cut. No development question has more than 41 tokens, but of the portal's 5,665 names 46 have more
than 128 (8 more than 256), and it is at the end that siblings differ. 256 tokens take about 70 ms, the model's limit of
512 over 200 ms; shorter texts pay for their own length only."""
_ERRORS_ONLY = 3


class OnnxEncoder:
    """Encodes with the model in a folder. One instance may serve several threads.

    One text is one run. Batches save nothing (names per second of processor: 104-115 alone, 94-103 by 8, 38-40 by 64),
    and 8-bit scales are chosen per run, so that in a batch a text's vector would depend on its neighbours. Alone, the
    same text always gives the same vector, in an index of yesterday as in a question of today.
    """

    def __init__(self, path: Path, *, threads: int = 1, max_tokens: int = MAX_TOKENS) -> None:
        """`threads` texts are encoded at a time; a single question never uses more than one, which costs it under 1 ms
        and leaves the other cores to other questions. Raises `ModelUnavailable` for a folder that cannot be loaded.
        """
        meta = read_meta(path)
        if not 0 < max_tokens <= meta.positions:
            raise ValueError(f"max_tokens is {max_tokens}, the model takes 1 to {meta.positions}")
        try:
            self._session = onnxruntime.InferenceSession(
                str(path / GRAPH_FILE), _session_options(), providers=["CPUExecutionProvider"]
            )
            self._tokenizer = Tokenizer.from_file(str(path / TOKENIZER_FILE))
        except Exception as problem:  # both libraries raise bare Exception subclasses of their own
            raise ModelUnavailable(
                f"{path}: the embedding model cannot be loaded ({problem}); delete the folder and "
                "start again, it is then built anew"
            ) from problem
        self._tokenizer.enable_truncation(max_tokens)
        self._threads = threads
        self.name = f"{meta.model}-{meta.format}-{meta.content_hash}@{max_tokens}"
        self.dimensions = meta.dimensions

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See `Encoder.encode`."""
        if self._threads > 1 and len(texts) > 1:
            with ThreadPoolExecutor(self._threads) as pool:
                rows = list(pool.map(self._encode_one, texts))
        else:
            rows = [self._encode_one(text) for text in texts]
        return np.stack(rows) if rows else np.empty((0, self.dimensions), dtype=np.float32)

    def _encode_one(self, text: str) -> Vectors:
        ids = np.array([self._tokenizer.encode(QUERY_PREFIX + plain(text)).ids], dtype=np.int64)
        (vectors,) = self._session.run(["embedding"], {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        row: Vectors = vectors[0]
        return row


def _session_options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    return options
