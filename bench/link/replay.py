# SPDX-License-Identifier: Apache-2.0
"""`python -m bench.link.replay link|ocpp …`: many stations in one process, over TLS 1.3 with a certificate each.

It takes the orders of `bench.load` (`run SECONDS RATE` on standard input) and gives its answers, so that both wires are loaded by
the same hand; what it costs itself is not measured.
"""

import argparse
import base64
import os
import selectors
import socket
import ssl
import struct
import sys
import time
from pathlib import Path

import msgspec

from bench.disk import percentile
from bench.link.dialects import DIALECTS, Dialect
from bench.link.papers import Papers
from bench.load import Run, Up

PIECE = 65_536
DRAIN = 30
"""[s] for the last answers."""


class Station:
    """A connection, and one message under way on it."""

    def __init__(self, sock: ssl.SSLSocket, speaks: Dialect) -> None:
        self.sock, self.speaks = sock, speaks
        self.ready = self.lost = False
        self.sent = 0.0
        """When the message under way went out; 0: none is."""
        self._in = bytearray()

    def send(self, messages: list[bytes]) -> None:
        """Send messages; they are short, the socket takes them."""
        if messages:
            self.sock.sendall(b"".join(_framed(self.speaks.opcode, one) for one in messages))

    def tell(self) -> None:
        """Send an update."""
        self.sent = time.monotonic()
        self.send(self.speaks.update())

    def take(self) -> float | None:
        """Read what is there; return how long the message under way took, if it was kept [s]."""
        try:
            while piece := self.sock.recv(PIECE):
                self._in += piece
            self.lost = True
        except ssl.SSLWantReadError:
            pass
        except OSError:
            self.lost = True
        kept = None
        while (message := self._next()) is not None:
            answers, done = self.speaks.heard(message)
            if done and not self.ready:
                self.ready = True
            elif done and self.sent:
                kept, self.sent = time.monotonic() - self.sent, 0.0
            self.send(answers)
        return kept

    def _next(self) -> bytes | None:
        """Return the next message; pings are answered on the way, and what is closed is lost."""
        while len(self._in) >= 2:
            size, at = self._in[1] & 0x7F, 2
            if size == 126:
                size, at = int.from_bytes(self._in[2:4], "big"), 4
            if len(self._in) < at + size:
                return None
            opcode, message = self._in[0] & 0x0F, bytes(self._in[at : at + size])
            del self._in[: at + size]
            if opcode == self.speaks.opcode:
                return message
            if opcode == 9:
                self.sock.sendall(_framed(10, message))
            else:
                self.lost = True
        return None


def _framed(opcode: int, message: bytes) -> bytes:
    """Frame a message as a client; a mask of zeros is a mask."""
    size = len(message)
    head = struct.pack("!BB", 0x80 | opcode, 0x80 | size) if size < 126 else struct.pack("!BBH", 0x80 | opcode, 0xFE, size)
    return head + bytes(4) + message


class Fleet:
    """All stations of this process."""

    def __init__(self, papers: Papers, port: int) -> None:
        self._papers, self._port = papers, port
        self._selector = selectors.DefaultSelector()
        self._selector.register(sys.stdin, selectors.EVENT_READ)
        self.stations: list[Station] = []
        self._times: list[float] = []
        self._retries = 0

    def come(self, names: list[str], dialect: str, *, start: bool) -> Up:
        """Connect one after another; all are served when this returns."""
        began = time.monotonic()
        for name in names:
            self.stations.append(self._connect(name, DIALECTS[dialect](name, start=start)))
            while not self.stations[-1].ready:
                self.serve(5.0)
                if self.stations[-1].lost:
                    raise SystemExit(f"{name} is not served")
        return Up(served=len(names), seconds=time.monotonic() - began, retries=self._retries, refused=0, errors=0, calls=0)

    def run(self, seconds: float, rate: float) -> Run:
        """Send updates for so long, as fast as they are kept or at a rate, and await every confirmation."""
        self._times, began = [], time.monotonic()
        sent = behind = turn = 0
        while (now := time.monotonic()) < began + seconds:
            due = len(self.stations) if not rate else int((now - began) * rate) - sent - behind
            idle = [one for one in self._from(turn) if not one.sent and not one.lost][: max(0, due)]
            for one in idle:
                one.tell()
            sent, turn = sent + len(idle), turn + len(idle)
            behind += max(0, due - len(idle)) if rate else 0
            self.serve(0.001 if rate else 0.1)
        ended = time.monotonic()
        while any(one.sent for one in self.stations) and time.monotonic() < ended + DRAIN:
            self.serve(0.05)
        return self._told(ended - began, time.monotonic() - ended, sent, behind)

    def _from(self, turn: int) -> list[Station]:
        at = turn % len(self.stations)
        return self.stations[at:] + self.stations[:at]

    def _told(self, seconds: float, drained: float, sent: int, behind: int) -> Run:
        times = sorted(1000 * one for one in self._times) or [0.0]
        return Run(
            seconds=seconds,
            drained=drained,
            sent=sent,
            results=len(self._times),
            errors=0,
            unanswered=sent - len(self._times),
            behind=behind,
            lost=sum(one.lost for one in self.stations),
            calls=0,
            p50_ms=percentile(times, 0.5),
            p99_ms=percentile(times, 0.99),
            max_ms=times[-1],
        )

    def serve(self, patience: float) -> bool:
        """Let the stations hear what there is; True when there is an order on standard input."""
        ordered = False
        for key, _ in self._selector.select(patience):
            if key.fileobj is sys.stdin:
                ordered = True
                continue
            station: Station = key.data
            took = station.take()
            if took is not None:
                self._times.append(took)
            if station.lost:
                self._selector.unregister(station.sock)
                station.sock.close()
        return ordered

    def _connect(self, name: str, speaks: Dialect) -> Station:
        context = ssl.create_default_context(cafile=str(self._papers.root))
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(self._papers.certificate(name), self._papers.key(name))
        plain = socket.create_connection(("127.0.0.1", self._port))
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock = context.wrap_socket(plain, server_hostname="127.0.0.1")
        self._upgrade(sock, speaks)
        sock.setblocking(False)
        station = Station(sock, speaks)
        self._selector.register(sock, selectors.EVENT_READ, station)
        station.send(speaks.greet())
        return station

    @staticmethod
    def _upgrade(sock: ssl.SSLSocket, speaks: Dialect) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            f"GET {speaks.path} HTTP/1.1",
            "Host: 127.0.0.1",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Protocol: {speaks.subprotocol}",
        ]
        sock.sendall("\r\n".join([*lines, "", ""]).encode())
        answer = bytearray()
        while not answer.endswith(b"\r\n\r\n"):
            byte = sock.recv(1)
            if not byte:
                break
            answer += byte
        if not answer.startswith(b"HTTP/1.1 101"):
            raise SystemExit(f"not let in: {bytes(answer[:200])!r}")


def main() -> None:
    """Connect, tell, and do as standard input says until it ends."""
    parser = argparse.ArgumentParser(prog="bench.link.replay", description=__doc__)
    parser.add_argument("dialect", choices=sorted(DIALECTS))
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--papers", type=Path, required=True, help="folder with the certificates")
    parser.add_argument("--prefix", required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--start", action="store_true", help="begin a transfer")
    asked = parser.parse_args()
    fleet = Fleet(Papers(asked.papers), asked.port)
    _say(fleet.come([f"{asked.prefix}{number:04}" for number in range(asked.count)], asked.dialect, start=asked.start))
    while True:
        if not fleet.serve(1.0):
            continue
        words = sys.stdin.readline().split()
        if not words:
            return
        _say(fleet.run(float(words[1]), float(words[2])))


def _say(said: Up | Run) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(said) + b"\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
