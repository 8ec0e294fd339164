"""Reads FAQs from the workbook that operators fill in (.xlsx, .csv) and writes its template.

The project's own FAQs are YAML (`faq`). The sentences are for the operator who keeps the workbook: each names the row
and the column.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from pydantic import ValidationError

from corpus.errors import SourceFileError
from corpus.faq import Faq, LegalSource
from corpus.untrusted import FileKind, damaged, file_kind, locked, open_package, parse_xml, read_bounded, read_part
from corpus.wording import nfc, one_line, paragraphs

MAX_ROWS = 5_000
MAX_COLUMNS = 40
# Excel keeps at most 32,767 characters in a cell.
MAX_CELL = 40_000
MAX_PROBLEMS_TOLD = 20

EXAMPLE_ID = "vi-du"
"""The id of the template's example row, which is no FAQ and is passed over."""


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of the workbook: its heading, the field of `Faq` that it fills, and how to fill it in."""

    heading: str
    field: str
    is_required: bool
    hint: str
    width: int


_COLUMNS = (
    _Column("Mã", "id", True, "Chữ thường không dấu, số và dấu gạch nối, mỗi câu một mã: the-can-cuoc-het-han", 24),
    _Column("Câu hỏi", "question", True, "Một câu hỏi như người dân hay hỏi.", 40),
    _Column("Cách hỏi khác", "variants", False, "Mỗi cách hỏi một dòng (Alt+Enter để xuống dòng trong ô).", 40),
    _Column("Câu trả lời", "answer", True, "Câu ngắn, lời thường. Số tiền, thời hạn phải đúng như nguồn.", 60),
    _Column("Nguồn", "sources", True, "Mỗi nguồn một dòng: tên văn bản, rồi địa chỉ trang nếu có.", 40),
    _Column("Ngày kiểm tra", "verified_on", True, "Ngày đối chiếu với nguồn: 31/12/2026.", 16),
    _Column("Thủ tục liên quan", "related", False, "Mã thủ tục, cách nhau bằng dấu phẩy: 1.004194, 1.001193.", 24),
)
_IGNORED_HEADINGS = ("Ghi chú", "STT")
_CODE = re.compile(r"[0-9]\.[0-9]{6,9}([.\-][0-9A-Za-z.\-]+)?")
_ADDRESS = re.compile(r"\s*[|(\-–:]?\s*(https?://\S+?)\)?\s*$")

_EXAMPLE = (EXAMPLE_ID, "Căn cước công dân gắn chip cũ có phải đổi không?", "Thẻ CCCD cũ còn dùng được không?",
            "Thẻ còn hạn thì vẫn dùng được đến hết hạn ghi trên thẻ.",
            "Luật Căn cước số 26/2023/QH15, Điều 46 https://vanban.chinhphu.vn", date(2026, 1, 15), "1.014063")

_Row = list[Any]
_EMPTY = "ô này không được để trống"


class _CellError(Exception):
    """One cell cannot be used; the message says why."""


def read_faq_workbook(path: Path) -> list[Faq]:
    """The FAQs of a workbook, in its order, with the file's name as topic.

    Raises `SourceFileError` that names every unusable row and column (at most 20 of them), so that one round of
    mending is enough. The template's example row is passed over.
    """
    data = read_bounded(path)
    kind = file_kind(data)
    if kind is FileKind.XLSX:
        table = _xlsx_rows(path, data)
    elif kind is FileKind.OTHER and path.suffix.lower() == ".csv":
        table = _csv_rows(path, data)
    else:
        raise _wrong_kind(path, kind)
    return _faqs(path, table)


def write_faq_template(path: Path) -> None:
    """Write the workbook to fill in: headings, an example row, and a second sheet with notes."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Hỏi đáp"
    sheet.append([column.heading for column in _COLUMNS])
    sheet.append(list(_EXAMPLE))
    for number, column in enumerate(_COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
        sheet.cell(1, number).font = Font(bold=True)
        sheet.cell(1, number).fill = PatternFill("solid", fgColor="DDEBF7")
        for row in range(2, 202):
            cell = sheet.cell(row, number)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            # As text, "1.001190" keeps its last 0 and its point in every language of Excel.
            cell.number_format = "dd/mm/yyyy" if column.field == "verified_on" else "@"
    sheet.freeze_panes = "A2"
    _write_notes(book.create_sheet("Hướng dẫn"))
    book.save(path)


def _write_notes(sheet: Worksheet) -> None:
    sheet.append(["Cột", "Bắt buộc", "Cách điền"])
    for column in _COLUMNS:
        sheet.append([column.heading, "có" if column.is_required else "không", column.hint])
    sheet.append([])
    for note in ("Chỉ trang “Hỏi đáp” được nhập; trang này không được đọc.",
                 f"Dòng mẫu có mã “{EXAMPLE_ID}” bị bỏ qua khi nhập: để lại hay xóa đều được.",
                 "Không dùng công thức (ô bắt đầu bằng dấu =). Ô trống ở cột không bắt buộc thì để trống.",
                 "Lưu dạng .xlsx, hoặc .csv chọn “CSV UTF-8”."):
        sheet.append([note])
    for letter, width in (("A", 22), ("B", 12), ("C", 90)):
        sheet.column_dimensions[letter].width = width


# --- rows of cells ---------------------------------------------------------------------------------------------------


def _wrong_kind(path: Path, kind: FileKind) -> SourceFileError:
    if kind is FileKind.LOCKED_OFFICE:
        return locked(path)
    if kind is FileKind.OLD_OFFICE:
        return SourceFileError(path, "tệp Excel kiểu cũ (.xls) không đọc được. Hãy mở tệp, chọn “Lưu thành” kiểu .xlsx "
                                     "rồi nhập tệp .xlsx.")
    return SourceFileError(path, "tệp không phải bảng tính .xlsx cũng không phải .csv. Hãy tải tệp mẫu hỏi đáp, điền "
                                 "vào rồi nhập lại.")


def _xlsx_rows(path: Path, data: bytes) -> Iterator[_Row]:
    """The rows of the first sheet that has the headings, formulas left as they are written."""
    with open_package(path, data) as package:
        for part in package.namelist():
            if part.lower().endswith((".xml", ".rels", ".vml")):
                parse_xml(path, read_part(path, package, part))
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        with closing(book):
            tables = [[[_xlsx_value(cell) for cell in row] for row in
                       sheet.iter_rows(max_row=MAX_ROWS + 2, max_col=MAX_COLUMNS + 1)] for sheet in book.worksheets[:5]]
    except Exception as error:  # openpyxl raises nearly anything on a spoilt workbook
        raise damaged(path) from error
    with_headings = (table for table in tables if table and _places(table[0]))
    return iter(next(with_headings, tables[0] if tables else []))


def _xlsx_value(cell: Any) -> Any:
    """A cell's value; a formula or an error of Excel as the text that `_text` refuses."""
    if cell.data_type == "f":
        return f"={str(getattr(cell.value, 'text', cell.value)).lstrip('=')}"
    return cell.value


def _csv_rows(path: Path, data: bytes) -> Iterator[_Row]:
    """The rows of a CSV file in UTF-8, parted by commas, semicolons (Vietnamese Excel) or tabs."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[:error.start].count(b"\n") + 1
        problem = ("tệp .csv không phải mã UTF-8 nên chữ Việt sẽ sai. Hãy mở bằng Excel, chọn “Lưu thành” kiểu “CSV "
                   "UTF-8”, hoặc lưu dạng .xlsx.")
        raise SourceFileError(path, problem, line=line) from error
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise SourceFileError(path, "dòng này có dấu ngoặc kép không khớp hoặc ô quá dài. Hãy sửa dòng đó, hoặc lưu "
                                    "dạng .xlsx.", line=reader.line_num) from error


# --- from rows to FAQs -----------------------------------------------------------------------------------------------


def _faqs(path: Path, rows: Iterable[_Row]) -> list[Faq]:
    table = iter(rows)
    places = _headings(path, next(table, []))
    faqs: dict[str, tuple[int, Faq]] = {}
    problems: list[tuple[int, str]] = []
    for number, row in enumerate(table, 2):
        if number > MAX_ROWS + 1:
            raise SourceFileError(path, f"bảng có hơn {MAX_ROWS} dòng. Hãy tách thành nhiều tệp.", line=number)
        if not any(str(value).strip() for value in row if value is not None):
            continue
        faq, wrong = _faq(row, places, path.stem)
        problems += [(number, problem) for problem in wrong]
        if faq is None or faq.id == EXAMPLE_ID:
            continue
        if faq.id in faqs:
            earlier = faqs[faq.id][0]
            problems.append((number, f"cột “Mã”: mã “{faq.id}” đã có ở dòng {earlier}, mỗi câu phải có mã riêng"))
        faqs.setdefault(faq.id, (number, faq))
    if problems:
        raise _problems(path, problems)
    return [faq for _, faq in faqs.values()]


def _problems(path: Path, problems: list[tuple[int, str]]) -> SourceFileError:
    told = "; ".join(f"dòng {number}, {problem}" for number, problem in problems[:MAX_PROBLEMS_TOLD])
    more = len(problems) - MAX_PROBLEMS_TOLD
    rest = f"; và {more} lỗi nữa" if more > 0 else ""
    return SourceFileError(path, f"{told}{rest}. Hãy sửa các ô này rồi nhập lại.", line=problems[0][0])


def _folded(text: object) -> str:
    """A heading without diacritics, case and spaces around."""
    plain = unicodedata.normalize("NFD", one_line(str(text or "")).lower().replace("đ", "d")).rstrip(" :*")
    return "".join(char for char in plain if not unicodedata.combining(char))


def _places(headings: _Row) -> dict[str, int]:
    """Where each known column stands, by field; the first one counts."""
    known = {_folded(column.heading): column.field for column in _COLUMNS}
    found: dict[str, int] = {}
    for place, heading in enumerate(headings):
        if _folded(heading) in known:
            found.setdefault(known[_folded(heading)], place)
    return found


def _headings(path: Path, row: _Row) -> dict[str, int]:
    """Where each column stands. A heading that nobody knows is refused: what stands below it would be lost."""
    places = _places(row)
    missing = [column.heading for column in _COLUMNS if column.is_required and column.field not in places]
    if missing:
        raise SourceFileError(path, f"dòng tiêu đề thiếu cột: {', '.join(missing)}. Hãy để dòng đầu có các cột "
                                    f"{', '.join(column.heading for column in _COLUMNS)}.", line=1)
    ignored = {_folded(heading) for heading in _IGNORED_HEADINGS}
    for place, heading in enumerate(row):
        if _folded(heading) and place not in places.values() and _folded(heading) not in ignored:
            problem = (f"cột {get_column_letter(place + 1)} có tiêu đề lạ hoặc trùng: “{one_line(str(heading))}”. "
                       "Hãy đặt lại tên cột theo tệp mẫu, hoặc đổi thành “Ghi chú” nếu không cần nhập.")
            raise SourceFileError(path, problem, line=1)
    return places


def _faq(row: _Row, places: dict[str, int], topic: str) -> tuple[Faq | None, list[str]]:
    """The FAQ of a row, or what is wrong with which column."""
    values: dict[str, Any] = {"topic": topic}
    wrong: list[str] = []
    for column in _COLUMNS:
        place = places.get(column.field)
        raw = row[place] if place is not None and place < len(row) else None
        try:
            values[column.field] = _READERS[column.field](raw)
            if column.is_required and not values[column.field]:
                raise _CellError(_EMPTY)
        except _CellError as error:
            wrong.append(f"cột “{column.heading}”: {error}")
    if wrong:
        return None, wrong
    try:
        return Faq.model_validate(values), []
    except ValidationError as error:
        headings = {column.field: column.heading for column in _COLUMNS}
        return None, [f"cột “{headings.get(str(e['loc'][0]), e['loc'][0])}”: {_reason(str(e['loc'][0]))}"
                      for e in error.errors()]


def _reason(field: str) -> str:
    return next((column.hint for column in _COLUMNS if column.field == field), "giá trị không dùng được")


def _text(value: Any) -> str:
    """A cell as text with tidy lines. Formulas are refused: what they would give is not known here."""
    text = paragraphs(str(int(value) if isinstance(value, float) and value.is_integer() else value or ""))
    if text.startswith("="):
        raise _CellError("ô chứa công thức (bắt đầu bằng dấu =). Hãy chép giá trị vào ô thay cho công thức")
    if text in ("#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!"):
        raise _CellError(f"ô có lỗi {text} của Excel")
    if len(text) > MAX_CELL:
        raise _CellError(f"ô dài hơn {MAX_CELL} ký tự")
    return text


def _lines(value: Any) -> tuple[str, ...]:
    return tuple(line.lstrip("-•*+ ") for line in _text(value).split("\n") if line.strip("-•*+ "))


def _sources(value: Any) -> tuple[LegalSource, ...]:
    """One source a line: a title, and the address of a page behind it or alone."""
    found = []
    for line in _lines(value):
        address = _ADDRESS.search(line)
        title = line[:address.start()].strip() if address else line
        found.append(LegalSource(title=title or line, url=address.group(1) if address else None))
    return tuple(found)


def _verified_on(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = _text(value)
    day = re.fullmatch(r"([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-]([0-9]{4})", text)
    iso = re.fullmatch(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[ T]00:00:00)?", text)
    try:
        if day:
            return date(int(day.group(3)), int(day.group(2)), int(day.group(1)))
        if iso:
            return date(int(iso.group(1)), int(iso.group(2)), int(iso.group(3)))
    except ValueError:
        pass  # falls through to the same sentence as any other text that is no date
    raise _CellError(f"“{one_line(text)[:40]}” không phải ngày, hãy ghi kiểu 31/12/2026" if text else _EMPTY)


def _related(value: Any) -> tuple[str, ...]:
    """Codes of procedures. Excel turns 1.001190 into the number 1.00119 where the cell is not text."""
    text = f"{value:.6f}" if isinstance(value, float) else _text(value)
    codes = tuple(dict.fromkeys(code for code in re.split(r"[\s,;]+", text) if code))
    unusable = [code for code in codes if not _CODE.fullmatch(code)]
    if unusable:
        raise _CellError(f"“{unusable[0][:40]}” không phải mã thủ tục, mã có dạng 1.004194. Hãy định dạng ô kiểu Text")
    return codes


_READERS = {"id": lambda value: one_line(_text(value)), "question": lambda value: one_line(_text(value)),
            "variants": _lines, "answer": lambda value: nfc(_text(value)), "sources": _sources,
            "verified_on": _verified_on, "related": _related}
