# SPDX-License-Identifier: Apache-2.0
"""A request has its measure, announced or not, and faults of ours are told as such."""

from collections.abc import AsyncIterator

import pytest

from open63110.bindings.web.limit import MOST_BODY
from open63110.bindings.web.tests.ground import CS, Ground
from open63110.kernel.roles import Role


async def pieces(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b" " * 65_536


async def test_a_body_that_does_not_announce_its_length_is_stopped_at_the_same_measure(ground: Ground) -> None:
    client = await ground.as_(Role.OPERATOR)
    answer = await client.post("/api/v1/tokens/put", content=pieces(MOST_BODY // 65_536 + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "TooLarge")


async def test_a_body_within_the_measure_is_read_whole(ground: Ground) -> None:
    await ground.station()
    client = await ground.as_(Role.OPERATOR)

    async def body() -> AsyncIterator[bytes]:
        async for piece in pieces(10):
            yield piece
        yield b'{"mode": "immediate"}'

    answer = await client.post(f"/api/v1/stations/{CS}/reboot", content=body())
    assert answer.status_code == 200


async def test_a_fault_of_ours_is_logged_and_told_without_its_insides(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    client = await ground.as_(Role.VIEWER)
    monkeypatch.setattr(ground.app.state.door.queries, "stations", lambda *_: 1 / 0)
    client._transport.raise_app_exceptions = False  # type: ignore[attr-defined] # of the ASGI transport
    answer = await client.get("/api/v1/stations")
    assert answer.status_code == 500
    assert "division" not in answer.text
    assert "Traceback" not in answer.text


async def test_only_http_comes_through_the_door(ground: Ground) -> None:
    sent: list[object] = []

    async def receive() -> dict[str, object]:
        return {"type": "websocket.connect"}

    async def send(message: object) -> None:
        sent.append(message)

    scope = {"type": "websocket", "path": "/", "headers": [], "query_string": b"", "app": ground.app}
    await ground.app(scope, receive, send)
    assert sent == [{"type": "websocket.close", "code": 1000, "reason": ""}]
