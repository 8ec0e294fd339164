"""How the service is watched, and what every response carries."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from api.app import create_app
from motcua.wiring import Office

Ask = Callable[..., dict[str, Any]]
Refused = Callable[[Any, int, str], dict[str, Any]]


def figures(client: TestClient) -> dict[tuple[str, ...], float]:
    response = client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain")
    return {(sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(response.text) for sample in family.samples}


def test_health_is_the_process_only(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_ready_names_the_snapshot(client: TestClient, office: Office) -> None:
    assert client.get("/readyz").json() == {"status": "ready", "snapshot": office.desk.snapshot_id}


def test_not_ready_is_unavailable_while_health_is_well(office: Office, refused: Refused) -> None:
    with TestClient(create_app(office.desk, office.feedback, ready=lambda: False)) as client:
        refused(client.get("/readyz"), 503, "not_ready")
        assert client.get("/healthz").status_code == 200


def test_questions_are_counted_by_outcome_and_timed(client: TestClient, ask: Ask) -> None:
    name = ("motcua_questions_total", "http", "found", "answered")
    before = figures(client)
    ask("làm giấy khai sinh cho con cần giấy tờ gì")
    after = figures(client)
    known = next(key for key in after if key[0] == name[0] and set(key) == set(name))
    assert after[known] == before.get(known, 0) + 1
    assert after[("motcua_answer_seconds_count",)] == before[("motcua_answer_seconds_count",)] + 1


def test_ratings_are_counted_once_kept(client: TestClient, ask: Ask) -> None:
    before = figures(client)[("motcua_feedback_total", "up")]
    client.post("/v1/feedback", json={"answer_id": ask("xin chào")["answer_id"], "rating": "up"})
    client.post("/v1/feedback", json={"answer_id": "nobody", "rating": "up"})
    assert figures(client)[("motcua_feedback_total", "up")] == before + 1


def test_metrics_tell_the_snapshot_and_hold_no_words(client: TestClient, office: Office, ask: Ask) -> None:
    ask("khai sinh cho cháu Zơ")
    held = figures(client)
    assert held[("motcua_snapshot_info", office.desk.snapshot_id)] == 1
    assert held[("motcua_corpus", "procedures")] == len(office.desk.library.procedures)
    assert "motcua_dropped_blocks_total" in {key[0] for key in held}
    assert "Zơ" not in client.get("/metrics").text


def test_two_applications_count_for_themselves(office: Office) -> None:
    with (TestClient(create_app(office.desk, office.feedback)) as one,
          TestClient(create_app(office.desk, office.feedback)) as two):
        one.post("/v1/ask", json={"question": "xin chào"})
        assert figures(one)[("motcua_answer_seconds_count",)] == 1
        assert figures(two)[("motcua_answer_seconds_count",)] == 0


@pytest.mark.parametrize("path", ["/", "/thu-tuc/1.001193", "/healthz", "/v1/procedures", "/nothing", "/openapi.json"])
def test_every_response_carries_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in headers


def test_answers_are_kept_by_no_cache(client: TestClient) -> None:
    assert client.post("/v1/ask", json={"question": "xin chào"}).headers["cache-control"] == "no-store"
    assert client.post("/", data={"question": "xin chào"}).headers["cache-control"] == "no-store"


def test_responses_are_compressed_where_the_client_can_read_it(client: TestClient) -> None:
    with client.stream("GET", "/v1/procedures", headers={"accept-encoding": "gzip"}) as response:
        packed = b"".join(response.iter_raw())
    plain = client.get("/v1/procedures", headers={"accept-encoding": "identity"}).content
    assert gzip.decompress(packed) == plain
    assert len(packed) < len(plain) / 3
