"""Importing what operators have: every file and record on its own, what cannot be read named, the draft never half."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zstandard
from builders import PORTAL, a_portal_record, json_lines

from corpus import json_records
from corpus.errors import CorpusError
from corpus.importing import ImportReport, import_paths
from corpus.records import DraftStore

PROVINCE = "Điện Biên"
WORKBOOK = """Mã,Câu hỏi,Cách hỏi khác,Câu trả lời,Nguồn,Ngày kiểm tra,Thủ tục liên quan
giay-di-rung,Giấy đi rừng là gì?,,Là giấy cho bà con vào rừng.,Luật Lâm nghiệp 16/2017/QH14,22/11/2026,
"""


@pytest.fixture
def store(tmp_path: Path) -> DraftStore:
    return DraftStore(tmp_path / "home")


@pytest.fixture
def a_file(tmp_path: Path) -> Callable[[str, bytes], Path]:
    """Writes a file to import and gives its path."""

    def write(name: str, data: bytes) -> Path:
        path = tmp_path / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    return write


AFile = Callable[[str, bytes], Path]


def imported(store: DraftStore, *paths: Path) -> ImportReport:
    return import_paths(paths, store, PROVINCE)


def counts(report: ImportReport) -> tuple[int, int, int, int, int]:
    return len(report.added), len(report.changed), report.same, report.out_of_scope, len(report.problems)


RECORDS = [a_portal_record(f"1.99900{n}", f"Thủ tục cấp giấy số {n}") for n in range(3)]
CODES = ["1.999000", "1.999001", "1.999002"]


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("records.jsonl", bytes),
        ("records.ndjson", bytes),
        ("records.jsonl.gz", gzip.compress),
        ("records.jsonl.zst", zstandard.ZstdCompressor().compress),
        ("RECORDS.JSONL.ZSTD", zstandard.ZstdCompressor().compress),
    ],
)
def test_records_are_added_however_they_are_packed(
    store: DraftStore, a_file: AFile, name: str, packed: Callable[[bytes], bytes]
) -> None:
    report = imported(store, a_file(name, packed(json_lines(RECORDS))))
    assert report.added == CODES
    assert [p.title for p in store.procedures().values()] == ["Cấp giấy số 0", "Cấp giấy số 1", "Cấp giấy số 2"]
    assert str(report) == "3 added, 0 changed, 0 same, 0 of other provinces or between offices left out, 0 not read"


def test_list_of_records_is_imported(store: DraftStore, a_file: AFile) -> None:
    assert imported(store, a_file("all.json", json.dumps(RECORDS, indent=1).encode())).added == CODES


def test_same_file_twice_changes_nothing(store: DraftStore, a_file: AFile, tmp_path: Path) -> None:
    path = a_file("records.jsonl", json_lines(RECORDS))
    imported(store, path)
    before = {f: (f.stat().st_mtime_ns, f.read_bytes()) for f in (tmp_path / "home").rglob("*") if f.is_file()}
    assert counts(imported(store, path)) == (0, 0, 3, 0, 0)
    assert before == {f: (f.stat().st_mtime_ns, f.read_bytes()) for f in (tmp_path / "home").rglob("*") if f.is_file()}


def test_record_that_was_published_again_takes_the_place_of_the_earlier(store: DraftStore, a_file: AFile) -> None:
    imported(store, a_file("old.jsonl", json_lines(RECORDS)))
    report = imported(store, a_file("new.jsonl", json_lines([a_portal_record("1.999001", "Cấp giấy mới")])))
    assert (report.changed, counts(report)) == (["1.999001"], (0, 1, 0, 0, 0))
    assert store.procedures()["1.999001"].title == "Cấp giấy mới"
    assert sorted(store.procedures()) == CODES


def test_broken_record_is_named_with_file_and_line_and_skipped(store: DraftStore, a_file: AFile) -> None:
    lines = json_lines(RECORDS).splitlines(keepends=True)
    wrong_type = json_lines([a_portal_record("1.999005", executionMethods="ba cách")])
    unknown_word = json_lines([a_portal_record("1.999006", type="SECRET")])
    no_code = json_lines([{"name": "Không có mã", "detail": {}}])
    odd_code = json_lines([a_portal_record("mã số 1")])
    broken = [lines[0], b"{cut off\n", wrong_type, lines[1], unknown_word, no_code, odd_code, lines[2]]
    path = a_file("records.jsonl", b"".join(broken))
    report = imported(store, path)
    assert report.added == CODES
    assert [problem.split(": ")[0] for problem in report.problems] == [f"{path}:{n}" for n in (2, 3, 5, 6, 7)]
    for problem, field in zip(report.problems, ["not JSON", "executionMethods", "type", "code", "code"], strict=True):
        assert "record skipped" in problem
        assert field in problem
        assert "\n" not in problem


def test_first_record_broken_is_no_reason_to_lose_the_rest(store: DraftStore, a_file: AFile) -> None:
    report = imported(store, a_file("records.jsonl", b'{"id": "x", "code": "1.9\n' + json_lines(RECORDS)))
    assert (report.added, len(report.problems)) == (CODES, 1)


def test_other_provinces_and_offices_among_themselves_stay_out_and_are_counted(
    store: DraftStore, a_file: AFile
) -> None:
    records = [
        a_portal_record("1.999001", type="SPECIFIC", departmentPromulgateName="UBND tỉnh Sơn La"),
        a_portal_record("1.999002", type="SPECIFIC", departmentPromulgateName="UBND tỉnh Điện Biên"),
        a_portal_record("1.999003", type="STANDARD_INTERNAL"),
    ]
    report = imported(store, a_file("records.jsonl", json_lines(records)))
    assert (report.added, report.out_of_scope) == (["1.999002"], 2)


@pytest.mark.parametrize(("name", "packed"), [("r.jsonl.gz", gzip.compress), ("r.jsonl.zst", zstandard.compress)])
def test_cut_off_download_keeps_the_records_before_the_cut_and_is_reported(
    store: DraftStore, a_file: AFile, name: str, packed: Callable[[bytes], bytes]
) -> None:
    many = [a_portal_record(f"1.{n:06}", note=str(os.urandom(400))) for n in range(500)]
    whole = packed(json_lines(many))
    report = imported(store, a_file(name, whole[: len(whole) * 2 // 3]))
    assert 50 < len(report.added) < 500
    assert report.added == [record["code"] for record in many[: len(report.added)]]
    assert len(report.problems) == 1
    assert "fetch the file again" in report.problems[0]
    assert sorted(store.procedures()) == report.added


def test_bomb_is_refused_and_named(store: DraftStore, a_file: AFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_records, "MAX_UNPACKED", 1_000_000)
    path = a_file("bomb.jsonl.zst", zstandard.compress(b"\n" * 500_000_000))
    assert path.stat().st_size < 100_000
    report = imported(store, path)
    assert counts(report) == (0, 0, 0, 0, 1)
    assert "refused as unsafe" in report.problems[0]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("garbage.json", b"khong phai json"),
        ("binary.json", bytes(range(256)) * 40),
        ("picture.jsonl.gz", b"\x89PNG\r\n\x1a\n" + b"\x00" * 100),
        ("letter.txt", b"Kinh gui"),
        ("noname", b"{}"),
        ("damaged.docx", b"PK\x03\x04" + b"\x00" * 100),
        ("damaged.xlsx", b"PK\x03\x04" + b"\x00" * 100),
        ("damaged.pdf", b"%PDF-1.7 nothing"),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100),
    ],
)
def test_file_that_cannot_be_read_is_named_and_the_others_are_imported(
    store: DraftStore, a_file: AFile, name: str, data: bytes
) -> None:
    bad, good = a_file(name, data), a_file("good.jsonl", json_lines(RECORDS))
    report = imported(store, bad, good)
    assert report.added == CODES
    assert report.problems
    assert all(problem.startswith(str(bad)) for problem in report.problems)


def test_missing_path_is_named_and_the_others_are_imported(store: DraftStore, a_file: AFile, tmp_path: Path) -> None:
    report = imported(store, tmp_path / "gone.jsonl", a_file("good.jsonl", json_lines(RECORDS)))
    assert report.problems == [f"{tmp_path / 'gone.jsonl'}: no such file"]
    assert report.added == CODES


def test_folder_gives_the_files_that_can_be_imported_in_order(store: DraftStore, a_file: AFile) -> None:
    a_file("sub/b.jsonl", json_lines([a_portal_record("1.999001", "Bản hai")]))
    a_file("a.jsonl", json_lines([a_portal_record("1.999001", "Bản một")]))
    a_file("faq.csv", WORKBOOK.encode())
    folder = a_file("notes.txt", b"not for import").parent
    report = imported(store, folder)
    assert report.problems == []
    assert store.procedures()["1.999001"].title == "Bản hai"
    assert len(store.faqs()) == 1


def test_faqs_of_a_workbook_are_kept_beside_the_records(store: DraftStore, a_file: AFile) -> None:
    imported(store, a_file("records.jsonl", json_lines(RECORDS)))
    report = imported(store, a_file("faq.csv", WORKBOOK.encode()))
    assert len(report.added) == 1
    assert [faq.question for faq in store.faqs().values()] == ["Giấy đi rừng là gì?"]
    assert sorted(store.procedures()) == CODES
    assert imported(store, a_file("faq.csv", WORKBOOK.encode())).same == 1


def test_text_with_a_line_separator_inside_survives_the_draft(store: DraftStore, a_file: AFile) -> None:
    # U+2028 and U+0085 come from pasted web pages; JSON leaves them as they are, and Python calls them line ends.
    record = a_portal_record("1.999001", requirementsAndConditions="Có đất\u2028Có nhà\u0085Có xe")
    imported(store, a_file("records.jsonl", json_lines([record])))
    assert "Có nhà" in store.procedures()["1.999001"].conditions


def test_progress_counts_what_was_read(store: DraftStore, a_file: AFile) -> None:
    seen: list[int] = []
    import_paths([a_file("records.jsonl", json_lines(RECORDS))], store, PROVINCE, progress=seen.append)
    assert seen == [1, 2, 3]


def test_damaged_draft_is_named_with_its_mend(store: DraftStore, a_file: AFile, tmp_path: Path) -> None:
    imported(store, a_file("records.jsonl", json_lines(RECORDS)))
    draft = tmp_path / "home" / "draft" / "procedures.jsonl.zst"
    whole = draft.read_bytes()
    flipped = bytes([*whole[:-20], whole[-20] ^ 0x10, *whole[-19:]])
    for spoilt in (whole[:-1], whole[: len(whole) // 2], b"not zst", flipped, zstandard.compress(b'{"code": "1"}\n')):
        draft.write_bytes(spoilt)
        with pytest.raises(CorpusError, match=r"procedures\.jsonl\.zst: damaged.*import"):
            store.procedures()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte, made where the tests run as root and may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk can only be mounted by root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_full_disk_leaves_the_earlier_draft_and_says_so(small_disk: Path, a_file: AFile) -> None:
    store = DraftStore(small_disk)
    imported(store, a_file("first.jsonl", json_lines(RECORDS)))
    before = (small_disk / "draft" / "procedures.jsonl.zst").read_bytes()
    large = [a_portal_record(f"1.{n:06}", note=os.urandom(2_000).hex()) for n in range(1_000)]
    with pytest.raises(CorpusError, match=r"cannot be written .*space.*; nothing was changed"):
        imported(store, a_file("large.jsonl", json_lines(large)))
    assert (small_disk / "draft" / "procedures.jsonl.zst").read_bytes() == before
    assert sorted(f.name for f in (small_disk / "draft").iterdir()) == ["faqs.jsonl.zst", "procedures.jsonl.zst"]
    assert imported(store, a_file("one.jsonl", json_lines([a_portal_record("1.999007")]))).added == ["1.999007"]


LIMITED = """
import resource, signal, sys
from pathlib import Path
from corpus.errors import CorpusError
from corpus.importing import import_paths
from corpus.records import DraftStore
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    import_paths([Path(sys.argv[2])], DraftStore(Path(sys.argv[1])), "Điện Biên")
except CorpusError as error:
    print(error)
"""


def test_quota_leaves_the_earlier_draft_and_says_so(store: DraftStore, a_file: AFile, tmp_path: Path) -> None:
    imported(store, a_file("first.jsonl", json_lines(RECORDS)))
    many = [a_portal_record(f"1.{n:06}", note=os.urandom(99).hex()) for n in range(999)]
    large = a_file("large.jsonl", json_lines(many))
    run = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path / "home"), str(large)], capture_output=True, text=True, check=True
    )
    assert "nothing was changed" in run.stdout
    assert sorted(store.procedures()) == CODES
    assert sorted(f.name for f in (tmp_path / "home" / "draft").iterdir()) == ["faqs.jsonl.zst", "procedures.jsonl.zst"]


@pytest.mark.portal
@pytest.mark.skipif(not PORTAL.exists(), reason="the portal's records are not in this checkout")
def test_whole_portal_is_imported_without_a_problem(store: DraftStore) -> None:
    report = imported(store, PORTAL)
    assert report.problems == []
    assert len(report.added) + len(report.changed) + report.same + report.out_of_scope == 5_665
    assert len(report.added) == len(set(report.added)) == len(store.procedures())
    assert report.out_of_scope > 1_000
