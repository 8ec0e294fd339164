"""What operators type into the FAQ workbook becomes FAQs, or a sentence that names the row and the column."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.errors import SourceFileError
from corpus.faq import Faq, LegalSource
from corpus.faq_workbook import EXAMPLE_ID, MAX_ROWS, read_faq_workbook, write_faq_template

HEADINGS = ("Mã", "Câu hỏi", "Cách hỏi khác", "Câu trả lời", "Nguồn", "Ngày kiểm tra", "Thủ tục liên quan")


def a_row(**cells: Any) -> list[Any]:
    row = {"id": "the-con-han", "question": "Thẻ cũ còn dùng được không?", "variants": None,
           "answer": "Còn hạn thì dùng.", "sources": "Luật Căn cước 2023, Điều 46", "verified_on": "15/01/2026",
           "related": None} | cells
    return list(row.values())


def an_xlsx(folder: Path, *rows: Sequence[Any], headings: Sequence[Any] = HEADINGS, name: str = "hoi-dap.xlsx") -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (headings, *rows):
        book.active.append(list(row))
    book.save(folder / name)
    return folder / name


def a_csv(folder: Path, *rows: Sequence[str], delimiter: str = ",", encoding: str = "utf-8") -> Path:
    text = io.StringIO()
    filled_in = (["" if value is None else value for value in row] for row in rows)
    csv.writer(text, delimiter=delimiter).writerows([HEADINGS, *filled_in])
    path = folder / "hoi-dap.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def refusal(path: Path) -> SourceFileError:
    with pytest.raises(SourceFileError) as caught:
        read_faq_workbook(path)
    assert path.name in str(caught.value)
    assert "Hãy" in str(caught.value)
    return caught.value


# --- reading ---------------------------------------------------------------------------------------------------------


def test_every_column_is_read(tmp_path: Path) -> None:
    path = an_xlsx(tmp_path, a_row(
        variants="CCCD cũ dùng được không\n- thẻ chip còn giá trị không", answer="Còn hạn thì dùng.\nHết hạn thì đổi.",
        sources="Luật Căn cước 2023, Điều 46 https://vanban.chinhphu.vn/luat\nCông an tỉnh",
        verified_on=datetime(2026, 1, 15), related="1.014063, 1.014064"))
    assert read_faq_workbook(path) == [Faq(
        id="the-con-han", question="Thẻ cũ còn dùng được không?", answer="Còn hạn thì dùng.\nHết hạn thì đổi.",
        variants=("CCCD cũ dùng được không", "thẻ chip còn giá trị không"),
        sources=(LegalSource(title="Luật Căn cước 2023, Điều 46", url="https://vanban.chinhphu.vn/luat"),
                 LegalSource(title="Công an tỉnh")),
        verified_on=date(2026, 1, 15), related=("1.014063", "1.014064"), topic="hoi-dap")]


@pytest.mark.parametrize("headings", [
    ("ma", "CAU HOI", "cach hoi khac", "Cau tra loi", "nguon:", "NGÀY KIỂM TRA", " Thủ tục  liên quan "),
    tuple(f"{heading} *" for heading in HEADINGS),
])
def test_headings_without_diacritics_or_in_capitals(tmp_path: Path, headings: Sequence[str]) -> None:
    assert len(read_faq_workbook(an_xlsx(tmp_path, a_row(), headings=headings))) == 1


def test_columns_may_stand_in_another_order_beside_a_note(tmp_path: Path) -> None:
    path = an_xlsx(tmp_path, [*reversed(a_row()), "chưa duyệt"], headings=[*reversed(HEADINGS), "Ghi chú"])
    assert read_faq_workbook(path)[0].id == "the-con-han"


def test_empty_rows_are_passed_over(tmp_path: Path) -> None:
    path = an_xlsx(tmp_path, a_row(id="cau-1"), [None] * 7, [" "] * 7, a_row(id="cau-2"))
    assert [faq.id for faq in read_faq_workbook(path)] == ["cau-1", "cau-2"]


@pytest.mark.parametrize(("text", "day"), [
    ("15/01/2026", date(2026, 1, 15)), ("5-1-2026", date(2026, 1, 5)), ("2026-01-15", date(2026, 1, 15)),
    ("2026-01-15 00:00:00", date(2026, 1, 15)),
])
def test_day_written_as_text(tmp_path: Path, text: str, day: date) -> None:
    assert read_faq_workbook(an_xlsx(tmp_path, a_row(verified_on=text)))[0].verified_on == day


def test_code_that_excel_made_a_number_gets_its_last_zero_back(tmp_path: Path) -> None:
    assert read_faq_workbook(an_xlsx(tmp_path, a_row(related=1.00119)))[0].related == ("1.001190",)


def test_source_that_is_only_an_address_is_its_own_title(tmp_path: Path) -> None:
    source, = read_faq_workbook(an_xlsx(tmp_path, a_row(sources="https://vneid.gov.vn")))[0].sources
    assert source == LegalSource(title="https://vneid.gov.vn", url="https://vneid.gov.vn")


def test_headings_may_stand_on_the_second_sheet(tmp_path: Path) -> None:
    path = an_xlsx(tmp_path, a_row())
    book = openpyxl.load_workbook(path)
    book.create_sheet("Bìa", 0).append(["Sở Tư pháp"])
    book.save(path)
    assert len(read_faq_workbook(path)) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_with_and_without_mark_and_with_each_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = a_csv(tmp_path, a_row(answer="Còn hạn thì dùng,\nhết hạn; thì đổi."), delimiter=delimiter, encoding=encoding)
    assert read_faq_workbook(path)[0].answer == "Còn hạn thì dùng,\nhết hạn; thì đổi."


# --- what cannot be used ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cells", "column", "reason"), [
    ({"id": None}, "Mã", "để trống"),
    ({"id": "Thẻ Căn Cước"}, "Mã", "không dấu"),
    ({"question": " "}, "Câu hỏi", "để trống"),
    ({"answer": None}, "Câu trả lời", "để trống"),
    ({"sources": None}, "Nguồn", "để trống"),
    ({"verified_on": None}, "Ngày kiểm tra", "để trống"),
    ({"verified_on": "hôm qua"}, "Ngày kiểm tra", "“hôm qua” không phải ngày"),
    ({"verified_on": "31/02/2026"}, "Ngày kiểm tra", "không phải ngày"),
    ({"related": "1.014063, tạm trú"}, "Thủ tục liên quan", "“tạm” không phải mã"),
    ({"related": 1014063}, "Thủ tục liên quan", "không phải mã"),
    ({"answer": "=A1&B1"}, "Câu trả lời", "công thức"),
    ({"question": "=HYPERLINK(\"http://a\")"}, "Câu hỏi", "công thức"),
    ({"answer": "#REF!"}, "Câu trả lời", "#REF!"),
])
def test_unusable_cell_is_named_by_row_and_column(
        tmp_path: Path, cells: dict[str, Any], column: str, reason: str) -> None:
    error = refusal(an_xlsx(tmp_path, a_row(), a_row(**{"id": "cau-2"} | cells)))
    assert f"dòng 3, cột “{column}”: " in str(error)
    assert reason in str(error)
    assert error.line == 3


def test_formula_in_csv_is_refused_too(tmp_path: Path) -> None:
    assert "dòng 2, cột “Câu hỏi”: ô chứa công thức" in str(refusal(a_csv(tmp_path, a_row(question="=1+1"))))


def test_all_unusable_cells_are_told_at_once(tmp_path: Path) -> None:
    sentence = str(refusal(an_xlsx(tmp_path, a_row(question=None, verified_on="x"), a_row(id="B"))))
    assert "dòng 2, cột “Câu hỏi”" in sentence
    assert "dòng 2, cột “Ngày kiểm tra”" in sentence
    assert "dòng 3, cột “Mã”" in sentence


def test_many_unusable_cells_are_counted(tmp_path: Path) -> None:
    rows = [a_row(id=f"cau-{number}", question=None) for number in range(50)]
    assert "và 30 lỗi nữa" in str(refusal(an_xlsx(tmp_path, *rows)))


def test_repeated_id_names_both_rows(tmp_path: Path) -> None:
    assert "dòng 4, cột “Mã”: mã “the-con-han” đã có ở dòng 2" in str(
        refusal(an_xlsx(tmp_path, a_row(), a_row(id="cau-2"), a_row())))


def test_missing_column_is_named(tmp_path: Path) -> None:
    error = refusal(an_xlsx(tmp_path, a_row()[:4], headings=HEADINGS[:4]))
    assert "thiếu cột: Nguồn, Ngày kiểm tra" in str(error)
    assert error.line == 1


def test_unknown_column_is_refused_and_not_lost(tmp_path: Path) -> None:
    path = an_xlsx(tmp_path, [*a_row(), "x"], headings=[*HEADINGS, "Câu hỏi phụ"])
    assert "cột H có tiêu đề lạ hoặc trùng: “Câu hỏi phụ”" in str(refusal(path))


def test_workbook_without_rows_of_headings(tmp_path: Path) -> None:
    assert "thiếu cột" in str(refusal(an_xlsx(tmp_path, headings=["x"])))


def test_too_many_rows(tmp_path: Path) -> None:
    path = a_csv(tmp_path, *(a_row(id=f"cau-{number}") for number in range(MAX_ROWS + 1)))
    assert f"hơn {MAX_ROWS} dòng" in str(refusal(path))


@pytest.mark.parametrize("encoding", ["utf-16", "cp1258"])
def test_csv_in_another_encoding_is_told_how_to_save(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "hoi-dap.csv"
    path.write_bytes("Ma,Cau hoi\na,Đã có\n".encode(encoding, errors="replace"))
    assert "CSV UTF-8" in str(refusal(path))


def test_csv_with_an_open_quote(tmp_path: Path) -> None:
    path = tmp_path / "hoi-dap.csv"
    path.write_text(",".join(HEADINGS) + '\n"a,b\n', encoding="utf-8")
    assert "ngoặc kép" in str(refusal(path))


@pytest.mark.parametrize(("name", "data", "reason"), [
    ("a.xls", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), ".xls"),
    ("a.xlsx", bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"), "mật khẩu"),
    ("a.xlsx", b"%PDF-1.7", "không phải bảng tính"),
    ("a.txt", b"Ma,Cau hoi", "không phải bảng tính"),
    ("a.csv", b"", "rỗng"),
])
def test_file_that_is_no_workbook(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(data)
    assert reason in str(refusal(tmp_path / name))


def test_truncated_workbook(tmp_path: Path) -> None:
    path = an_xlsx(tmp_path, a_row())
    path.write_bytes(path.read_bytes()[:-300])
    assert "bị hỏng" in str(refusal(path))


def test_entities_in_a_workbook_are_refused(tmp_path: Path) -> None:
    source, path = an_xlsx(tmp_path, a_row()), tmp_path / "xau.xlsx"
    with zipfile.ZipFile(source) as good, zipfile.ZipFile(path, "w") as bad:
        for name in good.namelist():
            data = good.read(name)
            if name == "xl/workbook.xml":
                data = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + data
            bad.writestr(name, data)
    assert "khai báo XML nguy hiểm" in str(refusal(path))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.text(max_size=20), max_size=8), max_size=5))
def test_any_table_gives_faqs_or_a_clear_error(tmp_path: Path, rows: list[list[str]]) -> None:
    path = a_csv(tmp_path, *rows)
    try:
        faqs = read_faq_workbook(path)
    except SourceFileError:
        return
    assert all(faq.question and faq.sources for faq in faqs)


# --- the template ----------------------------------------------------------------------------------------------------


def test_template_as_it_is_holds_no_faq(tmp_path: Path) -> None:
    write_faq_template(tmp_path / "mau.xlsx")
    assert read_faq_workbook(tmp_path / "mau.xlsx") == []


def test_example_of_the_template_is_a_good_faq(tmp_path: Path) -> None:
    path = tmp_path / "mau.xlsx"
    write_faq_template(path)
    book = openpyxl.load_workbook(path)
    cell = book["Hỏi đáp"]["A2"]
    assert cell.value == EXAMPLE_ID
    cell.value = "the-chip-cu"
    book.save(path)
    faq, = read_faq_workbook(path)
    assert faq.sources[0].url == "https://vanban.chinhphu.vn"
    assert faq.related == ("1.014063",)


def test_template_tells_how_to_fill_in_each_column(tmp_path: Path) -> None:
    write_faq_template(tmp_path / "mau.xlsx")
    book = openpyxl.load_workbook(tmp_path / "mau.xlsx")
    assert tuple(cell.value for cell in next(book["Hỏi đáp"].iter_rows(max_row=1))) == HEADINGS
    notes = [row[0].value for row in book["Hướng dẫn"].iter_rows(min_row=2, max_row=8)]
    assert notes == list(HEADINGS)
