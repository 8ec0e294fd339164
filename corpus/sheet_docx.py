"""Reads the portal's .docx sheet into its parts: labelled paragraphs, tables under some of them.

The XML is read directly, not through python-docx: that library trusts what a file claims (a cell that spans a
thousand million columns is built cell by cell), and a sheet needs no more than paragraphs and tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import SourceFileError
from corpus.portal_wording import filled_in, split_names
from corpus.record import FeeKind
from corpus.sheet_parts import PrintedBasis, PrintedCase, PrintedFee, PrintedMethod, PrintedPaper, SheetParts
from corpus.untrusted import open_package, parse_xml, read_part
from corpus.wording import nfc, one_line

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_Table = list[list[str]]
# In the order of the sheet: a label counts only after those before it, so that steps may begin with such words.
_LABELS = ("mã thủ tục", "số quyết định", "tên thủ tục", "cấp thực hiện", "loại thủ tục", "lĩnh vực",
           "trình tự thực hiện", "cách thức thực hiện", "thành phần hồ sơ", "đối tượng thực hiện", "cơ quan thực hiện",
           "cơ quan có thẩm quyền", "địa chỉ tiếp nhận hs", "cơ quan được ủy quyền", "cơ quan phối hợp",
           "kết quả thực hiện", "căn cứ pháp lý", "yêu cầu, điều kiện thực hiện", "từ khóa", "mô tả")
_LABELLED = re.compile(rf"\s*({'|'.join(map(re.escape, _LABELS))})\s*:", re.IGNORECASE)
_FEE_KINDS = {"lệ phí": FeeKind.FEE, "phí": FeeKind.SERVICE_FEE, "mức giá": FeeKind.PRICE, "giá": FeeKind.PRICE}
_FEE = re.compile(r"^\s*(lệ phí|phí|mức giá|giá)\s*:", re.IGNORECASE | re.MULTILINE)
# Deleted text, field codes, drawings with their text boxes, and the settings of paragraphs, runs, cells.
_UNREAD = frozenset({"del", "moveFrom", "instrText", "drawing", "pict", "object", "AlternateContent",
                     "pPr", "rPr", "tblPr", "tblGrid", "trPr", "tcPr", "sdtPr", "sectPr"})


def read_docx_parts(path: Path, data: bytes) -> SheetParts:
    """The parts of a .docx sheet. Raises `SourceFileError`."""
    with open_package(path, data) as package:
        root = parse_xml(path, read_part(path, package, "word/document.xml"))
    sections = _sections(_blocks(root))
    if not _texts(sections, "mã thủ tục") or not _texts(sections, "tên thủ tục"):
        raise SourceFileError(path, "đây không phải tờ chi tiết thủ tục của Cổng Dịch vụ công: không thấy dòng “Mã thủ "
                                    "tục:” và “Tên thủ tục:”. Hãy tải tờ chi tiết từ trang của thủ tục trên Cổng.")
    return SheetParts(
        code=_texts(sections, "mã thủ tục"), title=_texts(sections, "tên thủ tục"),
        decision=_texts(sections, "số quyết định"), levels=_texts(sections, "cấp thực hiện"),
        field=_texts(sections, "lĩnh vực"), subjects=_texts(sections, "đối tượng thực hiện"),
        steps=_texts(sections, "trình tự thực hiện"), methods=_methods(sections["cách thức thực hiện"]),
        cases=_cases(sections["thành phần hồ sơ"]), legal_basis=_legal_basis(sections["căn cứ pháp lý"]),
        executing_agencies=_texts(sections, "cơ quan thực hiện"),
        competent_agencies=_texts(sections, "cơ quan có thẩm quyền"),
        authorized_agencies=_texts(sections, "cơ quan được ủy quyền"),
        coordinating_agencies=_texts(sections, "cơ quan phối hợp"), address=_texts(sections, "địa chỉ tiếp nhận hs"),
        conditions=_texts(sections, "yêu cầu, điều kiện thực hiện"),
        results=split_names(_texts(sections, "kết quả thực hiện")), keywords=_texts(sections, "từ khóa"),
        description=_texts(sections, "mô tả"))


def _blocks(element: Element) -> Iterator[str | _Table]:
    """The paragraphs and tables of the body in order, content controls opened."""
    for child in element:
        name = _name(child)
        if name == "p":
            yield nfc("".join(_runs(child)))
        elif name == "tbl":
            yield [["\n".join(nfc("".join(_runs(p))) for p in cell.iter() if _name(p) == "p").strip()
                    for cell in row if _name(cell) == "tc"] for row in child if _name(row) == "tr"]
        elif name not in _UNREAD:
            yield from _blocks(child)


def _runs(element: Element) -> Iterator[str]:
    for child in element:
        name = _name(child)
        if name == "t":
            yield child.text or ""
        elif name in ("br", "cr"):
            yield "\n"
        elif name == "tab":
            yield " "
        elif name not in _UNREAD:
            yield from _runs(child)


def _name(element: Element) -> str:
    """The tag without its namespace, of which "strict" files of Word use another one."""
    return element.tag.rpartition("}")[2]


def _sections(blocks: Iterator[str | _Table]) -> dict[str, list[str | _Table]]:
    """What stands under each label, the rest of the label's own line first."""
    sections: dict[str, list[str | _Table]] = {label: [] for label in _LABELS}
    at = -1
    for block in blocks:
        match = _LABELLED.match(block.replace("uỷ", "ủy")) if isinstance(block, str) else None
        place = _LABELS.index(match.group(1).lower()) if match else -1
        if match and isinstance(block, str) and place > at:
            at = place
            sections[_LABELS[at]].append(block[match.end():])
        elif at >= 0:
            sections[_LABELS[at]].append(block)
    return sections


def _texts(sections: dict[str, list[str | _Table]], label: str) -> str:
    return filled_in("\n".join(block for block in sections[label] if isinstance(block, str)).strip())


def _columns(table: _Table, *names: str) -> Iterator[list[str]]:
    """The cells below the headings that begin with `names`, row by row; a missing heading or cell gives ""."""
    headings = [one_line(cell).lower() for cell in table[0]] if table else []
    places = [next((i for i, heading in enumerate(headings) if heading.startswith(name)), None) for name in names]
    for row in table[1:]:
        yield [row[place] if place is not None and place < len(row) else "" for place in places]


def _methods(blocks: list[str | _Table]) -> tuple[PrintedMethod, ...]:
    rows = (row for block in blocks if not isinstance(block, str)
            for row in _columns(block, "hình thức nộp", "thời hạn", "phí", "mô tả"))
    return tuple(PrintedMethod(channel, time, _fees(fees), filled_in(description))
                 for channel, time, fees, description in rows if one_line(channel))


def _fees(cell: str) -> tuple[PrintedFee, ...]:
    """The charges of a cell, each a line "Phí : 10.000 Đồng (…)"; a cell of other words is one charge without kind."""
    starts = list(_FEE.finditer(cell))
    if not starts:
        return (PrintedFee(None, cell),) if one_line(filled_in(cell)) else ()
    ends = [start.start() for start in starts[1:]] + [len(cell)]
    return tuple(_fee(_FEE_KINDS[start.group(1).lower()], cell[start.end():end])
                 for start, end in zip(starts, ends, strict=True))


def _fee(kind: FeeKind, text: str) -> PrintedFee:
    amount, bracket, note = text.strip().partition("(")
    return PrintedFee(kind, amount, note.strip().removesuffix(")") if bracket else "")


def _cases(blocks: list[str | _Table]) -> tuple[PrintedCase, ...]:
    """The tables of papers, each named by the paragraph above it."""
    cases: list[PrintedCase] = []
    name = ""
    for block in blocks:
        if isinstance(block, str):
            cases += [PrintedCase(name, ())] if name and one_line(block) else []
            name = block.strip() or name
        else:
            rows = _columns(block, "tên giấy tờ", "mẫu đơn", "số lượng")
            cases.append(PrintedCase(name, tuple(PrintedPaper(*row) for row in rows)))
            name = ""
    return tuple(cases + ([PrintedCase(name, ())] if name else []))


def _legal_basis(blocks: list[str | _Table]) -> tuple[PrintedBasis, ...]:
    rows = (row for block in blocks if not isinstance(block, str)
            for row in _columns(block, "số ký hiệu", "trích yếu", "ngày ban hành", "cơ quan ban hành"))
    return tuple(PrintedBasis(*map(one_line, row)) for row in rows if any(map(one_line, row)))
