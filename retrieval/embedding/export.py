"""Writes the packaged model as a sentence-transformers folder, to fine-tune or evaluate it with that library.

Running such a folder is `sentence_transformers_encoder`. Writing needs no torch, only safetensors (extra `models`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.embedding.encoder import QUERY_PREFIX, Vectors
from retrieval.embedding.vocabulary import PieceIds, all_pieces, build_tokenizer, select_pieces
from retrieval.embedding.weights import Weights, read_weights
from retrieval.errors import ModelUnavailable

_LAYER_TENSORS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
"""Names of the wheel and those of BertModel."""
_PARTS = {"w": "weight", "b": "bias"}


def export_sentence_transformers(target: Path, *, full_vocabulary: bool = False) -> Path:
    """Writes the folder, in float32: about 235 MB, or 475 MB with the full vocabulary. Returns `target`.

    Raises `FileExistsError` when there is something at `target` already, `ModelUnavailable` without the packages.
    """
    try:
        from safetensors.numpy import save_file
    except ImportError as problem:
        raise ModelUnavailable(
            "writing a sentence-transformers folder needs the extra `models`: pip install 'motcua[models]'"
        ) from problem
    if target.exists() and any(target.iterdir()):
        raise FileExistsError(f"{target} is not empty; give a new folder")
    weights = read_weights()
    pieces = all_pieces(weights) if full_vocabulary else select_pieces(weights)
    target.mkdir(parents=True, exist_ok=True)
    save_file(_bert_tensors(weights, pieces), target / "model.safetensors", metadata={"format": "pt"})
    build_tokenizer(weights, pieces).save(str(target / "tokenizer.json"), pretty=False)
    for name, content in _descriptions(weights, len(pieces)).items():
        (target / name).parent.mkdir(exist_ok=True)
        (target / name).write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return target


def _bert_tensors(weights: Weights, piece_ids: PieceIds) -> dict[str, Vectors]:
    tensors = {
        "embeddings.word_embeddings.weight": weights.dense("emb.word")[piece_ids],
        "embeddings.position_embeddings.weight": weights.dense("emb.pos"),
        "embeddings.token_type_embeddings.weight": weights.dense("emb.type"),
        "embeddings.LayerNorm.weight": weights.dense("emb.ln.w"),
        "embeddings.LayerNorm.bias": weights.dense("emb.ln.b"),
    }
    for layer in range(weights.shape.layers):
        for short, long in _LAYER_TENSORS.items():
            for part, word in _PARTS.items():
                tensors[f"encoder.layer.{layer}.{long}.{word}"] = weights.dense(f"l{layer}.{short}.{part}")
    return {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}


def _descriptions(weights: Weights, tokens: int) -> dict[str, Any]:
    """File name -> content of all that is JSON. The module types are the names that every release understands."""
    shape, special = weights.shape, weights.special
    begin, end, padding, unknown = (weights.pieces[i] for i in special)
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "dtype": "float32",
            "hidden_act": "gelu",
            "hidden_size": shape.hidden,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads,
            "intermediate_size": shape.feed_forward,
            "max_position_embeddings": shape.positions,
            "type_vocab_size": shape.token_types,
            "layer_norm_eps": 1e-12,
            "vocab_size": tokens,
            "pad_token_id": special.padding,
            "bos_token_id": special.begin,
            "eos_token_id": special.end,
            "attention_probs_dropout_prob": 0.1,
            "hidden_dropout_prob": 0.1,
            "initializer_range": 0.02,
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": shape.positions,
            "bos_token": begin,
            "cls_token": begin,
            "eos_token": end,
            "sep_token": end,
            "pad_token": padding,
            "unk_token": unknown,
            "mask_token": "<mask>",
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
        ],
        "sentence_bert_config.json": {"max_seq_length": shape.positions, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "prompts": {"query": QUERY_PREFIX},
            "default_prompt_name": "query",
            "similarity_fn_name": "cosine",
        },
        "1_Pooling/config.json": {
            "word_embedding_dimension": shape.hidden,
            "pooling_mode_mean_tokens": True,
            "pooling_mode_cls_token": False,
            "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
            "include_prompt": True,
        },
        "2_Normalize/config.json": {},
    }
