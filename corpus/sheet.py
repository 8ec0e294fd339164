"""Reads the sheet of a procedure that the portal lets people download (.docx, .doc, .pdf): what operators hold.

Which of them a file is, is told by its content: the portal's own ".doc" is a .docx. The layouts are `sheet_docx` and
`sheet_pdf`; the portal's JSON is `portal_json`.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from corpus.durations import read_duration
from corpus.errors import SourceFileError
from corpus.fees import read_fee, read_printed_amount
from corpus.portal_json import time_in_words
from corpus.portal_wording import (
    document_number,
    filled_in,
    paper_name,
    read_case,
    read_paper_quantities,
    read_steps,
    split_names,
)
from corpus.record import (
    Case,
    Fee,
    Form,
    LegalBasis,
    Level,
    Paper,
    Procedure,
    Scope,
    Submission,
    SubmissionChannel,
)
from corpus.sheet_docx import read_docx_parts
from corpus.sheet_parts import PrintedBasis, PrintedCase, PrintedFee, PrintedMethod, PrintedPaper, SheetParts
from corpus.sheet_pdf import read_pdf_parts
from corpus.untrusted import FileKind, damaged, file_kind, locked, read_bounded
from corpus.wording import clean_title, one_line, paragraphs

# By a word of the printed name: "Qua bưu điện", "Dịch vụ bưu chính".
_CHANNELS = {"trực tuyến": SubmissionChannel.ONLINE, "trực tiếp": SubmissionChannel.IN_PERSON,
             "bưu": SubmissionChannel.POST}
_LEVELS = {"xã": Level.COMMUNE, "tỉnh": Level.PROVINCE, "bộ": Level.MINISTRY}
# The first words of the 702 agencies in the records: a comma before another word is inside a name
# ("Sở Văn hóa, Thể thao và Du lịch").
_AGENCY = re.compile(
    r"(?:Sở|Cục|Cơ quan|Cơ sở|Chi |Bộ|Trung tâm|UBND|Ban |Phòng|Văn phòng|Vụ|Ủy ban|Uỷ ban|Hội|Quân|Chủ tịch|Quỹ"
    r"|Ngân hàng|Công an|Công ty|Cảng|Bảo hiểm|Các|Trường|Tòa|Giám đốc|Tổng|Tổ chức|Thanh tra|Thủ|Đơn vị|Đài|Kho bạc"
    r"|Hải quan|Thuế|Chỉ huy|Đội|Người|Liên|Biên phòng|Tư lệnh|Bệnh viện|Trưởng|Đồn|Khu |Viện|Tập đoàn|Doanh nghiệp"
    r"|Đại sứ|Lưu trữ)")
_FORM = re.compile(r".*?\.(?:docx?|xlsx?|pdf|odt|rtf|pptx?|zip|rar|jpe?g|png|html?)(?=$|[\s,;])|\S.*?$", re.IGNORECASE)
_TIME_NOT_FILLED_IN = "không xác định"


def read_sheet(path: Path) -> Procedure:
    """The procedure on one sheet, whatever the file's ending.

    A sheet holds neither the record's id nor its update date, and prints the portal's empty 0 as "Miễn phí" (see
    `fees`). Raises `SourceFileError` with a sentence for the operator.
    """
    data = read_bounded(path)
    try:
        return _procedure(path, _parts(path, data))
    except RecursionError as error:
        raise damaged(path) from error
    except ValidationError as error:
        places = ", ".join(".".join(map(str, e["loc"])) for e in error.errors())
        raise SourceFileError(path, f"tờ chi tiết có nội dung không dùng được ở: {places}. Hãy tải lại tờ chi tiết từ "
                                    "Cổng Dịch vụ công.") from error


def _parts(path: Path, data: bytes) -> SheetParts:
    match file_kind(data):
        case FileKind.DOCX:
            return read_docx_parts(path, data)
        case FileKind.PDF:
            return read_pdf_parts(path, data)
        case FileKind.LOCKED_OFFICE:
            raise locked(path)
        case FileKind.OLD_OFFICE:
            raise SourceFileError(path, "tệp Word kiểu cũ (.doc của Word 97-2003) không đọc được. Hãy mở bằng Word "
                                        "hoặc LibreOffice, chọn “Lưu thành” kiểu .docx rồi nhập tệp .docx.")
        case FileKind.XLSX:
            raise SourceFileError(path, "đây là bảng tính Excel, không phải tờ chi tiết thủ tục. Hãy chọn tệp .docx "
                                        "hoặc .pdf tải từ trang của thủ tục; tệp hỏi đáp .xlsx thì nhập ở mục hỏi đáp.")
        case _:
            raise SourceFileError(path, "nội dung tệp không phải Word (.docx) cũng không phải PDF, dù tên tệp có đuôi "
                                        f"“{path.suffix or 'trống'}”. Hãy tải lại tờ chi tiết từ Cổng Dịch vụ công.")


def _procedure(path: Path, parts: SheetParts) -> Procedure:
    decision = one_line(filled_in(parts.decision))
    return Procedure(
        code=one_line(parts.code),
        title=clean_title(parts.title),
        field=one_line(filled_in(parts.field)),
        # 766 of the 899 procedures of single provinces, and one other, stand on a decision of a people's committee.
        scope=Scope.PROVINCIAL if "UBND" in decision.upper() else Scope.NATIONAL,
        levels=_levels(parts.levels),
        subjects=split_names(parts.subjects),
        submissions=tuple(_submission(path, method) for method in parts.methods),
        cases=tuple(case for case in map(_case, parts.cases) if case),
        steps=read_steps([filled_in(parts.steps)]),
        conditions=paragraphs(filled_in(parts.conditions)),
        legal_basis=tuple(_legal_basis(basis) for basis in parts.legal_basis),
        results=parts.results,
        executing_agencies=split_names(parts.executing_agencies, starts=_AGENCY),
        competent_agencies=split_names(parts.competent_agencies, starts=_AGENCY),
        authorized_agencies=split_names(parts.authorized_agencies, starts=_AGENCY),
        coordinating_agencies=split_names(parts.coordinating_agencies, starts=_AGENCY),
        receiving_address=paragraphs(filled_in(parts.address)),
        note=paragraphs(filled_in(parts.description)),
        keywords=one_line(filled_in(parts.keywords)),
        decision=decision or None,
    )


def _levels(text: str) -> tuple[Level, ...]:
    names = (one_line(name).lower().removeprefix("cấp ") for name in filled_in(text).split(","))
    return tuple(dict.fromkeys(_LEVELS.get(name, Level.OTHER) for name in names if name))


def _submission(path: Path, method: PrintedMethod) -> Submission:
    time = one_line(filled_in(method.time))
    duration = read_duration(time)
    words = "" if duration or time.lower() == _TIME_NOT_FILLED_IN else time_in_words(time)
    description = paragraphs(filled_in(method.description))
    return Submission(channel=_channel(path, method.channel), duration=duration,
                      description="\n".join(text for text in (words, description) if text),
                      fees=tuple(_fee(fee, description) for fee in method.fees))


def _channel(path: Path, text: str) -> SubmissionChannel:
    found = {channel for word, channel in _CHANNELS.items() if word in one_line(text).lower()}
    if len(found) != 1:
        raise SourceFileError(path, f"không rõ hình thức nộp “{one_line(text)}”. Cột “Hình thức nộp” chỉ được ghi Trực "
                                    "tiếp, Trực tuyến hoặc Qua bưu điện, mỗi hình thức một dòng.")
    return found.pop()


def _fee(fee: PrintedFee, context: str) -> Fee:
    printed = read_printed_amount(fee.amount)
    note = "\n".join(text for text in (printed.words, fee.note) if text)
    return read_fee(fee.kind, printed.value, currency=printed.currency, note=note, context=context)


def _case(case: PrintedCase) -> Case | None:
    return read_case(case.name, map(_paper, case.papers))


def _paper(paper: PrintedPaper) -> Paper:
    name, quantity = paper_name(paper.name), one_line(filled_in(paper.quantity))
    counts = _counts(quantity.lower())
    if not counts and quantity.lower() not in ("", "không có"):
        name = f"{name} (số lượng: {quantity})"
    originals, copies = read_paper_quantities(counts.get("chính", 0), counts.get("sao", 0))
    forms = (one_line(form).strip(" ,;") for form in _FORM.findall(filled_in(paper.forms)))
    return Paper(name=name, originals=originals, copies=copies, forms=tuple(Form(name=form) for form in forms if form))


def _counts(quantity: str) -> dict[str, int]:
    """Originals ("chính") and copies ("sao"): "Bản chính: 1 Bản sao: 0" in the .docx, "1 bản chính" in the .pdf."""
    labelled = re.findall(r"bản (chính|sao) ?: ?([0-9]{1,3})", quantity)
    counted = re.findall(r"([0-9]{1,3}) bản (chính|sao)", quantity)
    return {kind: int(count) for kind, count in labelled or [(kind, count) for count, kind in counted]}


def _legal_basis(basis: PrintedBasis) -> LegalBasis:
    return LegalBasis(code=document_number(basis.code), title=basis.title, issued_on=_date(basis.issued),
                      issuer=basis.issuer)


def _date(text: str) -> date | None:
    """A printed date, "13-11-2020"; None where it is empty or no day of the calendar."""
    match = re.fullmatch(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})", text)
    try:
        return date(*map(int, reversed(match.groups()))) if match else None
    except ValueError:
        return None
