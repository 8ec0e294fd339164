"""Files that are spoilt, locked, something else or made to do harm: each gives one clear sentence, quickly."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

import docx
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject

from corpus import sheet_pdf
from corpus.errors import SourceFileError
from corpus.faq_workbook import read_faq_workbook
from corpus.sheet import read_sheet
from corpus.untrusted import MAX_MEMBERS, MAX_PART_BYTES

OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

pytestmark = pytest.mark.timeout(60)


def refusal(path: Path, read: Callable[[Path], object] = read_sheet) -> str:
    """The sentence of the error, which must name the file and say how to mend it."""
    with pytest.raises(SourceFileError) as caught:
        read(path)
    sentence = str(caught.value)
    assert path.name in sentence
    assert "Hãy" in sentence
    assert caught.value.path == path
    return sentence


def a_file(folder: Path, data: bytes, name: str = "to.docx") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def a_zip(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return file.getvalue()


def a_word_zip(body: str, before: str = "") -> bytes:
    document = f'{before}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    return a_zip({"[Content_Types].xml": b"<Types/>",
                  "word/document.xml": f'<?xml version="1.0" encoding="UTF-8"?>{document}'.encode()})


def paragraphs(*lines: str) -> str:
    return "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines)


@cache
def a_sheet() -> bytes:
    document = docx.Document()
    for line in ("Mã thủ tục: 1.000001", "Tên thủ tục: Cấp giấy"):
        document.add_paragraph(line)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def a_pdf(content: bytes = b"", pages: int = 1, password: str = "") -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        page = writer.add_blank_page(595, 842)
        stream = DecodedStreamObject()
        stream.set_data(content)
        page[NameObject("/Contents")] = writer._add_object(stream.flate_encode())
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


# --- not a file that can be read -------------------------------------------------------------------------------------


def test_missing_file_and_folder(tmp_path: Path) -> None:
    assert "không mở được" in refusal(tmp_path / "khong-co.docx")
    assert "không phải là một tệp" in refusal(tmp_path)


def test_empty_file(tmp_path: Path) -> None:
    assert "rỗng" in refusal(a_file(tmp_path, b""))


def test_file_of_300_mb_is_refused_by_its_size_alone(tmp_path: Path) -> None:
    path = tmp_path / "to.pdf"
    with path.open("wb") as file:
        file.write(b"%PDF-1.7")
        file.truncate(300_000_000)
    assert "quá lớn (300,0 MB), chỉ nhận tới 20,0 MB" in refusal(path)
    assert "quá lớn" in refusal(path, read_faq_workbook)


@pytest.mark.parametrize("name", ["to.pdf", "to.docx", "to.doc", "to"])
def test_picture_with_the_ending_of_a_sheet(tmp_path: Path, name: str) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + bytes(99)
    assert "không phải Word (.docx) cũng không phải PDF" in refusal(a_file(tmp_path, picture, name))


def test_workbook_given_as_a_sheet(tmp_path: Path) -> None:
    file = io.BytesIO()
    openpyxl.Workbook().save(file)
    assert "bảng tính Excel" in refusal(a_file(tmp_path, file.getvalue()))


def test_zip_of_anything_else(tmp_path: Path) -> None:
    assert "không phải Word" in refusal(a_file(tmp_path, a_zip({"readme.txt": b"x"})))


def test_another_word_document(tmp_path: Path) -> None:
    assert "không phải tờ chi tiết thủ tục" in refusal(a_file(tmp_path, a_word_zip(paragraphs("Báo cáo"))))


def test_sheet_with_a_code_that_is_none(tmp_path: Path) -> None:
    data = a_word_zip(paragraphs("Mã thủ tục: abc", "Tên thủ tục: Cấp giấy"))
    assert "không dùng được ở: code" in refusal(a_file(tmp_path, data))


def test_old_binary_word_file_is_told_to_be_saved_as_docx(tmp_path: Path) -> None:
    data = OLE + "WordDocument".encode("utf-16-le")
    assert "“Lưu thành” kiểu .docx" in refusal(a_file(tmp_path, data, "to.doc"))


# --- locked and spoilt -----------------------------------------------------------------------------------------------


def test_word_file_with_a_password(tmp_path: Path) -> None:
    assert "mật khẩu" in refusal(a_file(tmp_path, OLE + "EncryptedPackage".encode("utf-16-le")))


def test_zip_with_a_password(tmp_path: Path) -> None:
    data = bytearray(a_sheet())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + flags] |= 1
            at = data.find(signature, at + 4)
    assert "mật khẩu" in refusal(a_file(tmp_path, bytes(data)))


def test_pdf_with_a_password(tmp_path: Path) -> None:
    assert "mật khẩu" in refusal(a_file(tmp_path, a_pdf(b"BT ET", password="bi-mat"), "to.pdf"))


def test_truncated_word_file(tmp_path: Path) -> None:
    assert "bị hỏng hoặc tải chưa xong" in refusal(a_file(tmp_path, a_sheet()[:-2000]))


def test_truncated_pdf(tmp_path: Path) -> None:
    refusal(a_file(tmp_path, a_pdf(b"BT (abc) Tj ET" * 500)[:400], "to.pdf"))


def test_pdf_page_that_breaks_off_is_not_read_as_far_as_it_goes(tmp_path: Path) -> None:
    """pypdf unpacks a spoilt page up to the fault; the papers behind it would be missing without a word."""
    blocks = b"".join(b"q 1 0 0 1 57 %d cm 0 0 m %d 9 l S Q\n" % (number, number * 7919) for number in range(2000))
    head, _, tail = a_pdf(blocks).partition(b"stream\n")
    packed, _, rest = tail.partition(b"\nendstream")
    spoilt = packed[:len(packed) // 2] + b"\xff" * 40 + packed[len(packed) // 2 + 40:]
    path = a_file(tmp_path, head + b"stream\n" + spoilt + b"\nendstream" + rest, "to.pdf")
    assert "bị hỏng" in refusal(path)


def test_xml_that_breaks_off(tmp_path: Path) -> None:
    assert "bị hỏng" in refusal(a_file(tmp_path, a_zip({"word/document.xml": b"<w:document"})))


def test_part_with_a_wrong_checksum(tmp_path: Path) -> None:
    data = bytearray(a_word_zip("<w:p/>"))
    at = data.rfind(b"PK\x01\x02")
    data[at + 16:at + 20] = struct.pack("<I", 1)
    assert "bị hỏng" in refusal(a_file(tmp_path, bytes(data)))


@pytest.mark.parametrize("cut", range(1, 20, 3))
def test_sheet_cut_anywhere_is_refused(tmp_path: Path, cut: int) -> None:
    data = a_sheet()
    refusal(a_file(tmp_path, data[:len(data) * cut // 20]))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["docx", "pdf"]), st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=3),
                                                            st.integers(0, 200)), min_size=1, max_size=6))
def test_spoilt_bytes_give_a_procedure_or_a_clear_error(
        tmp_path: Path, kind: str, spoilt: list[tuple[float, bytes, int]]) -> None:
    data = bytearray(a_sheet() if kind == "docx" else a_pdf(b"BT /F1 12 Tf 1 0 0 1 57 700 Tm <0001> Tj ET"))
    for place, other, length in spoilt:
        at = int(place * len(data))
        data[at:at + length] = other
    with suppress(SourceFileError):  # any other error fails the test
        assert read_sheet(a_file(tmp_path, bytes(data), f"to.{kind}")).code


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_give_a_clear_error(tmp_path: Path, data: bytes) -> None:
    refusal(a_file(tmp_path, data))


# --- made to do harm -------------------------------------------------------------------------------------------------


def test_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    data = a_zip({"word/document.xml": bytes(MAX_PART_BYTES + 1)})
    assert len(data) < 100_000
    assert "bung ra quá lớn" in refusal(a_file(tmp_path, data))


def test_zip_of_many_parts(tmp_path: Path) -> None:
    parts = {f"word/{number}.xml": b"" for number in range(MAX_MEMBERS)}
    assert "bung ra quá lớn" in refusal(a_file(tmp_path, a_zip({"word/document.xml": b"<a/>", **parts})))


def test_zip_that_lies_about_its_size(tmp_path: Path) -> None:
    data = bytearray(a_zip({"word/document.xml": bytes(MAX_PART_BYTES + 1)}))
    for signature, size in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.rfind(signature)
        data[at + size:at + size + 4] = struct.pack("<I", 100)
    assert "bị hỏng" in refusal(a_file(tmp_path, bytes(data)))


@pytest.mark.parametrize("before", [
    '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd">',
    '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>',
])
def test_entities_are_refused(tmp_path: Path, before: str) -> None:
    data = a_word_zip("<w:p><w:r><w:t>Mã thủ tục: &x;&c;</w:t></w:r></w:p>", before)
    assert "khai báo XML nguy hiểm" in refusal(a_file(tmp_path, data))


def test_deeply_nested_xml(tmp_path: Path) -> None:
    depth = 50_000
    assert "bị hỏng" in refusal(a_file(tmp_path, a_word_zip("<w:p>" + "<w:r>" * depth + "</w:r>" * depth + "</w:p>")))


def test_cell_that_claims_a_thousand_million_columns_costs_nothing(tmp_path: Path) -> None:
    cell = f'<w:tc><w:tcPr><w:gridSpan w:val="1000000000"/></w:tcPr>{paragraphs("Hình thức nộp")}</w:tc>'
    lines = paragraphs("Mã thủ tục: 1.000001", "Tên thủ tục: Cấp giấy", "Cách thức thực hiện:")
    data = a_word_zip(f"{lines}<w:tbl><w:tr>{cell}</w:tr></w:tbl>")
    assert read_sheet(a_file(tmp_path, data)).submissions == ()


def test_pdf_without_text_is_told_to_be_a_scan(tmp_path: Path) -> None:
    assert "không có lớp chữ" in refusal(a_file(tmp_path, a_pdf(b"0 0 m 10 10 l S"), "to.pdf"))


@pytest.mark.parametrize("content", [b"BT 1 0 0 1 9 9 Tm (abc)", b"q q Q", b"BT /F9 12 Tf 1 0 0 1 9 9 Tm (a) Tj ET"])
def test_pdf_page_that_ends_too_early_or_lacks_its_font(tmp_path: Path, content: bytes) -> None:
    assert "bị hỏng" in refusal(a_file(tmp_path, a_pdf(content), "to.pdf"))


def test_pdf_of_too_many_pages(tmp_path: Path) -> None:
    assert "101 trang" in refusal(a_file(tmp_path, a_pdf(pages=sheet_pdf.MAX_PAGES + 1), "to.pdf"))


def test_pdf_page_that_unpacks_to_too_much(tmp_path: Path) -> None:
    assert "quá nặng" in refusal(a_file(tmp_path, a_pdf(b" " * (sheet_pdf.MAX_PAGE_BYTES + 1)), "to.pdf"))


def test_pdf_page_of_the_same_stream_a_thousand_times(tmp_path: Path) -> None:
    data = a_pdf(b" " * 100_000)
    start = data.index(b"/Contents ") + len(b"/Contents ")
    reference = data[start:data.index(b"R", start) + 1]
    many = data.replace(b"/Contents " + reference, b"/Contents [" + (reference + b" ") * 1_000 + b"]")
    assert "quá nặng" in refusal(a_file(tmp_path, many, "to.pdf"))


def test_pdf_page_that_unpacks_to_200_mb(tmp_path: Path) -> None:
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1_000_000)) for _ in range(200)) + packer.flush()
    data = a_pdf(b"BT ET").replace(b"/Length", b"/Lengt ", 1)  # the length is found by the end of the stream
    head, _, tail = data.partition(b"stream\n")
    refusal(a_file(tmp_path, head + b"stream\n" + packed + b"\nendstream" + tail.partition(b"endstream")[2], "to.pdf"))


def test_pdf_that_takes_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_pdf, "MAX_SECONDS", -1.0)
    assert "quá nặng" in refusal(a_file(tmp_path, a_pdf(b"BT ET"), "to.pdf"))


@pytest.mark.parametrize("kids", ["[2 0 R]", "[2 0 R 2 0 R]", "[3 0 R]"])
def test_pdf_whose_pages_hold_themselves(tmp_path: Path, kids: str) -> None:
    data = (f"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids{kids}/Count 1>>endobj\n"
            "3 0 obj<</Type/Pages/Kids[2 0 R]/Count 1>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF")
    refusal(a_file(tmp_path, data.encode(), "to.pdf"))
