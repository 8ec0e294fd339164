"""The default model is built once, whole or not at all, and again when it is damaged or of another recipe."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from retrieval.embedding.build import FOLDER_NAME, RECIPE, ensure_model
from retrieval.embedding.encoder import Vectors
from retrieval.embedding.model_folder import META_FILE, is_intact, read_meta
from retrieval.embedding.onnx_encoder import OnnxEncoder
from retrieval.errors import ModelUnavailable

_ROOT = Path(__file__).parents[3]
_BUILD = ("import sys; from pathlib import Path; from retrieval.embedding.build import ensure_model; "
          "ensure_model(Path(sys.argv[1]), progress=lambda message: print(message, flush=True))")


def start_build(root: Path, before: str = "") -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", before + _BUILD, str(root)], cwd=_ROOT, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def flip_a_byte(folder: Path) -> None:
    with (folder / "model.onnx").open("r+b") as file:
        file.seek(20_000_000)
        byte = file.read(1)
        file.seek(20_000_000)
        file.write(bytes([byte[0] ^ 1]))


def cut_short(folder: Path) -> None:
    os.truncate(folder / "model.onnx", 1_000_000)


def lose_the_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()


def lose_the_meta(folder: Path) -> None:
    (folder / META_FILE).unlink()


def scramble_the_meta(folder: Path) -> None:
    (folder / META_FILE).write_text('{"recipe": 1, "files": null}')


def name_another_recipe(folder: Path) -> None:
    meta = json.loads((folder / META_FILE).read_text())
    (folder / META_FILE).write_text(json.dumps(meta | {"recipe": RECIPE - 1}))


_DAMAGES = [flip_a_byte, cut_short, lose_the_tokenizer, lose_the_meta, scramble_the_meta, name_another_recipe]


@pytest.fixture
def copied_root(model_folder: Path, tmp_path: Path) -> Path:
    """A root of its own, with a good model to spoil."""
    shutil.copytree(model_folder, tmp_path / FOLDER_NAME)
    return tmp_path


def test_second_start_builds_nothing(model_folder: Path) -> None:
    before = (model_folder / "model.onnx").stat()
    said: list[str] = []
    assert ensure_model(model_folder.parent, progress=said.append) == model_folder
    assert said == []
    assert (model_folder / "model.onnx").stat().st_mtime_ns == before.st_mtime_ns


def test_model_fits_in_45_megabytes_and_names_its_source(model_folder: Path) -> None:
    assert (model_folder / "model.onnx").stat().st_size < 45_000_000
    assert read_meta(model_folder).source.startswith("e5-small-q4.bin ")


def test_copied_folder_is_as_good(copied_root: Path) -> None:
    assert is_intact(copied_root / FOLDER_NAME, recipe=RECIPE)


@pytest.mark.parametrize("damage", _DAMAGES, ids=lambda damage: damage.__name__)
def test_damage_is_seen(copied_root: Path, damage: Callable[[Path], None]) -> None:
    damage(copied_root / FOLDER_NAME)
    assert not is_intact(copied_root / FOLDER_NAME, recipe=RECIPE)


def test_damaged_model_is_built_again_and_equal(copied_root: Path, model_folder: Path) -> None:
    flip_a_byte(copied_root / FOLDER_NAME)
    said: list[str] = []
    assert ensure_model(copied_root, progress=said.append) == copied_root / FOLDER_NAME
    assert len(said) == 4
    assert read_meta(copied_root / FOLDER_NAME) == read_meta(model_folder)
    assert is_intact(copied_root / FOLDER_NAME, recipe=RECIPE)
    assert [path.name for path in copied_root.iterdir()] == [FOLDER_NAME]


def test_killed_build_leaves_no_half_model(tmp_path: Path, encoder: OnnxEncoder) -> None:
    with start_build(tmp_path) as process:
        assert process.stdout
        for line in process.stdout:
            if "quantising" in line:
                process.kill()
    assert process.returncode != 0
    assert not (tmp_path / FOLDER_NAME).exists()
    leftover = next(tmp_path.iterdir())
    an_hour_and_more_ago = time.time() - 4000
    os.utime(leftover, (an_hour_and_more_ago, an_hour_and_more_ago))
    (tmp_path / ".unfinished-of-a-build-under-way").mkdir()

    rebuilt = OnnxEncoder(ensure_model(tmp_path, progress=lambda message: None))

    assert vectors_equal(rebuilt.encode(["đăng ký khai sinh"]), encoder.encode(["đăng ký khai sinh"]))
    assert {path.name for path in tmp_path.iterdir()} == {FOLDER_NAME, ".unfinished-of-a-build-under-way"}


def vectors_equal(one: Vectors, other: Vectors) -> bool:
    return one.tobytes() == other.tobytes()


def test_two_processes_may_build_at_once_and_say_only_their_progress(tmp_path: Path) -> None:
    with start_build(tmp_path) as one, start_build(tmp_path) as other:
        outputs = [process.communicate(timeout=200) for process in (one, other)]
    assert [one.returncode, other.returncode] == [0, 0], outputs
    for said, complaints in outputs:
        assert [line.split()[0] for line in said.splitlines()] == ["embedding"] * 4
        assert complaints == ""
    assert [path.name for path in tmp_path.iterdir()] == [FOLDER_NAME]
    assert is_intact(tmp_path / FOLDER_NAME, recipe=RECIPE)


def test_root_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "root").write_text("a file")
    with pytest.raises(ModelUnavailable, match=r"cannot be written .* writable folder"):
        ensure_model(tmp_path / "root", progress=lambda message: None)


def test_missing_package_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    with start_build(tmp_path, before="import sys; sys.modules['onnx'] = None\n") as process:
        complaints = process.communicate(timeout=60)[1]
    assert "ModelUnavailable: building the embedding model needs the package onnx; run `make setup`" in complaints
    assert list(tmp_path.iterdir()) == []
