"""GET /v1/procedures, /v1/procedures/{code} and /v1/faqs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from corpus.guide import Guide
from corpus.library import Library
from corpus.record import Procedure
from motcua.wiring import Office

Refused = Callable[[Any, int, str], dict[str, Any]]


@pytest.fixture
def library(office: Office) -> Library:
    return office.desk.library


def found(client: TestClient, path: str, **query: str | int) -> dict[str, Any]:
    response = client.get(path, params=query)
    assert response.status_code == 200, response.text
    return dict(response.json())


def test_all_procedures_can_be_paged_through(client: TestClient, library: Library) -> None:
    codes: list[str] = []
    while True:
        page = found(client, "/v1/procedures", limit=100, offset=len(codes))
        assert page["total"] == len(library.procedures)
        if not page["items"]:
            break
        codes += [item["code"] for item in page["items"]]
    assert codes == sorted(library.procedures)


@pytest.mark.parametrize("words", ["khai sinh", "KHAI SINH", "khai sinh ", "sinh khai"])
def test_words_find_procedures_by_what_people_call_them(client: TestClient, words: str) -> None:
    page = found(client, "/v1/procedures", q=words)
    assert page["items"][0]["code"] == "1.001193"
    assert page["items"][0]["title"] == "Làm giấy khai sinh cho con"
    assert page["items"][0]["official_title"] == "Đăng ký khai sinh"
    assert 1 < page["total"] < 60


def test_diacritics_do_not_matter(client: TestClient) -> None:
    assert found(client, "/v1/procedures", q="dang ky ket hon") == found(client, "/v1/procedures", q="đăng ký kết hôn")


def test_every_word_must_be_there(client: TestClient, library: Library) -> None:
    both = {i["code"] for i in found(client, "/v1/procedures", q="khai sinh", limit=100)["items"]}
    more = {i["code"] for i in found(client, "/v1/procedures", q="khai sinh lưu động", limit=100)["items"]}
    assert more < both
    assert found(client, "/v1/procedures", q="khai sinh phi thuyền")["items"] == []


def test_beginning_of_a_code_finds_its_procedures(client: TestClient) -> None:
    assert [i["code"] for i in found(client, "/v1/procedures", q="1.001193")["items"]] == ["1.001193"]
    codes = [i["code"] for i in found(client, "/v1/procedures", q="1.0011", limit=100)["items"]]
    assert codes
    assert all(code.startswith("1.0011") for code in codes)


def test_field_narrows_the_list(client: TestClient, library: Library) -> None:
    page = found(client, "/v1/procedures", field="hộ tịch", limit=100)
    assert {item["field"] for item in page["items"]} == {"Hộ tịch"}
    assert page["total"] == sum(p.field == "Hộ tịch" for p in library.procedures.values())


@pytest.mark.parametrize("words", ["!!!", "😀", "\x00", "' OR 1=1", "%"])
def test_words_that_nobody_uses_find_nothing(client: TestClient, words: str) -> None:
    assert found(client, "/v1/procedures", q=words) == {"total": 0, "items": []}


def test_procedure_is_shown_whole(client: TestClient, library: Library) -> None:
    shown = found(client, "/v1/procedures/1.001193")
    assert Procedure.model_validate(shown["record"]) == library.procedures["1.001193"]
    assert Guide.model_validate(shown["guide"]) == library.guides["1.001193"]
    assert shown["url"] == library.procedures["1.001193"].url
    assert shown["title"] == "Làm giấy khai sinh cho con"


@pytest.mark.parametrize("code", ["9.999999", "x", "1.001193 ", "1.001193%00", "%F0%9F%98%80", "%ff", "vneid-la-gi"])
def test_unknown_code_is_not_found(client: TestClient, refused: Refused, code: str) -> None:
    problem = refused(client.get(f"/v1/procedures/{code}"), 404, "unknown_procedure")
    assert "/v1/procedures?q=" in problem["detail"]


def test_faqs_are_found_by_words_and_topic(client: TestClient, library: Library) -> None:
    page = found(client, "/v1/faqs", q="vneid là gì")
    assert page["items"][0]["id"] == "vneid-la-gi"
    assert page["items"][0]["sources"]
    topic = found(client, "/v1/faqs", topic="vneid", limit=100)
    assert topic["total"] == sum(faq.topic == "vneid" for faq in library.faqs.values()) > 0
    assert found(client, "/v1/faqs")["total"] == len(library.faqs)
