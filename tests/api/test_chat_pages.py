"""The pages without a script: the chat as a form, the page of a procedure, errors for people."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from fastapi.testclient import TestClient

from corpus.library import Library
from motcua.wiring import Office
from storage.tables import FeedbackRow

Refused = Callable[[Any, int, str], dict[str, Any]]
PERSON = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


class Page(HTMLParser):
    """The text of a page, its tags, and the values of its fields."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html, self.words = html, ""
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.words += data

    def having(self, tag: str, **attributes: str) -> list[dict[str, str]]:
        return [a for t, a in self.tags if t == tag and attributes.items() <= a.items()]

    @property
    def conversation(self) -> str:
        return self.having("input", name="conversation_id")[0]["value"]


@pytest.fixture
def library(office: Office) -> Library:
    return office.desk.library


@pytest.fixture
def send(client: TestClient) -> Callable[..., Page]:
    """Sends the form, `send(question=…)`; gives the page that comes back."""

    def sent(**fields: str) -> Page:
        response = client.post("/", data=fields, headers=PERSON)
        assert response.status_code == 200, response.text
        return Page(response.text)

    return sent


Send = Callable[..., Page]


def test_start_offers_six_common_procedures_of_different_fields(client: TestClient, library: Library) -> None:
    offered = [button["value"] for button in Page(client.get("/").text).having("button", name="choice")]
    assert len(offered) == 6
    assert offered[0] == "1.001193"
    assert len({library.guides[code].field for code in offered}) >= 3


def test_start_offers_every_commune(client: TestClient, library: Library) -> None:
    page = Page(client.get("/").text)
    assert len(library.places) == 45
    assert all(f"<option>{place.name}</option>" in page.html for place in library.places)


def test_page_is_marked_up_for_screen_readers(client: TestClient) -> None:
    page = Page(client.get("/").text)
    assert page.having("html", lang="vi")
    assert page.having("main")
    assert page.having("div", role="log")
    assert len(page.having("h1")) == 1
    labelled = {label["for"] for label in page.having("label") if "for" in label}
    assert {"question", "commune"} <= labelled


def test_page_has_no_inline_script_or_style(client: TestClient) -> None:
    for path in ("/", "/thu-tuc/1.001193"):
        page = Page(client.get(path).text)
        assert [s for s in page.having("script") if "src" not in s] == []
        assert page.having("style") == []
        assert [a for _, a in page.tags if "style" in a or any(name.startswith("on") for name in a)] == []


def test_question_is_answered_on_the_page(send: Send) -> None:
    page = send(question="làm giấy khai sinh cho con cần giấy tờ gì")
    assert "làm giấy khai sinh cho con cần giấy tờ gì" in page.words
    assert "Giấy chứng sinh" in page.words
    links = [a["href"] for a in page.having("a") if "dichvucong.gov.vn" in a.get("href", "")]
    assert len(links) == 1
    assert re.search(r"Cập nhật \d+/\d+/\d{4}", page.words)


def test_form_goes_on_with_its_conversation(send: Send) -> None:
    first = send(question="làm giấy khai sinh cho con cần giấy tờ gì")
    second = send(question="mất mấy ngày", conversation_id=first.conversation)
    assert second.conversation == first.conversation
    assert "Thời gian giải quyết" in second.words


def test_option_is_a_button_that_answers_under_its_title(send: Send) -> None:
    asked = send(question="đăng ký lại")
    assert "Bà con chọn giúp một việc" in asked.words
    option = asked.having("button", name="choice")[6]  # after the six common procedures
    answered = send(choice=option["value"], question="", conversation_id=asked.conversation)
    assert answered.having("section", **{"class": "item"})
    assert f"Bà con hỏi: {option['value']}" not in answered.words


def test_suggestion_is_a_button_that_asks_on(send: Send) -> None:
    asked = send(question="làm giấy khai sinh cho con cần giấy tờ gì")
    assert asked.having("button", name="choice", value="Lệ phí bao nhiêu?")
    assert "Lệ phí" in send(choice="Lệ phí bao nhiêu?", conversation_id=asked.conversation).words


def test_settings_stay_as_they_were_chosen(send: Send) -> None:
    page = send(question="làm giấy khai sinh cho con", commune="Xã Mường Phăng", audience="team")
    assert "<option selected>Xã Mường Phăng</option>" in page.html
    assert "checked" in page.having("input", name="audience")[0]
    assert "Người khác làm thay" in page.words
    assert page.words.count("Xã Mường Phăng") == 2  # in the select, and in the answer


def test_answer_is_rated_by_its_button(office: Office, send: Send) -> None:
    asked = send(question="đăng ký kết hôn cần gì")
    value = next(b["value"] for b in asked.having("button", name="rating") if b["value"].startswith("down:"))
    page = send(rating=value, conversation_id=asked.conversation)
    kept = office.database.read(lambda session: session.get(FeedbackRow, value.removeprefix("down:")))
    assert kept is not None
    assert kept.rating == "down"
    assert "Cảm ơn bà con" in page.words
    assert page.conversation == asked.conversation


def test_conversation_is_deleted_by_its_button(client: TestClient, send: Send, refused: Refused) -> None:
    asked = send(question="đăng ký kết hôn cần gì")
    page = send(forget="yes", conversation_id=asked.conversation)
    assert "Đã xóa hội thoại" in page.words
    assert page.conversation == ""
    refused(client.delete(f"/v1/conversations/{asked.conversation}"), 404, "unknown_conversation")


@pytest.mark.parametrize("question", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'; alert(1) //",
                                      "{{ 7*7 }}", "</textarea><b>x", "\x00<svg/onload=alert(1)>", "&lt;b&gt;"])
def test_whatever_is_typed_is_shown_as_text(client: TestClient, send: Send, question: str) -> None:
    plain = {tag for tag, _ in Page(client.get("/").text).tags} | {"h2", "h3", "section", "span", "ul", "li"}
    page = send(question=question)
    assert {tag for tag, _ in page.tags} <= plain
    assert page.html.count("<script") == 1
    assert question.replace("\x00", "") in page.words.replace("\x00", "")


@pytest.mark.parametrize("fields", [
    {"question": ""}, {"other": "x"}, {"question": "đ" * 5_000}, {"question": "xin chào", "conversation_id": "a b<>"},
    {"question": "xin chào", "audience": "boss"}, {"choice": "9.999999"}, {"rating": "up:x"}, {"rating": "maybe"},
    {"forget": "yes"}, {"question": "xin chào", "commune": "Xã Không Có"},
])
def test_odd_form_gets_a_page(send: Send, fields: dict[str, str]) -> None:
    assert send(**fields).having("form", id="ask")


@pytest.mark.parametrize(("content", "kind"), [
    (b"question=x", "text/plain"), (b'{"question": "x"}', "application/json"),
    (b"a=1&" * 30, "application/x-www-form-urlencoded"), (b"question=\xff", "application/x-www-form-urlencoded"),
])
def test_what_is_no_form_is_refused_on_a_page(client: TestClient, content: bytes, kind: str) -> None:
    response = client.post("/", content=content, headers={**PERSON, "content-type": kind})
    assert response.status_code == 400
    assert "Bà con mở lại trang đầu" in response.text


def test_form_with_escaped_rubbish_is_served(client: TestClient) -> None:
    headers = {**PERSON, "content-type": "application/x-www-form-urlencoded"}
    assert client.post("/", content=b"question=%ED%A0%80%FF%00khai+sinh", headers=headers).status_code == 200


def test_page_that_did_not_change_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/")
    again = client.get("/", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/", headers={"if-none-match": 'W/"other"'}).status_code == 200


def test_files_are_kept_for_a_year_under_the_name_of_their_content(client: TestClient) -> None:
    page = Page(client.get("/").text)
    address = page.having("script")[0]["src"]
    response = client.get(address)
    assert response.headers["content-type"].startswith("text/javascript")
    assert "immutable" in response.headers["cache-control"]
    old = re.sub(r"/static/\w+/", "/static/0000000000/", address)
    assert "immutable" not in client.get(old).headers["cache-control"]


def test_head_is_answered_without_a_body(client: TestClient) -> None:
    for path in ("/", "/thu-tuc/1.001193", Page(client.get("/").text).having("script")[0]["src"]):
        assert client.head(path).status_code == 200


class TestProcedurePage:
    """GET /thu-tuc/{code}: what somebody prints and takes along."""

    def test_tells_everything_with_source_and_dates(self, client: TestClient, library: Library) -> None:
        page = Page(client.get("/thu-tuc/1.001193").text)
        for heading in ("Giấy tờ cần có", "Lệ phí", "Thời gian giải quyết", "Nơi nộp", "Cách làm", "Nộp qua mạng",
                        "Người khác làm thay", "Chỗ hay sai", "Văn bản quy định"):
            assert heading in page.words
        for case in library.guides["1.001193"].papers:
            assert (case.name or "") in page.words
            assert all(item in page.words for item in case.items)
        assert "Kiểm tra lại ngày" in page.words
        assert (library.procedures["1.001193"].url or "no address") in page.words

    def test_every_procedure_has_a_page_with_its_papers(self, client: TestClient, library: Library) -> None:
        for code in library.procedures:
            response = client.get(f"/thu-tuc/{code}")
            assert response.status_code == 200, code
            assert "Giấy tờ cần có" in response.text, code

    def test_unknown_procedure_is_a_kind_page(self, client: TestClient, refused: Refused) -> None:
        response = client.get("/thu-tuc/9.999999", headers=PERSON)
        assert response.status_code == 404
        assert "Về trang hỏi" in response.text
        refused(client.get("/thu-tuc/9.999999"), 404, "not_found")

    def test_error_of_the_api_is_never_a_page(self, client: TestClient, refused: Refused) -> None:
        refused(client.get("/v1/procedures/9.999999", headers=PERSON), 404, "unknown_procedure")
