"""Reads the portal's .pdf sheet into its parts.

The portal's program (PDFKit) writes every line of a cell as one text block at its place, cell after cell, and leaves
the space at the end of a line that it wrapped. So the cells are found by their places and their words by the text
blocks themselves: a general text extraction puts spaces inside words here ("hoă ̣c Ứ ng du ̣ng") and mixes columns.
"""

from __future__ import annotations

import io
import re
import time
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pypdf
from pypdf.generic import ArrayObject, ContentStream, DecodedStreamObject, DictionaryObject, StreamObject

from corpus.errors import SourceFileError
from corpus.portal_wording import filled_in
from corpus.sheet_parts import PrintedBasis, PrintedCase, PrintedFee, PrintedMethod, PrintedPaper, SheetParts
from corpus.untrusted import damaged, locked
from corpus.wording import nfc, one_line

# The portal's sheets have 3 to 11 pages of some 25 kB each and take 0.1 to 0.5 s.
MAX_PAGES = 100
MAX_PAGE_BYTES = 2_000_000
MAX_SECONDS = 30.0
MAX_FONT_MAP_BYTES = 500_000

_INFORMATION = "CHI TIẾT THỦ TỤC HÀNH CHÍNH"
_SECTIONS = (_INFORMATION, "TRÌNH TỰ THỰC HIỆN", "THÀNH PHẦN HỒ SƠ", "CÁCH THỨC THỰC HIỆN", "CĂN CỨ PHÁP LÝ",
             "CƠ QUAN THỰC HIỆN", "YÊU CẦU, ĐIỀU KIỆN THỰC HIỆN", "KẾT QUẢ XỬ LÝ", "TỪ KHÓA", "MÔ TẢ")
# Left edges of the columns on the page, in points, from the lines that the portal draws around the cells.
_INFORMATION_COLUMNS = (0.0, 200.0)
_PAPER_COLUMNS = (0.0, 302.0, 456.0)
_METHOD_COLUMNS = (0.0, 149.0, 251.0, 353.0)
_LEGAL_COLUMNS = (0.0, 420.0)
# Lines of a cell lie 13.8 points apart, the first lines of two cells below each other 33.8 or more.
_LINE_PITCH = 20.0
_SAME_HEIGHT = 2.0

_CASE = re.compile(r"Trường hợp \d+:")
_RESULT_CODE = re.compile(r"Mã:\s*[\w.\-]*")
_NEW_PARAGRAPH = re.compile(r"[-–+*•]|\(?[0-9]{1,2}(?:\.[0-9]{1,2})*[.)]\s|\(?[a-zđ]{1,4}\)|bước [0-9]", re.IGNORECASE)
_SENTENCE_END = (".", ":", ";", "…")


class Fragment(NamedTuple):
    """One line of text at its place on a page; `y` grows upwards."""

    page: int
    x: float
    y: float
    is_bold: bool
    text: str


class _TooMuchWorkError(Exception):
    """The file asks for more work than a sheet can need."""


class _SpoiltError(Exception):
    """A part of the file is not whole."""


def read_pdf_parts(path: Path, data: bytes) -> SheetParts:
    """The parts of a .pdf sheet. Raises `SourceFileError`."""
    fragments = _fragments(path, data)
    if not fragments:
        raise SourceFileError(path, "tệp PDF không có lớp chữ (thường là bản chụp hoặc bản quét) nên không đọc được. "
                                    "Hãy tải tờ chi tiết từ trang của thủ tục trên Cổng Dịch vụ công.")
    sections = _sections(path, fragments)
    information = _information(sections[_INFORMATION])
    if not information.get("mã thủ tục") or not information.get("tên thủ tục"):
        raise SourceFileError(path, "tờ chi tiết không ghi “Mã thủ tục” hoặc “Tên thủ tục” ở chỗ của chúng. Hãy tải "
                                    "lại tờ chi tiết từ Cổng Dịch vụ công.")
    return SheetParts(
        code=information["mã thủ tục"], title=information["tên thủ tục"],
        decision=information.get("số quyết định", ""), levels=information.get("cấp thực hiện", ""),
        field=information.get("lĩnh vực", ""), subjects=information.get("đối tượng thực hiện", ""),
        steps=_running_text(sections["TRÌNH TỰ THỰC HIỆN"]), methods=_methods(sections["CÁCH THỨC THỰC HIỆN"]),
        cases=_cases(sections["THÀNH PHẦN HỒ SƠ"]), legal_basis=_legal_basis(sections["CĂN CỨ PHÁP LÝ"]),
        executing_agencies=_running_text(sections["CƠ QUAN THỰC HIỆN"]),
        competent_agencies=information.get("cơ quan có thẩm quyền", ""),
        authorized_agencies=information.get("cơ quan được ủy quyền", ""),
        coordinating_agencies=information.get("cơ quan phối hợp", ""),
        address=information.get("địa chỉ tiếp nhận hs", ""),
        conditions=_running_text(sections["YÊU CẦU, ĐIỀU KIỆN THỰC HIỆN"]), results=_results(sections["KẾT QUẢ XỬ LÝ"]),
        keywords=_running_text(sections["TỪ KHÓA"]), description=_running_text(sections["MÔ TẢ"]))


# --- from bytes to lines of text at their places ---------------------------------------------------------------------


def _fragments(path: Path, data: bytes) -> list[Fragment]:
    """Every line of text of the file, in the order in which it was written."""
    deadline = time.monotonic() + MAX_SECONDS
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            raise locked(path)
        if len(reader.pages) > MAX_PAGES:
            raise _TooMuchWorkError(f"{len(reader.pages)} trang")
        found: list[Fragment] = []
        for number, page in enumerate(reader.pages):
            found += _page_fragments(number, page, deadline)
    except SourceFileError:
        raise
    except _TooMuchWorkError as error:
        raise SourceFileError(path, f"tệp PDF quá nặng ({error}) so với một tờ chi tiết thủ tục nên không được đọc. "
                                    "Hãy tải lại tờ chi tiết từ Cổng Dịch vụ công.") from error
    except Exception as error:  # a spoilt file makes pypdf raise nearly anything
        raise damaged(path) from error
    return [fragment for fragment in found if fragment.text.strip()]


def _page_fragments(number: int, page: pypdf.PageObject, deadline: float) -> Iterator[Fragment]:
    contents = DecodedStreamObject()
    contents.set_data(_contents(page, number))
    fonts = _fonts(page)
    pen = _Pen()
    for operands, operator in ContentStream(contents, page.pdf, "bytes").operations:
        if time.monotonic() > deadline:
            raise _TooMuchWorkError(f"đọc quá {MAX_SECONDS:.0f} giây")
        written = pen.write(operator, operands, fonts)
        if written:
            yield Fragment(number, written.x, written.y, written.is_bold, nfc(written.text))
    if pen.is_writing:
        raise _SpoiltError(f"page {number + 1} ends inside a text block")


def _contents(page: pypdf.PageObject, number: int) -> bytes:
    if "/Contents" not in page:
        raise _SpoiltError(f"page {number + 1} has no contents")
    contents: Any = page["/Contents"].get_object()
    streams = contents if isinstance(contents, ArrayObject) else [contents]
    data = bytearray()
    for stream in streams:
        data += _unpacked(stream.get_object(), MAX_PAGE_BYTES) + b"\n"
        if len(data) > MAX_PAGE_BYTES:
            raise _TooMuchWorkError(f"trang {number + 1} quá dài")
    return bytes(data)


def _unpacked(stream: Any, limit: int) -> bytes:
    """The data of a stream, at most a little over `limit`.

    A spoilt stream is refused here, because pypdf would hand out what it can unpack of it without a word, and papers
    or fees would be missing or, by a spoilt table of letters, other ones.
    """
    if not isinstance(stream, StreamObject):
        raise _SpoiltError("a stream is missing")
    if stream.get("/Filter") not in ("/FlateDecode", ["/FlateDecode"]) or "/DecodeParms" in stream:
        return stream.get_data()
    packed = zlib.decompressobj()
    data = packed.decompress(stream._data, limit + 1)
    if len(data) <= limit and not packed.eof:
        raise _SpoiltError("a stream is cut off or its checksum is wrong")
    return data


@dataclass
class _Font:
    """How the codes of a font become text."""

    is_bold: bool
    letters: dict[int, str]

    def text(self, codes: bytes) -> str:
        """The letters of two-byte codes. One that the table lacks becomes U+FFFD: it must not vanish from a number."""
        unknown = "\ufffd" if self.letters else ""
        return "".join(self.letters.get(int.from_bytes(codes[i:i + 2], "big"), unknown)
                       for i in range(0, len(codes) - 1, 2))


class _Written(NamedTuple):
    x: float
    y: float
    is_bold: bool
    text: str


@dataclass
class _Pen:
    """Follows the operators of a page far enough to know where its text blocks begin and what they say.

    Scale and shift are followed, rotation is not: the portal's pages have none.
    """

    scale_y: float = 1.0
    shift_x: float = 0.0
    shift_y: float = 0.0
    saved: list[tuple[float, float, float]] = field(default_factory=list)
    place: tuple[float, float] | None = None
    font: _Font | None = None
    text: str = ""

    def write(self, operator: bytes, operands: Any, fonts: dict[str, _Font]) -> _Written | None:
        """Follow one operator; the text block that it ends, if any."""
        if operator == b"q":
            self.saved.append((self.scale_y, self.shift_x, self.shift_y))
        elif operator == b"Q" and self.saved:
            self.scale_y, self.shift_x, self.shift_y = self.saved.pop()
        elif operator == b"cm":
            self.shift_x += float(operands[4])
            self.shift_y += self.scale_y * float(operands[5])
            self.scale_y *= float(operands[3])
        elif operator == b"BT":
            self.place, self.text = None, ""
        elif operator == b"Tf":
            self.font = fonts.get(str(operands[0]))
        elif operator == b"Tm" and self.place is None:
            self.place = (self.shift_x + float(operands[4]), self.shift_y + self.scale_y * float(operands[5]))
        elif operator in (b"Tj", b"TJ"):
            if self.font is None:
                raise _SpoiltError("text in a font that the page does not have")
            strings = operands[0] if operator == b"TJ" else operands
            self.text += "".join(self.font.text(codes) for codes in map(_codes, strings) if codes)
        elif operator == b"ET" and self.place and self.font:
            place, self.place = self.place, None
            return _Written(*place, self.font.is_bold, self.text)
        return None

    @property
    def is_writing(self) -> bool:
        """True inside a text block or between saving and restoring the state, where no page can end."""
        return self.place is not None or bool(self.saved)


def _codes(operand: Any) -> bytes | None:
    """The bytes of a string operand, None for the shifts between strings."""
    return operand if isinstance(operand, bytes) else getattr(operand, "original_bytes", None)


def _fonts(page: pypdf.PageObject) -> dict[str, _Font]:
    resources = page.get("/Resources", DictionaryObject()).get_object()
    fonts = resources.get("/Font", DictionaryObject()).get_object()
    return {name: _font(entry.get_object()) for name, entry in fonts.items()}


def _font(font: DictionaryObject) -> _Font:
    table = font.get("/ToUnicode")
    stream = table.get_object() if table is not None else None
    data = _unpacked(stream, MAX_FONT_MAP_BYTES) if stream is not None else b""
    if len(data) > MAX_FONT_MAP_BYTES:
        raise _TooMuchWorkError("bảng chữ của phông quá lớn")
    return _Font("Bold" in str(font.get("/BaseFont", "")), _letters(data.decode("latin-1")))


def _letters(table: str) -> dict[int, str]:
    """The text of each code by a font's ToUnicode table (ISO 32000-1, 9.10.3)."""
    letters: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        pairs = re.findall(r"<([0-9a-fA-F]{1,4})>\s*<([0-9a-fA-F]*)>", block)
        letters |= {int(code, 16): _utf16(text) for code, text in pairs}
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, single, many in re.findall(
                r"<([0-9a-fA-F]{1,4})>\s*<([0-9a-fA-F]{1,4})>\s*(?:<([0-9a-fA-F]*)>|\[([^\]]*)\])", block):
            low, high = int(first, 16), int(last, 16)
            texts = re.findall(r"<([0-9a-fA-F]*)>", many)
            if texts:
                letters |= {low + i: _utf16(text) for i, text in enumerate(texts[:high - low + 1])}
            elif len(single) == 4:
                start = int(single, 16)
                letters |= {low + i: _utf16(f"{start + i:04x}") for i in range(min(high - low, 0xFFFF - start) + 1)}
    return letters


def _utf16(digits: str) -> str:
    even = digits.zfill(len(digits) + len(digits) % 2)
    return bytes.fromhex(even).decode("utf-16-be", errors="ignore").replace("\0", "")


# --- from lines to the parts of the sheet ----------------------------------------------------------------------------


def _sections(path: Path, fragments: list[Fragment]) -> dict[str, list[Fragment]]:
    """The lines below each heading; what stands above the first one is left out.

    The portal prints every heading, also above nothing, so a missing one is a missing page or another document.
    """
    sections: dict[str, list[Fragment]] = {}
    current: list[Fragment] = []
    for fragment in fragments:
        name = fragment.text.strip()
        if fragment.is_bold and name in _SECTIONS:
            current = sections.setdefault(name, [])
        else:
            current.append(fragment)
    missing = [name for name in _SECTIONS if name not in sections]
    if missing:
        raise SourceFileError(path, "đây không phải tờ chi tiết thủ tục mà Cổng Dịch vụ công cho tải, hoặc tờ bị thiếu "
                                    f"trang: không thấy phần “{missing[0]}”. Hãy tải lại tờ chi tiết từ Cổng.")
    return sections


def _information(fragments: list[Fragment]) -> dict[str, str]:
    """The labels of the first page with their values."""
    values: dict[str, list[Fragment]] = {}
    label = ""
    for fragment in fragments:
        if _column(fragment, _INFORMATION_COLUMNS) == 0:
            label = one_line(fragment.text).lower().replace("uỷ", "ủy")
        values.setdefault(label, [])
        if _column(fragment, _INFORMATION_COLUMNS) == 1:
            values[label].append(fragment)
    return {name: filled_in(_cell_text(lines)) for name, lines in values.items()}


def _column(fragment: Fragment, edges: tuple[float, ...]) -> int:
    return bisect_right(edges, fragment.x) - 1


def _rows(fragments: Iterable[Fragment], edges: tuple[float, ...], key: int) -> list[list[str]]:
    """The rows of a table as the texts of their cells.

    A row is where a cell of the column `key` begins; the cells that begin at its height belong to it. A cell at
    another height is the rest of a cell that the end of a page cut off.
    """
    cells: list[list[Fragment]] = []
    for fragment in fragments:
        last = cells[-1][-1] if cells else None
        goes_on = (last is not None and last.page == fragment.page and _column(last, edges) == _column(fragment, edges)
                   and 0 < last.y - fragment.y < _LINE_PITCH)
        cells[-1].append(fragment) if goes_on else cells.append([fragment])
    starts = [cell[0] for cell in cells if _column(cell[0], edges) == key]
    rows: dict[int, list[list[Fragment]]] = {}
    at = -1
    for cell in cells:
        at = next((i for i, start in enumerate(starts) if start.page == cell[0].page
                   and abs(start.y - cell[0].y) < _SAME_HEIGHT), at)
        if at >= 0:
            rows.setdefault(at, [[] for _ in edges])[_column(cell[0], edges)].extend(cell)
    return [[_cell_text(cell) for cell in row] for row in rows.values()]


def _cell_text(lines: list[Fragment]) -> str:
    """The text of a cell.

    A wrapped line keeps its space, so a line without one is broken after "-" or "/", cut off by the end of the page
    (then the word goes on), or really at its end.
    """
    text = ""
    for before, line in zip([None, *lines], lines, strict=False):
        if before is None or before.text.endswith((" ", "-", "/")) or before.page != line.page:
            text += line.text
        else:
            text += "\n" + line.text
    return text.strip()


def _running_text(lines: list[Fragment]) -> str:
    """The paragraphs of a text over the whole width, wrapped lines joined again."""
    widest = max((len(line.text) for line in lines), default=0)
    text = ""
    for before, line in zip([None, *lines], lines, strict=False):
        begins = before is not None and _begins_paragraph(before, line, widest)
        text += f"\n{line.text}" if begins else line.text
    return filled_in(text.strip())


def _begins_paragraph(before: Fragment, line: Fragment, widest: int) -> bool:
    if before.text.endswith(" "):
        is_short = len(before.text) < 0.8 * widest and before.text.rstrip().endswith(_SENTENCE_END)
        return is_short or bool(_NEW_PARAGRAPH.match(line.text.lstrip()))
    if before.page != line.page:
        return not line.text[:1].islower() and not line.text[:1].isdigit()
    return not before.text.endswith(("-", "/"))


def _methods(fragments: list[Fragment]) -> tuple[PrintedMethod, ...]:
    rows = _rows((f for f in fragments if not f.is_bold), _METHOD_COLUMNS, key=0)
    return tuple(PrintedMethod(channel, one_line(duration), _fees(fees), description)
                 for channel, duration, fees, description in rows)


def _fees(cell: str) -> tuple[PrintedFee, ...]:
    """The charges of a cell, without kinds and notes: "7.000 VNĐ, 5.000 VNĐ, Miễn phí"."""
    line = one_line(filled_in(cell))
    amounts = re.split(r",\s+(?=[0-9]|miễn phí)", line, flags=re.IGNORECASE) if line else []
    return tuple(PrintedFee(None, amount) for amount in amounts)


def _cases(fragments: list[Fragment]) -> tuple[PrintedCase, ...]:
    """The tables of papers; the names above them and their headings are bold."""
    cases: list[tuple[str, list[Fragment]]] = []
    heading = ""
    for fragment in fragments:
        if fragment.is_bold and one_line(fragment.text) == "Tên giấy tờ":
            cases.append((_CASE.sub("", heading, count=1), []))
            heading = ""
        elif fragment.is_bold and _column(fragment, _PAPER_COLUMNS) == 0:
            heading += fragment.text
        elif not fragment.is_bold and cases:
            cases[-1][1].append(fragment)
    return tuple(PrintedCase(name, tuple(_papers(lines))) for name, lines in cases)


def _papers(lines: list[Fragment]) -> Iterator[PrintedPaper]:
    for name, forms, quantity in _rows(lines, _PAPER_COLUMNS, key=2):
        yield PrintedPaper(name, forms.replace("\n", ""), quantity)


def _legal_basis(fragments: list[Fragment]) -> tuple[PrintedBasis, ...]:
    rows = _rows((f for f in fragments if not f.is_bold), _LEGAL_COLUMNS, key=1)
    return tuple(PrintedBasis(code=one_line(code), title=one_line(title)) for title, code in rows)


def _results(fragments: list[Fragment]) -> tuple[str, ...]:
    """The names of the results; below each the portal prints its code, which says nothing to people."""
    names: list[list[Fragment]] = [[]]
    for fragment in fragments:
        if _RESULT_CODE.fullmatch(fragment.text.strip()):
            names.append([])
        else:
            names[-1].append(fragment)
    return tuple(one_line(_cell_text(lines)) for lines in names if lines and filled_in(_cell_text(lines)))
