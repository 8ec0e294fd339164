"""An answer is laid out from its parts and its plain text, and nothing of the text is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answering.answer import Answer, Item, Option, Status
from answering.texts import say
from api.presentation import Passage, calls_of, lead_of, link_of, passages_of


def an_answer(text: str, status: Status = Status.ANSWERED, items: tuple[Item, ...] = (),
              options: tuple[Option, ...] = ()) -> Answer:
    return Answer(conversation_id="c", answer_id="a", status=status, items=items, options=options, text=text)


def an_item(title: str = "Đăng ký kết hôn") -> Item:
    return Item(kind="procedure", code="1.000894", title=title, confidence=1)


def test_bullets_become_lists_between_paragraphs() -> None:
    assert list(passages_of("Mang theo:\n• Tờ khai\n• Căn cước\n\nNhớ bản chính.")) == [
        Passage("text", ("Mang theo:",)), Passage("list", ("Tờ khai", "Căn cước")),
        Passage("text", ("Nhớ bản chính.",))]


@given(st.lists(st.text(alphabet="aáđ• ", min_size=1).filter(str.strip)))
def test_no_line_is_lost(lines: list[str]) -> None:
    shown = [line for passage in passages_of("\n".join(lines)) for line in passage.lines]
    assert shown == [line.removeprefix("• ") for line in lines]


def test_warning_before_an_item_is_the_lead() -> None:
    text = f"{say('personal_data')}\n\nĐĂNG KÝ KẾT HÔN\nLệ phí:\nkhông thu"
    assert lead_of(an_answer(text, items=(an_item(),))) == [say("personal_data")]
    assert lead_of(an_answer("ĐĂNG KÝ KẾT HÔN\nLệ phí:\nkhông thu", items=(an_item(),))) == []


def test_lead_of_a_question_back_leaves_the_options_to_the_buttons() -> None:
    options = (Option(code="1.000894", title="Đăng ký kết hôn"),
               Option(code="2.000806", title="Kết hôn với người nước ngoài"))
    text = f"{say('which')}\n\n1. Đăng ký kết hôn\n2. Kết hôn với người nước ngoài"
    assert lead_of(an_answer(text, Status.CLARIFY, options=options)) == [say("which")]


def test_lead_of_small_talk_is_all_of_it() -> None:
    assert lead_of(an_answer("Chào bà con!\n\nHỏi gì ạ?", Status.SMALL_TALK)) == ["Chào bà con!", "Hỏi gì ạ?"]


def test_emergency_offers_the_named_number_first_and_each_once() -> None:
    text = say("emergency", number=114)
    assert calls_of(an_answer(text, Status.EMERGENCY)) == ["114", "113", "115"]
    assert calls_of(an_answer(text, Status.ANSWERED)) == []


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "/thu-tuc/x", "", None])
def test_only_web_addresses_become_links(url: str | None) -> None:
    assert link_of(url) is None
    assert link_of("https://dichvucong.gov.vn/x") == "https://dichvucong.gov.vn/x"
