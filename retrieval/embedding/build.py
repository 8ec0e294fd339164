"""Makes the default sentence encoder from installed packages, once, and keeps it in a folder.

Reading the weights is `weights`, the graph is `graph`. onnx is imported only while building: a start with the model in
place, and a machine that got the folder copied, need onnxruntime, tokenizers and numpy alone.
"""

from __future__ import annotations

import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from retrieval.embedding.model_folder import GRAPH_FILE, TOKENIZER_FILE, ModelMeta, digest_of, is_intact
from retrieval.embedding.vocabulary import build_tokenizer, select_pieces
from retrieval.embedding.weights import MODEL_NAME, packaged_weights, read_weights
from retrieval.errors import ModelUnavailable

RECIPE = 1
"""Raise it with every change that changes the files; the next start then builds anew."""
FOLDER_NAME = f"{MODEL_NAME}-vi-int8"
_UNFINISHED = ".unfinished-"
_ABANDONED_AFTER_S = 3600
"""A build takes seconds; what is older was left by one that was killed."""


def ensure_model(target_root: Path, *, progress: Callable[[str], None]) -> Path:
    """The folder of the default encoder under `target_root`, built there when missing, damaged or of another recipe.

    The folder appears whole or not at all; of several processes that build at once, one wins and all get its folder.
    Raises `ModelUnavailable` when it cannot be built.
    """
    folder = target_root / FOLDER_NAME
    if is_intact(folder, recipe=RECIPE):
        return folder
    try:
        target_root.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(target_root)
        with _working_folder(target_root) as working:
            _write_model(working, progress)
            _install(working, folder)
    except OSError as problem:
        raise ModelUnavailable(
            f"{folder}: the embedding model cannot be written ({problem}); it needs a writable folder with 200 MB free"
        ) from problem
    progress(f"embedding model ready in {folder}")
    return folder


def _write_model(folder: Path, progress: Callable[[str], None]) -> None:
    try:
        from onnxruntime.quantization import QuantType, quantize_dynamic
        from onnxruntime.quantization.quant_utils import add_pre_process_metadata

        from retrieval.embedding.graph import build_graph
    except ImportError as problem:
        raise ModelUnavailable(
            f"building the embedding model needs the package {problem.name}; run `make setup`, or "
            f"copy the folder {FOLDER_NAME} from a machine that has it"
        ) from problem
    source = packaged_weights()
    progress(f"embedding model: reading {source.name}")
    weights = read_weights(source)
    pieces = select_pieces(weights)
    build_tokenizer(weights, pieces).save(str(folder / TOKENIZER_FILE), pretty=False)
    progress(f"embedding model: drawing the graph over {len(pieces)} word pieces")
    model = build_graph(weights, pieces)
    add_pre_process_metadata(model)  # says that the graph needs none; without it the quantiser warns
    progress("embedding model: quantising to 8 bits")
    # 7 of the 8 bits are used: with 8, processors without VNNI overflow in 16-bit sums and give other vectors. It costs
    # 0.0003 of cosine to the float model.
    quantize_dynamic(
        model,
        folder / GRAPH_FILE,
        op_types_to_quantize=["MatMul"],
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
    )
    files = {name: digest_of(folder / name) for name in (GRAPH_FILE, TOKENIZER_FILE)}
    ModelMeta(
        recipe=RECIPE,
        model=MODEL_NAME,
        format="vi-int8",
        dimensions=weights.shape.hidden,
        positions=weights.shape.positions,
        tokens=len(pieces),
        source=f"{source.name} {digest_of(source)}",
        files=files,
    ).write(folder)


@contextmanager
def _working_folder(root: Path) -> Iterator[Path]:
    """A new folder beside the target, so that moving it there is one rename; gone afterwards."""
    folder = root / f"{_UNFINISHED}{uuid.uuid4().hex}"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _install(working: Path, folder: Path) -> None:
    if is_intact(folder, recipe=RECIPE):  # another process was faster
        return
    if folder.exists():
        with _working_folder(folder.parent) as discarded:
            folder.replace(discarded / folder.name)
    try:
        working.replace(folder)
    except OSError:
        if not is_intact(folder, recipe=RECIPE):  # a folder that appeared meanwhile is another process's, and as good
            raise


def _remove_abandoned(root: Path) -> None:
    for folder in root.glob(f"{_UNFINISHED}*"):
        if time.time() - folder.stat().st_mtime > _ABANDONED_AFTER_S:
            shutil.rmtree(folder, ignore_errors=True)
