"""Guides and FAQs as files: an error names the file, the line or field and what is wrong."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
import yaml
from builders import a_guide, an_faq

from corpus.errors import SourceFileError
from corpus.faq import read_faqs
from corpus.guide import read_guide


def a_guide_file(folder: Path, **fields: object) -> Path:
    raw = a_guide().model_dump(mode="json", exclude={"field"}) | fields
    path = folder / "lam-nghiep" / "1.999001.yaml"
    path.parent.mkdir()
    path.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return path


def test_guide_is_read_as_it_was_written_and_knows_its_folder(tmp_path: Path) -> None:
    assert read_guide(a_guide_file(tmp_path)) == a_guide(field="lam-nghiep")


def test_decomposed_letters_are_composed(tmp_path: Path) -> None:
    path = a_guide_file(tmp_path, title=unicodedata.normalize("NFD", "Xin giấy đi rừng"))
    assert read_guide(path).title == "Xin giấy đi rừng"


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"aliases": ["một"]}, "aliases"),
        ({"title": ""}, "title"),
        ({"title": "dài " * 40}, "title"),
        ({"summry": "Sai tên."}, "summry"),
        ({"verified_on": "hôm qua"}, "verified_on"),
        ({"papers": [{"name": "Lạ", "items": []}]}, r"papers\.0\.items"),
    ],
)
def test_wrong_field_is_named_with_its_file(tmp_path: Path, fields: dict[str, object], named: str) -> None:
    path = a_guide_file(tmp_path, **fields)
    with pytest.raises(SourceFileError, match=rf"1\.999001\.yaml: .*{named}"):
        read_guide(path)


@pytest.mark.parametrize("text", ["", "- một\n- hai", "chữ"])
def test_file_of_another_shape_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "guide.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceFileError, match=r"guide\.yaml: file: "):
        read_guide(path)


def test_broken_yaml_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "guide.yaml"
    path.write_text("code: '1.999001'\ntitle: [một\naliases: x", encoding="utf-8")
    with pytest.raises(SourceFileError, match=r"guide\.yaml:3: not readable as YAML") as caught:
        read_guide(path)
    assert caught.value.line == 3


def test_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "guide.yaml"
    path.write_bytes(b"\xff\xfe\x00c")
    with pytest.raises(SourceFileError, match=r"guide\.yaml: not readable as YAML"):
        read_guide(path)


def test_yaml_makes_no_objects(tmp_path: Path) -> None:
    path = tmp_path / "guide.yaml"
    path.write_text("!!python/object/apply:os.system ['true']", encoding="utf-8")
    with pytest.raises(SourceFileError, match="not readable as YAML"):
        read_guide(path)


def test_faqs_know_their_topic(tmp_path: Path) -> None:
    path = tmp_path / "rung.yaml"
    path.write_text(yaml.safe_dump([an_faq().model_dump(mode="json", exclude={"topic"})]), encoding="utf-8")
    assert read_faqs(path) == [an_faq(topic="rung")]


def test_wrong_faq_is_named_by_its_place_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "rung.yaml"
    good = an_faq().model_dump(mode="json", exclude={"topic"})
    path.write_text(yaml.safe_dump([good, good | {"sources": []}]), encoding="utf-8")
    with pytest.raises(SourceFileError, match=r"rung\.yaml: 1\.sources"):
        read_faqs(path)
