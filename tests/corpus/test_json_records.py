"""Files of records: one object a line, a list or one object, plain or compressed, and never more than is safe."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import zstandard
from builders import json_lines
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus import json_records
from corpus.errors import SourceFileError
from corpus.json_records import read_json_records

RECORDS = [{"code": f"1.99900{n}", "name": "Cấp giấy đi rừng"} for n in range(5)]


def zst(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


@pytest.fixture
def a_file(tmp_path: Path) -> Callable[[bytes, str], Path]:
    """Writes bytes under a name and gives the path."""

    def write(data: bytes, name: str = "records.jsonl") -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


AFile = Callable[..., Path]


def objects(path: Path) -> list[Any]:
    return [value for _, value in read_json_records(path)]


@pytest.mark.parametrize(
    ("name", "packed"),
    [("r.jsonl", bytes), ("r.jsonl.gz", gzip.compress), ("r.jsonl.zst", zst), ("r.jsonl.zstd", zst)],
)
def test_lines_come_the_same_however_they_are_packed(
    a_file: AFile, name: str, packed: Callable[[bytes], bytes]
) -> None:
    found = list(read_json_records(a_file(packed(json_lines(RECORDS)), name)))
    assert found == list(enumerate(RECORDS, 1))


@pytest.mark.parametrize("packed", [gzip.compress, zst])
def test_compressed_file_needs_no_ending_in_its_name(a_file: AFile, packed: Callable[[bytes], bytes]) -> None:
    assert objects(a_file(packed(json_lines(RECORDS)), "download.jsonl")) == RECORDS


def test_several_compressed_pieces_after_one_another_are_one_file(a_file: AFile) -> None:
    first, second = json_lines(RECORDS[:2]), json_lines(RECORDS[2:])
    assert objects(a_file(gzip.compress(first) + gzip.compress(second), "r.jsonl.gz")) == RECORDS
    assert objects(a_file(zst(first) + zst(second), "r.jsonl.zst")) == RECORDS


@pytest.mark.parametrize("indent", [None, 2])
def test_list_is_read_by_position(a_file: AFile, indent: int | None) -> None:
    text = json.dumps(RECORDS, ensure_ascii=False, indent=indent)
    assert list(read_json_records(a_file(text.encode(), "list.json"))) == list(enumerate(RECORDS, 1))


@pytest.mark.parametrize("indent", [None, 2])
def test_one_object_is_one_record(a_file: AFile, indent: int | None) -> None:
    text = json.dumps(RECORDS[0], indent=indent)
    assert objects(a_file(text.encode(), "one.json")) == [RECORDS[0]]


def test_byte_order_mark_and_windows_line_ends_do_no_harm(a_file: AFile) -> None:
    lines = b"\xef\xbb\xbf" + json_lines(RECORDS).replace(b"\n", b"\r\n")
    assert objects(a_file(lines)) == RECORDS


def test_byte_order_mark_before_a_list_does_no_harm(a_file: AFile) -> None:
    assert objects(a_file(b"\xef\xbb\xbf" + json.dumps(RECORDS, indent=1).encode(), "list.json")) == RECORDS


def test_empty_lines_are_passed_over_and_counted(a_file: AFile) -> None:
    assert list(read_json_records(a_file(b'\n{"a": 1}\n\n  \n{"a": 2}'))) == [(2, {"a": 1}), (5, {"a": 2})]


@pytest.mark.parametrize("line", [b"{broken", b"[1, 2]", b'"words"', b"\xff\xfe\x00", b"null", b"{" * 100_000])
def test_line_that_is_no_object_comes_as_its_error(a_file: AFile, line: bytes) -> None:
    (_, before), (number, error), (_, after) = read_json_records(a_file(b'{"a": 1}\n' + line + b'\n{"a": 2}\n'))
    assert (before, number, after) == ({"a": 1}, 2, {"a": 2})
    assert isinstance(error, Exception)


def test_first_record_that_is_cut_off_leaves_the_others_readable(a_file: AFile) -> None:
    (number, error), *others = read_json_records(a_file(b'{"code": "1.99\n' + json_lines(RECORDS)))
    assert (number, isinstance(error, Exception)) == (1, True)
    assert others == list(enumerate(RECORDS, 2))


@pytest.mark.parametrize("text", [b'{"a": [\n1,\n', b'[{"a": 1},\n{"a": 2}\n'])
def test_document_that_is_cut_off_is_refused_as_a_whole(a_file: AFile, text: bytes) -> None:
    with pytest.raises(SourceFileError, match="not JSON"):
        objects(a_file(text, "list.json"))


def test_list_with_something_else_in_it_names_the_position(a_file: AFile) -> None:
    (_, first), (position, error) = read_json_records(a_file(b'[{"a": 1}, 5]', "list.json"))
    assert (first, position) == ({"a": 1}, 2)
    assert "not an object" in str(error)


@pytest.mark.parametrize(("name", "packed"), [("r.jsonl.gz", gzip.compress), ("r.jsonl.zst", zst)])
def test_cut_off_file_gives_what_came_before_and_then_says_so(
    a_file: AFile, name: str, packed: Callable[[bytes], bytes]
) -> None:
    # Text that does not compress, so that half of the file holds whole records.
    many = [{"code": f"1.{n:06}", "name": sha256(bytes(n)).hexdigest()} for n in range(5_000)]
    whole = packed(json_lines(many))
    records = read_json_records(a_file(whole[: len(whole) // 2], name))
    assert [next(records) for _ in range(1_000)] == list(enumerate(many, 1))[:1_000]
    with pytest.raises(SourceFileError, match=r"cut off.*fetch the file again"):
        list(records)


@pytest.mark.parametrize("lost", [1, 4, 100])
def test_end_that_is_missing_is_noticed_even_after_the_last_record(a_file: AFile, lost: int) -> None:
    whole = zst(json_lines(RECORDS * 50))
    with pytest.raises(SourceFileError, match="cut off"):
        objects(a_file(whole[:-lost], "r.jsonl.zst"))


def test_name_that_promises_compression_is_not_believed(a_file: AFile) -> None:
    with pytest.raises(SourceFileError, match="not a compressed file"):
        objects(a_file(json_lines(RECORDS), "records.jsonl.gz"))


def test_bomb_is_refused(a_file: AFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_records, "MAX_UNPACKED", 1_000_000)
    bomb = zst(b'{"a": 1}\n' * 1_000_000)
    assert len(bomb) < 10_000
    with pytest.raises(SourceFileError, match="unpacks to more than 1,000,000 bytes"):
        objects(a_file(bomb, "bomb.jsonl.zst"))


@pytest.mark.parametrize("start", [b"{", b"[", b'{"a": "'])
def test_endless_line_is_refused(a_file: AFile, start: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_records, "MAX_LINE", 1_000)
    with pytest.raises(SourceFileError, match="a line of more than 1,000 bytes"):
        objects(a_file(gzip.compress(start + b" " * 100_000), "line.jsonl.gz"))


def test_bomb_in_one_list_is_refused_sooner_for_it_is_held_whole(
    a_file: AFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert json_records.MAX_DOCUMENT < json_records.MAX_UNPACKED
    monkeypatch.setattr(json_records, "MAX_DOCUMENT", 1_000_000)
    with pytest.raises(SourceFileError, match="refused as unsafe"):
        objects(a_file(gzip.compress(b"[\n" + b'{"a": 1},\n' * 1_000_000), "bomb.json.gz"))


def test_missing_file_and_folder_are_named(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.jsonl", tmp_path):
        with pytest.raises(SourceFileError, match=str(path)):
            objects(path)


def test_empty_file_holds_no_record(a_file: AFile) -> None:
    assert objects(a_file(b"")) == []


@given(data=st.binary(max_size=200) | st.builds(lambda d: gzip.compress(d)[:-3], st.binary(max_size=50)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_give_records_or_a_named_error(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "any.jsonl"
    path.write_bytes(data)
    with suppress(SourceFileError):
        assert all(isinstance(value, dict | Exception) for value in objects(path))
