"""The portal's sheet, as .docx and as .pdf, becomes a procedure: small sheets made here, in the portal's layout."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

import docx
import pytest
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject

from corpus.errors import SourceFileError
from corpus.record import (
    Duration,
    DurationUnit,
    Fee,
    FeeKind,
    Form,
    LegalBasis,
    Level,
    Paper,
    Procedure,
    Scope,
    SubmissionChannel,
)
from corpus.sheet import read_sheet

THREE_DAYS = Duration(amount=Decimal(3), unit=DurationUnit.WORKING_DAY)

Rows = Sequence[Sequence[str]]


Read = Callable[..., Procedure]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Writes the bytes to a file of the given name and reads it as a sheet."""

    def write_and_read(data: bytes, name: str = "to-chi-tiet.docx") -> Procedure:
        path = tmp_path / name
        path.write_bytes(data)
        return read_sheet(path)

    return write_and_read


# --- the .docx sheet -------------------------------------------------------------------------------------------------


def a_docx(*, code: str = "1.000001", title: str = "Thủ tục cấp giấy", decision: str = "12/QĐ-BTP",
           levels: str = "Cấp Xã, Cấp Tỉnh", subjects: str = "Công dân Việt Nam, Cán bộ, công chức",
           steps: str = "Bước 1: Nộp hồ sơ.\n Bước 2: Nhận kết quả.", conditions: str = "Không",
           methods: Rows = (), cases: Sequence[tuple[str, Rows]] = (), laws: Rows = ()) -> bytes:
    document = docx.Document()
    for line in ("Chi tiết thủ tục hành chính", f"Mã thủ tục: {code}", f"Số quyết định: {decision}",
                 f"Tên thủ tục: {title}", f"Cấp thực hiện: {levels}", "Loại thủ tục: TTHC được luật giao",
                 "Lĩnh vực: Hộ tịch", "Trình tự thực hiện: ", steps, "Cách thức thực hiện: "):
        document.add_paragraph(line)
    _add_table(document, ("Hình thức nộp", "Thời hạn giải quyết", "Phí, lệ phí", "Mô tả"), methods)
    document.add_paragraph("Thành phần hồ sơ: ")
    for name, papers in cases:
        document.add_paragraph(name)
        _add_table(document, ("Tên giấy tờ", "Mẫu đơn, tờ khai", "Số lượng"), papers)
    for line in (f"Đối tượng thực hiện: {subjects}", "Cơ quan thực hiện: Công an Xã",
                 "Cơ quan có thẩm quyền: Sở Văn hóa, Thể thao và Du lịch, Công an Xã",
                 "Địa chỉ tiếp nhận HS: Trụ sở xã", "Cơ quan được ủy quyền: Không có thông tin",
                 "Cơ quan phối hợp: Không có thông tin", "Kết quả thực hiện: Giấy xác nhận, Phiếu từ chối, trả lại",
                 "Căn cứ pháp lý: "):
        document.add_paragraph(line)
    _add_table(document, ("Số ký hiệu", "Trích yếu", "Ngày ban hành", "Cơ quan ban hành"), laws)
    for line in (f"Yêu cầu, điều kiện thực hiện: {conditions}", "Từ khóa: cấp giấy", "Mô tả: Không có thông tin"):
        document.add_paragraph(line)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _add_table(document: docx.document.Document, headings: Sequence[str], rows: Rows) -> None:
    if rows:
        table = document.add_table(rows=0, cols=len(headings))
        for row in (headings, *rows):
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = f"\n{text}"


def test_docx_sheet_tells_what_the_procedure_is(read: Read) -> None:
    procedure = read(a_docx())
    assert (procedure.code, procedure.title, procedure.decision) == ("1.000001", "Cấp giấy", "12/QĐ-BTP")
    assert (procedure.levels, procedure.field) == ((Level.COMMUNE, Level.PROVINCE), "Hộ tịch")
    assert procedure.subjects == ("Công dân Việt Nam", "Cán bộ, công chức")
    assert procedure.steps == ("Bước 1: Nộp hồ sơ.", "Bước 2: Nhận kết quả.")
    assert procedure.executing_agencies == ("Công an Xã",)
    assert procedure.competent_agencies == ("Sở Văn hóa, Thể thao và Du lịch", "Công an Xã")
    assert (procedure.authorized_agencies, procedure.coordinating_agencies) == ((), ())
    assert (procedure.receiving_address, procedure.conditions) == ("Trụ sở xã", "Không")
    assert procedure.results == ("Giấy xác nhận", "Phiếu từ chối, trả lại")
    assert (procedure.keywords, procedure.note, procedure.updated_on) == ("cấp giấy", "", None)


def test_doc_that_is_a_docx_is_read_by_its_content(read: Read) -> None:
    assert read(a_docx(), name="ChiTietTTHC_1.000001.doc").code == "1.000001"


def test_sheet_on_a_decision_of_a_provinces_committee_is_provincial(read: Read) -> None:
    assert read(a_docx(decision="12/QĐ-UBND")).scope is Scope.PROVINCIAL
    assert read(a_docx(decision="12/QĐ-BTP")).scope is Scope.NATIONAL


def test_docx_fees_with_their_kinds_and_notes(read: Read) -> None:
    cell = ("Phí : 10.000 Đồng (theo danh sách: 10.000 đồng/người)\nLệ phí : 15.000 Đồng (hộ gia đình)\n"
            "Phí : Miễn phí Đồng (Trường hợp thuộc diện được miễn phí (theo Điều 4))\nLệ phí : Miễn phí Đồng")
    submission, = read(a_docx(methods=[("Trực tiếp", "03 Ngày làm việc", cell, "Nộp tại xã")])).submissions
    assert (submission.channel, submission.duration) == (SubmissionChannel.IN_PERSON, THREE_DAYS)
    assert submission.description == "Nộp tại xã"
    assert submission.fees == (
        Fee(kind=FeeKind.SERVICE_FEE, amount=Decimal(10000), note="theo danh sách: 10.000 đồng/người"),
        Fee(kind=FeeKind.FEE, amount=Decimal(15000), note="hộ gia đình"),
        Fee(kind=FeeKind.SERVICE_FEE, amount=Decimal(0), is_exemption=True,
            note="Trường hợp thuộc diện được miễn phí (theo Điều 4)"),
        Fee(kind=FeeKind.FEE, amount=None),
    )


@pytest.mark.parametrize(("cell", "amount", "note"), [
    ("Không", Decimal(0), "Không"), ("Không thu phí", Decimal(0), "Không thu phí"),
    ("Theo quy định của tỉnh", None, "Theo quy định của tỉnh"), ("Miễn phí", None, ""),
    ("8.000 - 10.000 đồng", None, "8.000 - 10.000 đồng"), ("8.000 đồng", Decimal(8000), ""),
])
def test_fee_in_an_operators_own_words(read: Read, cell: str, amount: Decimal | None, note: str) -> None:
    submission, = read(a_docx(methods=[("Trực tuyến", "1 ngày", cell, "")])).submissions
    assert submission.fees == (Fee(kind=None, amount=amount, note=note),)


def test_empty_fee_cell_has_no_fee(read: Read) -> None:
    submission, = read(a_docx(methods=[("Dịch vụ bưu chính", "Không xác định", "Không có thông tin", "")])).submissions
    assert (submission.channel, submission.duration, submission.fees) == (SubmissionChannel.POST, None, ())
    assert submission.description == ""


def test_time_in_words_stands_in_the_description(read: Read) -> None:
    submission, = read(a_docx(methods=[("Trực tiếp", "Trong ngày làm việc", "", "Nộp tại xã")])).submissions
    assert submission.duration is None
    assert submission.description == "Thời hạn giải quyết: Trong ngày làm việc\nNộp tại xã"


def test_docx_papers_by_case(read: Read) -> None:
    first, second, third = read(a_docx(cases=[
        ("* Giấy tờ phải nộp:", [("- Tờ khai", "CT01.doc", "Bản chính: 1\nBản sao: 0"),
                                 ("Ví dụ", "", "Bản chính: 0\nBản sao: 0")]),
        ("Bao gồm", [("Lưu ý: chụp rõ nét", "", "Bản chính: 0\nBản sao: 0")]),
        ("Cấp lại", [("Đơn", "Mẫu 1.docx\nMẫu 2.docx", "Bản chính: 2\nBản sao: 1"), ("Ảnh", "", "02 tấm")]),
    ])).cases
    assert (first.name, first.is_note) == ("Giấy tờ phải nộp", False)
    assert first.papers == (Paper(name="Tờ khai", originals=1, copies=0, forms=(Form(name="CT01.doc"),)),
                            Paper(name="Ví dụ"))
    assert (second.name, second.is_note) == (None, True)
    assert third.papers[0].forms == (Form(name="Mẫu 1.docx"), Form(name="Mẫu 2.docx"))
    assert (third.papers[0].originals, third.papers[0].copies) == (2, 1)
    assert third.papers[1] == Paper(name="Ảnh (số lượng: 02 tấm)")


def test_docx_legal_basis_with_date_and_issuer(read: Read) -> None:
    laws = [("68/2020/QH14", "Luật Cư trú", "13-11-2020", "Quốc hội"), ("12/2020/TT-BCA", "Thông tư", "31-02-2020", "")]
    assert read(a_docx(laws=laws)).legal_basis == (
        LegalBasis(code="68/2020/QH14", title="Luật Cư trú", issued_on=date(2020, 11, 13), issuer="Quốc hội"),
        LegalBasis(code="12/2020/TT-BCA", title="Thông tư"))


def test_step_that_begins_like_an_earlier_label_stays_a_step(read: Read) -> None:
    assert "Lĩnh vực: ghi vào đơn." in "".join(read(a_docx(steps="Lĩnh vực: ghi vào đơn.")).steps)


def test_several_paragraphs_of_conditions_stay_together(read: Read) -> None:
    assert read(a_docx(conditions="a) Đủ 18 tuổi;\nb) Có chỗ ở.")).conditions == "a) Đủ 18 tuổi;\nb) Có chỗ ở."


# --- the .pdf sheet --------------------------------------------------------------------------------------------------


HEADINGS = ("TRÌNH TỰ THỰC HIỆN", "THÀNH PHẦN HỒ SƠ", "CÁCH THỨC THỰC HIỆN", "CĂN CỨ PHÁP LÝ", "CƠ QUAN THỰC HIỆN",
            "YÊU CẦU, ĐIỀU KIỆN THỰC HIỆN", "KẾT QUẢ XỬ LÝ", "TỪ KHÓA", "MÔ TẢ")


@dataclass
class PdfSheet:
    """Writes lines at their places as the portal's program does: one text block a line, letters by a font's table.

    Only what the reader looks at is there; no program would show these pages, for the letters have no shapes.
    """

    pages: list[list[str]] = field(default_factory=lambda: [[]])
    letters: dict[str, int] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)
    y: float = 780.0

    def line(self, text: str, *, x: float = 47.0, y: float | None = None, bold: bool = False) -> None:
        self.written.add(text)
        codes = "".join(f"{self.letters.setdefault(letter, len(self.letters) + 1):04x}" for letter in text)
        place = f"1 0 0 1 {x} {self.y if y is None else y} Tm"
        font = "/B" if bold else "/R"
        self.pages[-1].append(f"q 1 0 0 -1 0 842 cm BT {place} {font} 12 Tf [<{codes}> 0] TJ ET Q")

    def down(self, points: float) -> None:
        self.y -= points

    def new_page(self) -> None:
        self.pages.append([])
        self.y = 780.0

    def text(self, lines: Sequence[str], *, bold: bool = False) -> None:
        for text in lines:
            self.line(text, bold=bold)
            self.down(13.8)
        self.down(30)

    def row(self, *cells: tuple[float, str]) -> None:
        """Cells side by side; a line break in a cell is a wrapped line."""
        for x, text in cells:
            for number, line in enumerate(text.split("\n")):
                self.line(line, x=x, y=self.y - 13.8 * number)
        self.down(20 + 13.8 * max(text.count("\n") + 1 for _, text in cells))

    def headings(self, *cells: tuple[float, str]) -> None:
        for x, text in cells:
            self.line(text, x=x, bold=True)
        self.down(33.8)

    def data(self) -> bytes:
        """The file, with the headings that were not written yet: the portal prints all of them."""
        self.new_page()
        self.text([heading for heading in HEADINGS if heading not in self.written], bold=True)
        table = "\n".join(f"<{code:04x}> <{letter.encode('utf-16-be').hex()}>" for letter, code in self.letters.items())
        writer = PdfWriter()
        fonts = {NameObject(f"/{name}"): writer._add_object(_font(f"Times{name}", table)) for name in ("R", "Bold")}
        fonts[NameObject("/B")] = fonts.pop(NameObject("/Bold"))
        for lines in self.pages:
            page = writer.add_blank_page(595, 842)
            page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): DictionaryObject(fonts)})
            content = DecodedStreamObject()
            content.set_data("\n".join(["1 0 0 -1 0 842 cm", *lines]).encode())
            page[NameObject("/Contents")] = ArrayObject([writer._add_object(content)])
        file = io.BytesIO()
        writer.write(file)
        return file.getvalue()


def _font(name: str, table: str) -> DictionaryObject:
    stream = DecodedStreamObject()
    stream.set_data(f"1 beginbfchar\n{table}\nendbfchar".encode())
    return DictionaryObject({NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type0"),
                             NameObject("/BaseFont"): NameObject(f"/{name}"), NameObject("/ToUnicode"): stream})


def a_pdf_beginning(*, code: str = "1.000001", title: str = "Thủ tục cấp giấy") -> PdfSheet:
    sheet = PdfSheet()
    sheet.text(["CHI TIẾT THỦ TỤC HÀNH CHÍNH"], bold=True)
    for label, value in (("Tên thủ tục", title), ("Mã thủ tục", code), ("Số quyết định", "12/QĐ-BTP"),
                         ("Cấp thực hiện", "Xã, Cơ quan khác"), ("Lĩnh vực", "Hộ tịch"),
                         ("Đối tượng thực hiện", "Công dân Việt Nam, Tổ chức \nnước ngoài"),
                         ("Cơ quan có thẩm quyền", "")):
        sheet.line(label, x=57, bold=True)
        sheet.row((210, value))
    return sheet


def a_pdf() -> bytes:
    sheet = a_pdf_beginning()
    sheet.new_page()
    sheet.text(["TRÌNH TỰ THỰC HIỆN"], bold=True)
    sheet.text(["Bước 1: Nộp hồ sơ theo Thông tư số 08/2023/TT-", "BTP tại xã trong giờ làm việc của các ngày trong ",
                "tuần.", "Bước 2: Nhận kết quả."])
    sheet.text(["THÀNH PHẦN HỒ SƠ"], bold=True)
    sheet.line("Trường hợp 1: * Giấy tờ phải nộp ", x=57, bold=True)
    sheet.down(15)
    sheet.line("khi đăng ký:", x=57, bold=True)
    sheet.down(32)
    sheet.headings((145, "Tên giấy tờ"), (334, "Mẫu đơn, tờ khai"), (484, "Số lượng"))
    sheet.row((57, "- Tờ khai theo \nmẫu"), (330, "CT01banhanhkem\ntheo.doc"), (479, "1 bản chính, 1 bản \nsao"))
    sheet.row((57, "Ảnh"), (479, "1 bản sao"))
    sheet.line("Trường hợp 2: ", x=57, bold=True)
    sheet.down(32)
    sheet.headings((145, "Tên giấy tờ"), (334, "Mẫu đơn, tờ khai"), (484, "Số lượng"))
    sheet.row((57, "Ví dụ"), (483, "Không có"))
    sheet.text(["CÁCH THỨC THỰC HIỆN"], bold=True)
    sheet.headings((60, "Hình thức nộp"), (164, "Thời hạn giải "), (276, "Phí, lệ phí"), (440, "Mô tả"))
    sheet.row((57, "Trực tuyến"), (162, "3 ngày làm \nviệc"), (271, "7.000 VNĐ, \n5.000 VNĐ, \nMiễn phí"),
              (363, "Nộp ở Cổng"))
    sheet.row((57, "Trực tiếp"), (162, "Không xác định"), (271, "10 VNĐ"), (363, "Ở nước ngoài: 10 USD/bản"))
    sheet.new_page()
    sheet.text(["CĂN CỨ PHÁP LÝ"], bold=True)
    sheet.headings((173, "Tên văn bản pháp lý"), (450, "Mã văn bản"))
    sheet.row((57, "Luật Hộ tịch"), (440, "60/2014/QH13"))
    sheet.text(["CƠ QUAN THỰC HIỆN"], bold=True)
    sheet.text(["Ủy ban nhân dân xã, phường, Sở Tư pháp"])
    sheet.text(["YÊU CẦU, ĐIỀU KIỆN THỰC HIỆN"], bold=True)
    sheet.text(["KẾT QUẢ XỬ LÝ"], bold=True)
    sheet.text(["Giấy xác nhận", "Mã: KQ.G15.000031"])
    sheet.text(["TỪ KHÓA"], bold=True)
    sheet.text(["MÔ TẢ"], bold=True)
    return sheet.data()


def test_pdf_sheet_tells_what_the_procedure_is(read: Read) -> None:
    procedure = read(a_pdf(), name="chi-tiet.pdf")
    assert (procedure.code, procedure.title, procedure.decision) == ("1.000001", "Cấp giấy", "12/QĐ-BTP")
    assert procedure.levels == (Level.COMMUNE, Level.OTHER)
    assert procedure.subjects == ("Công dân Việt Nam", "Tổ chức nước ngoài")
    assert procedure.executing_agencies == ("Ủy ban nhân dân xã, phường", "Sở Tư pháp")
    assert procedure.legal_basis == (LegalBasis(code="60/2014/QH13", title="Luật Hộ tịch"),)
    assert (procedure.results, procedure.conditions) == (("Giấy xác nhận",), "")


def test_pdf_steps_are_joined_where_lines_were_wrapped(read: Read) -> None:
    assert read(a_pdf(), name="a.pdf").steps == (
        "Bước 1: Nộp hồ sơ theo Thông tư số 08/2023/TT-BTP tại xã trong giờ làm việc của các ngày trong tuần.",
        "Bước 2: Nhận kết quả.")


def test_pdf_fees_and_times(read: Read) -> None:
    online, in_person = read(a_pdf(), name="a.pdf").submissions
    assert (online.channel, online.duration, online.description) == (SubmissionChannel.ONLINE, THREE_DAYS, "Nộp ở Cổng")
    assert online.fees == (Fee(kind=None, amount=Decimal(7000)), Fee(kind=None, amount=Decimal(5000)),
                           Fee(kind=None, amount=None))
    assert in_person.duration is None
    assert in_person.fees == (Fee(kind=None, amount=Decimal(10), currency="USD"),)


def test_pdf_papers_by_case(read: Read) -> None:
    first, second = read(a_pdf(), name="a.pdf").cases
    assert first.name == "Giấy tờ phải nộp khi đăng ký"
    assert first.papers == (
        Paper(name="Tờ khai theo mẫu", originals=1, copies=1, forms=(Form(name="CT01banhanhkemtheo.doc"),)),
        Paper(name="Ảnh", originals=0, copies=1))
    assert (second.name, second.papers) == (None, (Paper(name="Ví dụ"),))


def test_cells_that_a_page_end_cuts_are_put_together(read: Read) -> None:
    """1.000656 and 1.004194: the word goes on at the top of the next page, below it begins the next row."""
    sheet = a_pdf_beginning()
    sheet.text(["THÀNH PHẦN HỒ SƠ"], bold=True)
    sheet.headings((145, "Tên giấy tờ"), (334, "Mẫu đơn, tờ khai"), (484, "Số lượng"))
    sheet.row((57, "Giấy tờ để xác định trong trư"), (479, "1 bản chính"))
    sheet.new_page()
    sheet.row((57, "ờng hợp không có \nthông tin"))
    sheet.row((57, "Đơn"), (479, "2 bản chính"))
    sheet.text(["CÁCH THỨC THỰC HIỆN"], bold=True)
    sheet.row((57, "Trực tiếp"), (162, "1 ngày"), (262, "10.000 VNĐ, 15"), (363, "Nộp ở c"))
    sheet.new_page()
    sheet.row((274, ".000 VNĐ"), (363, "ơ quan công an"))
    procedure = read(sheet.data(), name="a.pdf")
    assert [(paper.name, paper.originals) for paper in procedure.cases[0].papers] == [
        ("Giấy tờ để xác định trong trường hợp không có thông tin", 1), ("Đơn", 2)]
    submission, = procedure.submissions
    assert [fee.amount for fee in submission.fees] == [10000, 15000]
    assert submission.description == "Nộp ở cơ quan công an"


def test_pdf_without_one_of_its_headings_misses_a_page(tmp_path: Path) -> None:
    sheet = a_pdf_beginning()
    sheet.written.add("KẾT QUẢ XỬ LÝ")  # so that it is not added
    path = tmp_path / "thieu-trang.pdf"
    path.write_bytes(sheet.data())
    with pytest.raises(SourceFileError, match="không thấy phần “KẾT QUẢ XỬ LÝ”"):
        read_sheet(path)


def test_pdf_letters_written_apart_are_one_character(read: Read) -> None:
    """1.001699: the portal writes a letter and its marks as separate signs."""
    sheet = a_pdf_beginning(title="Thủ tục xa\u0301c đi\u0323nh mư\u0301c đô\u0323")
    assert read(sheet.data(), name="a.pdf").title == "Xác định mức độ"
