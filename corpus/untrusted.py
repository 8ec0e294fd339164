"""Checks on a file that somebody hands in, before any library opens it.

How large it is, what it really is whatever its ending says, what a zip would unpack to, and XML without declarations
that a parser would act on. Reading what the file says is `sheet` and `faq_workbook`. The sentences are for the
operator who holds the file, so they are in Vietnamese and say how to mend it.
"""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING

from defusedxml import DefusedXmlException  # type: ignore[import-untyped, unused-ignore]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped, unused-ignore]

from corpus.errors import SourceFileError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

# The portal's own sheets are 6 to 100 kB; 20 MB leaves room for a workbook with pictures.
MAX_FILE_BYTES = 20_000_000
MAX_UNPACKED_BYTES = 60_000_000
# A parsed part takes about ten times its size in memory.
MAX_PART_BYTES = 15_000_000
MAX_MEMBERS = 2_000

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")


class FileKind(Enum):
    """What a file is by its content."""

    DOCX = auto()
    XLSX = auto()
    PDF = auto()
    OTHER_ZIP = auto()
    OLD_OFFICE = auto()
    LOCKED_OFFICE = auto()
    OTHER = auto()


def read_bounded(path: Path) -> bytes:
    """The bytes of an uploaded file. Raises `SourceFileError` where it is missing, empty or larger than allowed."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise SourceFileError(path, "đây không phải là một tệp. Hãy chọn đúng tệp cần nhập.")
        _refuse_large(path, status.st_size)
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        problem = f"không mở được tệp ({error.strerror}). Hãy kiểm tra tên tệp và quyền đọc."
        raise SourceFileError(path, problem) from error
    _refuse_large(path, len(data))
    if not data:
        raise SourceFileError(path, "tệp rỗng (0 byte). Hãy tải lại tệp từ Cổng Dịch vụ công rồi nhập lại.")
    return data


def _refuse_large(path: Path, size: int) -> None:
    if size > MAX_FILE_BYTES:
        raise SourceFileError(path, f"tệp quá lớn ({_mb(size)}), chỉ nhận tới {_mb(MAX_FILE_BYTES)}. "
                                    "Hãy bỏ ảnh và phần đính kèm, hoặc tải lại tệp gốc từ Cổng Dịch vụ công.")


def _mb(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB".replace(".", ",")


def file_kind(data: bytes) -> FileKind:
    """What the bytes are, told by their beginning and by the parts of a zip; never raises."""
    if data.startswith(_OLE):
        return FileKind.LOCKED_OFFICE if "EncryptedPackage".encode("utf-16-le") in data else FileKind.OLD_OFFICE
    if b"%PDF-" in data[:1024]:
        return FileKind.PDF
    if not data.startswith(b"PK"):
        return FileKind.OTHER
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = {name.lower() for name in package.namelist()[:MAX_MEMBERS]}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        # A truncated package has lost its list of parts, which stands at the end; the caller finds out on opening.
        return FileKind.XLSX if b"xl/" in data and b"word/" not in data else FileKind.DOCX
    if "word/document.xml" in names:
        return FileKind.DOCX
    return FileKind.XLSX if "xl/workbook.xml" in names else FileKind.OTHER_ZIP


def open_package(path: Path, data: bytes) -> zipfile.ZipFile:
    """The zip of an Office file, checked against what it claims to unpack to.

    A lying claim is no way around: `zipfile` stops reading a part at its claimed size and then misses the checksum.
    """
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise damaged(path) from error
    parts = package.infolist()
    if any(part.flag_bits & 0x1 for part in parts):
        raise locked(path)
    total, largest = sum(part.file_size for part in parts), max((part.file_size for part in parts), default=0)
    if len(parts) > MAX_MEMBERS or total > MAX_UNPACKED_BYTES or largest > MAX_PART_BYTES:
        raise SourceFileError(path, f"tệp bung ra quá lớn ({len(parts)} phần, {_mb(total)}) nên không được mở, đề "
                                    "phòng tệp cố ý làm nghẽn máy. Hãy tải lại tệp gốc từ Cổng Dịch vụ công.")
    return package


def read_part(path: Path, package: zipfile.ZipFile, name: str) -> bytes:
    """One part of a checked package."""
    try:
        return package.read(name)
    except (KeyError, ValueError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError) as error:
        raise damaged(path) from error


def parse_xml(path: Path, data: bytes) -> Element:
    """The root of a part's XML. A document type, and with it every entity, is refused: Office files have none."""
    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except DefusedXmlException as error:
        raise SourceFileError(path, "tệp chứa khai báo XML nguy hiểm (DTD) mà Word và Excel không bao giờ ghi ra, nên "
                                    "không được mở. Hãy tải lại tệp gốc từ Cổng Dịch vụ công.") from error
    except (SyntaxError, ValueError, LookupError) as error:  # a ParseError is a SyntaxError; LookupError: encoding
        raise damaged(path) from error
    return root


def damaged(path: Path) -> SourceFileError:
    """The error for a file that is cut off or spoilt."""
    return SourceFileError(path, "tệp bị hỏng hoặc tải chưa xong nên không đọc được. Hãy tải lại tệp rồi nhập lại.")


def locked(path: Path) -> SourceFileError:
    """The error for a file that a password protects."""
    return SourceFileError(path, "tệp có đặt mật khẩu nên không đọc được. Hãy mở tệp, lưu một bản không có mật khẩu "
                                 "rồi nhập bản đó.")
