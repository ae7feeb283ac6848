# SPDX-License-Identifier: Apache-2.0
"""The opening handshake without I/O."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from open63110.wire.ports import Decline
from open63110.wire.tests.ground import KEY, request
from open63110.wire.upgrade import Turned, accept_key, read, refusal, switching

LIMIT = 4_096


def status(head: bytes, limit: int = LIMIT) -> int:
    with pytest.raises(Turned) as turned:
        read(head, limit)
    return turned.value.answer.status


@given(cut=st.integers(0, len(request()) - 1))
def test_every_beginning_of_a_request_is_waited_for(cut: int) -> None:
    assert read(request()[:cut], LIMIT) is None


@given(data=st.binary(max_size=300))
def test_any_bytes_are_a_request_a_refusal_or_not_yet_complete(data: bytes) -> None:
    for head in (data, b"GET / HTTP/1.1\r\n" + data, b"GET " + data + b"\r\n\r\n"):
        with suppress(Turned):
            found = read(head, 200)
            assert found is None or found.size <= 200


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("/", "/", ""),
        ("/ocpp//CS%2F1/", "/ocpp//CS%2F1/", ""),
        ("/a?b=c?d", "/a", "b=c?d"),
        ("http://csms.example:80/a/b?c", "/a/b", "c"),
        ("ws://csms.example", "/", ""),
    ],
)
def test_path_and_query_are_handed_on_raw(target: str, path: str, query: str) -> None:
    found = read(request(target=target), LIMIT)
    assert found is not None
    assert (found.path, found.query) == (path, query)


def test_headers_are_lower_case_trimmed_and_joined() -> None:
    found = read(request("X-A:  one\t", "x-a: two", "X-Empty:"), LIMIT)
    assert found is not None
    assert (found.headers["x-a"], found.headers["x-empty"]) == ("one, two", "")


def test_what_stands_behind_the_request_is_not_its_own() -> None:
    found = read(request() + b"frames", LIMIT)
    assert found is not None
    assert found.size == len(request())


@pytest.mark.parametrize("connection", ["upgrade", "keep-alive, Upgrade", "UPGRADE"])
@pytest.mark.parametrize("upgrade", ["websocket", "WebSocket", "h2c, websocket"])
def test_upgrade_is_a_list_and_has_no_case(connection: str, upgrade: str) -> None:
    head = request().replace(b"Connection: Upgrade", f"Connection: {connection}".encode())
    assert read(head.replace(b"Upgrade: websocket", f"Upgrade: {upgrade}".encode()), LIMIT) is not None


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"GET /", b"PUT /", 405),
        (b"GET / HTTP", b"GET  / HTTP", 400),
        (b"GET / HTTP", b"GET /\x00 HTTP", 400),
        (b"HTTP/1.1", b"HTTP/1.0", 505),
        (b"HTTP/1.1", b"HTTP/1.1 x", 400),
        (b"Host: x", b"Host x", 400),
        (b"Host: x", b" Host: x", 400),
        (b"Host: x", b"Host : x", 400),
        (b"Host: x", b"Host: x\x00y", 400),
        (b"Host: x", b"Host: x\ry", 400),
        (b"Host: x", b"Host: x\r\nHost: y", 400),
        (b"Host: x", b"X: y", 400),
        (b"Host: x", b"Host: x\r\nAuthorization: a\r\nauthorization: b", 400),
        (b"Host: x", b"Host: x\r\nContent-Length: 5", 400),
        (b"Host: x", b"Host: x\r\nTransfer-Encoding: chunked", 400),
        (b"Host: x", b"Host: x\r\n" + b"A: b\r\n" * 200 + b"C: d", 431),
        (b"Upgrade: websocket", b"Upgrade: h2c", 426),
        (b"Connection: Upgrade", b"Connection: close", 426),
        (b"Version: 13", b"Version: 8", 426),
        (KEY.encode(), b"", 400),
        (KEY.encode(), b"c2hvcnQ=", 400),
        (KEY.encode(), b"!" * 24, 400),
        (KEY.encode(), b"\xff" * 24, 400),
    ],
)
def test_a_request_that_breaks_a_rule_gets_its_status(old: bytes, new: bytes, expected: int) -> None:
    assert status(request().replace(old, new, 1)) == expected


def test_a_wrong_version_is_told_the_right_one() -> None:
    with pytest.raises(Turned) as turned:
        read(request().replace(b"Version: 13", b"Version: 8"), LIMIT)
    assert ("Sec-WebSocket-Version", "13") in turned.value.answer.headers


def test_the_head_has_an_exact_bound() -> None:
    whole = request()
    assert read(whole, len(whole)) is not None
    assert status(whole, len(whole) - 1) == 431
    assert status(b"GET /" + b"x" * 100, 50) == 431


@pytest.mark.parametrize("start", [b"\x16\x03\x01", b"P", b"GEX", b"GET/"])
def test_what_cannot_become_a_get_is_not_waited_for(start: bytes) -> None:
    assert status(start) in {400, 405}


def test_the_proof_is_that_of_the_standard() -> None:
    assert accept_key(KEY) == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="  # RFC 6455, 1.3
    assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nX: y\r\n\r\n" in switching(KEY, [("X", "y")])


def test_a_refusal_cannot_be_split_by_what_it_repeats() -> None:
    written = refusal(Decline(status=400, reason="é", headers=(("X-Why", "a\r\nSet-Cookie: b"),)))
    head, _, body = written.partition(b"\r\n\r\n")
    assert b"\r\nSet-Cookie" not in head
    assert b"Content-Length: 3\r\n" in head
    assert body == "é\n".encode()
