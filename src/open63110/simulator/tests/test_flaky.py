# SPDX-License-Identifier: Apache-2.0
"""Sockets that are slow, or dead without a word."""

import asyncio
from typing import Any

from open63110.simulator.flaky import Flaky


class Ends:
    """Both ends: the conversation and the socket."""

    subprotocol, remote, pending, last_heard, certificate = "ocpp2.1", ("127.0.0.1", 1), 0, 0.0, None

    def __init__(self) -> None:
        self.heard: list[Any] = []
        self.flaky = Flaky(self)
        self.flaky.opened(self)

    def opened(self, socket: Any) -> None:
        self.seen = socket

    def received(self, message: bytes, binary: bool) -> None:
        self.heard.append(("received", message))

    def closed(self, code: int, reason: str) -> None:
        self.heard.append(("closed", code))

    def send(self, data: bytes) -> None:
        self.heard.append(("sent", data))

    def send_binary(self, data: bytes) -> None:
        self.heard.append(("binary", data))

    def close(self, code: int = 1000, reason: str = "") -> None:
        self.heard.append(("close", code))

    def abort(self) -> None:
        self.heard.append("abort")


async def test_a_good_one_passes_everything_on_at_once() -> None:
    ends = Ends()
    ends.seen.send(b"1")
    ends.flaky.received(b"2", False)
    ends.seen.send_binary(b"3")
    ends.seen.close(1000)
    assert ends.heard == [("sent", b"1"), ("received", b"2"), ("binary", b"3"), ("close", 1000)]
    assert (ends.seen.subprotocol, ends.seen.remote) == ("ocpp2.1", ("127.0.0.1", 1))
    assert (ends.seen.pending, ends.seen.last_heard, ends.seen.certificate) == (0, 0.0, None)


async def test_a_slow_one_keeps_the_order_also_when_it_gets_fast_again() -> None:
    ends = Ends()
    ends.flaky.slow = 0.02
    ends.seen.send(b"1")
    ends.seen.send(b"2")
    assert ends.heard == []
    ends.flaky.slow = 0.0
    ends.seen.send(b"3")
    await asyncio.sleep(0.05)
    assert ends.heard == [("sent", b"1"), ("sent", b"2"), ("sent", b"3")]
    ends.seen.send(b"4")
    assert ends.heard[-1] == ("sent", b"4")


async def test_a_dead_one_lets_nothing_through_until_it_is_known() -> None:
    ends = Ends()
    ends.flaky.slow = 0.001
    ends.seen.send(b"0")
    ends.flaky.dead = True
    ends.seen.send(b"1")
    ends.flaky.received(b"2", False)
    await asyncio.sleep(0.01)
    assert ends.heard == []
    ends.seen.close(1000)
    assert ends.heard == ["abort"], "there is nobody to shake hands with"
    ends.flaky.closed(1006, "")
    assert ends.heard[-1] == ("closed", 1006)


async def test_what_comes_after_the_end_goes_nowhere() -> None:
    ends = Ends()
    ends.flaky.closed(1001, "gone")
    ends.seen.send(b"1")
    assert ends.heard == [("closed", 1001)]
