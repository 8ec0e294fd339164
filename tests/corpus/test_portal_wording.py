"""The clerks' decorations go, their words stay."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.portal_wording import (
    case_name,
    distinct,
    document_number,
    filled_in,
    paper_name,
    read_case,
    read_steps,
    split_names,
)
from corpus.record import Paper
from corpus.wording import nfc


@pytest.mark.parametrize(("text", "name"), [
    ("- Giấy chứng sinh;", "Giấy chứng sinh;"),
    ("+ Bản sao\n giấy tờ", "Bản sao giấy tờ"),
    ("*) Tờ khai", "Tờ khai"),
    ("\uf02d Đơn đề nghị", "Đơn đề nghị"),
    ("- - Đơn", "Đơn"),
    ("01 bộ hồ sơ", "01 bộ hồ sơ"),
    ("(1) Tờ khai", "(1) Tờ khai"),
    ("****", ""),
])
def test_paper_name_loses_its_bullet(text: str, name: str) -> None:
    assert paper_name(text) == name


@pytest.mark.parametrize(("text", "name"), [
    ("* Giấy tờ phải nộp:", "Giấy tờ phải nộp"),
    (" Đối với trường hợp xác định lại", "Đối với trường hợp xác định lại"),
    ("", None), ("Thành phần hồ sơ:", None), ("a) Thành phần hồ sơ:", None), ("1) Thành phần hồ sơ, bao gồm:", None),
    ("Bao gồm", None), ("Hồ sơ gồm:", None),
    ("Hồ sơ năng lực", "Hồ sơ năng lực"), ("a) Đối với cấp mới", "a) Đối với cấp mới"),
    ("Số lượng hồ sơ: 01 bộ.", "Số lượng hồ sơ: 01 bộ."),
])
def test_case_name_is_none_where_it_says_nothing(text: str, name: str | None) -> None:
    assert case_name(text) == name


def test_case_of_remarks_is_told_by_its_name() -> None:
    case = read_case("* Lưu ý :", [Paper(name="Người tiếp nhận đối chiếu bản chính", originals=1)])
    assert case is not None
    assert (case.name, case.is_note) == ("Lưu ý", True)


def test_nameless_case_of_remarks_is_told_by_its_papers() -> None:
    remark = read_case("", [Paper(name="Lưu ý: không yêu cầu Giấy khai sinh")])
    paper = read_case("", [Paper(name="Lưu ý: nộp 01 bản", originals=1)])
    assert remark is not None
    assert paper is not None
    assert (remark.is_note, paper.is_note) == (True, False)


def test_paper_without_name_and_case_without_anything_are_left_out() -> None:
    case = read_case("Cấp mới", [Paper(name="", originals=1), Paper(name="Đơn")])
    assert case is not None
    assert [paper.name for paper in case.papers] == ["Đơn"]
    assert read_case("", [Paper(name="", originals=1)]) is None


def test_steps_are_parted_at_their_numbers() -> None:
    text = "Bước 1: Nộp hồ sơ.\n Bước 2: Kiểm tra:\n- Đủ thì nhận.\n- Thiếu thì trả.\nBước 3. Nhận kết quả."
    assert read_steps([text]) == ("Bước 1: Nộp hồ sơ.", "Bước 2: Kiểm tra:\n- Đủ thì nhận.\n- Thiếu thì trả.",
                                  "Bước 3. Nhận kết quả.")


def test_words_before_the_first_step_stay() -> None:
    assert read_steps(["Trường hợp cấp lại:\n- Bước 1: Nộp.\n- Bước 2: Nhận."]) == (
        "Trường hợp cấp lại:", "Bước 1: Nộp.", "Bước 2: Nhận.")


def test_unnumbered_text_is_parted_at_the_outermost_bullet() -> None:
    assert read_steps(["- Nộp trực tiếp.\n(i) Đủ thì nhận;\n+ Thiếu thì bổ sung;\n- Ký, trả kết quả."]) == (
        "Nộp trực tiếp.\n(i) Đủ thì nhận;\n+ Thiếu thì bổ sung;", "Ký, trả kết quả.")


def test_several_entries_are_steps_as_they_are() -> None:
    assert read_steps(["Nộp hồ sơ\n- trực tiếp\n- trực tuyến", "", "Nhận kết quả"]) == (
        "Nộp hồ sơ\n- trực tiếp\n- trực tuyến", "Nhận kết quả")


@given(st.lists(st.text(alphabet=st.sampled_from("aăđộ1 \n\t-+*():.Bước")), max_size=4))
def test_parting_steps_loses_no_word(blocks: list[str]) -> None:
    assert re.findall(r"\w+", " ".join(read_steps(blocks))) == re.findall(r"\w+", nfc(" ".join(blocks)))


@given(st.text())
def test_no_text_raises(text: str) -> None:
    read_steps([text])
    read_case(text, [Paper(name=paper_name(text))])
    document_number(text)
    split_names(text)


@pytest.mark.parametrize(("text", "number"), [
    ("53/2025/TT-BCA", "53/2025/TT-BCA"),
    ("Luật số 32/2024/QH15", "32/2024/QH15"),
    ("Pháp lệnh số: 02/2020/UBTVQH14", "02/2020/UBTVQH14"),
    ("59/2023/TT- BTC", "59/2023/TT-BTC"),
    ("Nghị quyết số 66.7/2025/NQ-CP", "66.7/2025/NQ-CP"),
    ("94/2025/QH15 ngày 27/6/2025", "94/2025/QH15 ngày 27/6/2025"),
    ("Điều 9 Nghị định số 180/2026/NĐ-CP", "Điều 9 Nghị định số 180/2026/NĐ-CP"),
    ("BỘ LUẬT HÀNG HẢI VIỆT NAM", "BỘ LUẬT HÀNG HẢI VIỆT NAM"),
])
def test_number_of_a_document(text: str, number: str) -> None:
    assert document_number(text) == number


@pytest.mark.parametrize(("text", "names"), [
    ("Công dân Việt Nam, Tổ chức (không bao gồm doanh nghiệp, HTX), Hợp tác xã",
     ("Công dân Việt Nam", "Tổ chức (không bao gồm doanh nghiệp, HTX)", "Hợp tác xã")),
    ("Cán bộ, công chức, viên chức", ("Cán bộ, công chức, viên chức",)),
    ("Cục A, Cục Đường bộ, Cục A", ("Cục A", "Cục Đường bộ")),
    ("Không có thông tin", ()),
    ("", ()),
])
def test_names_in_one_line(text: str, names: tuple[str, ...]) -> None:
    assert split_names(text) == names


def test_empty_field_of_the_portal_is_empty() -> None:
    assert filled_in("Không có thông tin.") == ""
    assert filled_in("Không") == "Không"


def test_repeated_and_empty_names_go() -> None:
    assert distinct(["Sở Y tế", "", "Sở  Y tế", "Sở Nội vụ"]) == ("Sở Y tế", "Sở Nội vụ")
