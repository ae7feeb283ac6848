# SPDX-License-Identifier: Apache-2.0
"""The same station in two languages: what it says to be let in, the meter update it sends, and how it knows that one was kept."""

import json
import time
from datetime import UTC, datetime
from typing import Any, ClassVar, Protocol

import cbor2

from open63110.bindings.link.carriers.websocket_carrier import PATH, SUBPROTOCOL
from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.framing import frames
from open63110.bindings.link.framing.header import Header, Kind, Priority, decode_header, encode_header
from open63110.bindings.link.framing.hello import Hello
from open63110.bindings.link.messages.codec import CODEC
from open63110.kernel.ids import ConnectorNumber, EvseNumber, StationId, TransferReference
from open63110.model.reading import Reading
from open63110.model.station import Identity, StationBooted
from open63110.model.transfer import EnergyTransferStarted, EnergyTransferUpdated

TEXT, BINARY = 1, 2


def samples(at: datetime, seq: int) -> tuple[Reading, ...]:
    """Return ten readings of a session under way, another ten for each number."""
    swing = seq * 7 % 50 / 10
    amperes = 27 + swing
    values: list[tuple[Any, float, str]] = [
        ("energy.import.register", 1e6 + seq * 166.7, ""),
        ("power.import", 690 * amperes, ""),
        ("current.import", amperes, "L1"),
        ("current.import", amperes - 0.2, "L2"),
        ("current.import", amperes + 0.1, "L3"),
        ("voltage", 229 + swing / 10, "L1-N"),
        ("voltage", 230.2, "L2-N"),
        ("voltage", 231 - swing / 10, "L3-N"),
        ("soc", 20 + seq % 800 / 10, ""),
        ("power.offered", 22080.0, ""),
    ]
    return tuple(Reading(at=at, measurand=name, value=round(value, 1), phase=phase) for name, value, phase in values)


class Dialect(Protocol):
    """One station's side of the talk; every method returns messages to send."""

    opcode: int
    path: str
    subprotocol: str

    def greet(self) -> list[bytes]:
        """Return what goes first."""
        ...

    def update(self) -> list[bytes]:
        """Return the next meter update; one is under way at a time."""
        ...

    def heard(self, message: bytes) -> tuple[list[bytes], bool]:
        """Take a message; return what to answer, and whether what was told last has been kept."""
        ...


class Ocpp:
    """OCPP 2.0.1."""

    opcode, subprotocol = TEXT, "ocpp2.0.1"
    NAMES: ClassVar[dict[str, tuple[str, str]]] = {
        "energy.import.register": ("Energy.Active.Import.Register", "Wh"),
        "power.import": ("Power.Active.Import", "W"),
        "current.import": ("Current.Import", "A"),
        "voltage": ("Voltage", "V"),
        "soc": ("SoC", "Percent"),
        "power.offered": ("Power.Offered", "W"),
    }

    def __init__(self, name: str, *, start: bool) -> None:
        self.path = f"/ocpp/{name}"
        self._calls, self._seq, self._reference = 0, 0, f"{name}-{time.time_ns():x}"
        self._begin = [self._boot, *([self._started] if start else [])]

    def greet(self) -> list[bytes]:
        """Boot."""
        return [self._begin.pop(0)()]

    def update(self) -> list[bytes]:
        """Report ten readings."""
        at = datetime.now(UTC)
        sampled = []
        for one in samples(at, self._seq):
            name, unit = self.NAMES[one.measurand]
            phase = {"phase": one.phase} if one.phase else {}
            kind = {"context": "Sample.Periodic", "measurand": name}
            sampled.append({"value": one.value, **kind, **phase, "unitOfMeasure": {"unit": unit}})
        values = [{"timestamp": _stamp(at), "sampledValue": sampled}]
        return [self._event("Updated", "MeterValuePeriodic", "Charging", at, meterValue=values)]

    def heard(self, message: bytes) -> tuple[list[bytes], bool]:
        """Refuse calls; go on with the beginning as long as there is some."""
        frame = json.loads(message)
        if frame[0] == 2:
            return [_json([4, frame[1], "NotSupported", "", {}])], False
        if frame[0] != 3 or frame[1] != str(self._calls):
            raise SystemExit(f"an event was not taken: {message[:300]!r}")
        return ([self._begin.pop(0)()], False) if self._begin else ([], True)

    def _boot(self) -> bytes:
        station = {"model": "Load", "vendorName": "Bench", "serialNumber": "1", "firmwareVersion": "1.0.0"}
        return self._call("BootNotification", {"reason": "PowerUp", "chargingStation": station})

    def _started(self) -> bytes:
        return self._event("Started", "CablePluggedIn", "EVConnected", datetime.now(UTC))

    def _event(self, kind: str, trigger: str, state: str, at: datetime, **more: Any) -> bytes:
        self._seq += 1
        said = {
            "eventType": kind,
            "timestamp": _stamp(at),
            "triggerReason": trigger,
            "seqNo": self._seq - 1,
            "transactionInfo": {"transactionId": self._reference, "chargingState": state},
            "evse": {"id": 1, "connectorId": 1},
        }
        return self._call("TransactionEvent", said | more)

    def _call(self, action: str, payload: dict[str, Any]) -> bytes:
        self._calls += 1
        return _json([2, str(self._calls), action, payload])


class Link:
    """The 63110 link: frames written as its specification says, one message under way."""

    opcode, path, subprotocol = BINARY, PATH, SUBPROTOCOL

    def __init__(self, name: str, *, start: bool) -> None:
        self._station = StationId(name)
        self._ids, self._seq, self._reference = 0, 0, TransferReference(f"{name}-{time.time_ns():x}")
        self._outbox = time.time_ns().to_bytes(8, "big")
        self._starts, self._timed = start, False
        self._boot, self._answered = 0, False

    def greet(self) -> list[bytes]:
        """HELLO."""
        hello = Hello(identity=self._station, outbox=self._outbox, clock=_milliseconds(), uncertainty=1000)
        return [frames.encode(hello)]

    def update(self) -> list[bytes]:
        """Report ten readings."""
        at, self._seq = datetime.now(UTC), self._seq + 1
        said = EnergyTransferUpdated(
            station=self._station,
            at=at,
            reference=self._reference,
            seq=self._seq,
            evse=EvseNumber(1),
            state="charging",
            trigger="MeterValuePeriodic",
            readings=samples(at, self._seq),
        )
        return [self._data(said, Kind.EVENT, Priority.NORMAL)]

    def heard(self, message: bytes) -> tuple[list[bytes], bool]:
        """Confirm answers, refuse requests, answer questions for the time; DELIVERED is what counts."""
        fields = cbor2.loads(message)
        match fields[0]:
            case frames.FrameType.HELLO:
                return [_pong(0, fields[5])], False
            case frames.FrameType.PING:
                return [_pong(fields[1], fields[2])], False
            case frames.FrameType.PONG if not self._timed:
                self._timed = True
                return [self._booted()], False
            case frames.FrameType.DATA:
                return self._told(fields)
            case frames.FrameType.DELIVERED:
                return self._kept(fields[1])
            case frames.FrameType.NACK:
                raise SystemExit(f"a message was not taken: {fields}")
        return [], False

    def _told(self, fields: dict[int, Any]) -> tuple[list[bytes], bool]:
        header = decode_header(fields[5])
        if header.kind is Kind.REPLY:
            self._answered = self._answered or header.reply_to == self._boot
            confirmed = [frames.encode(frames.Delivered(ids=((fields[1], fields[1]),)))]
            return confirmed + self._begun(), self._answered and not self._starts
        return [frames.encode(frames.Nack(id=fields[1], error=ErrorCode.NOT_SUPPORTED))], False

    def _begun(self) -> list[bytes]:
        if not (self._starts and self._answered and self._ids == self._boot):
            return []
        said = EnergyTransferStarted(
            station=self._station,
            at=datetime.now(UTC),
            reference=self._reference,
            seq=0,
            evse=EvseNumber(1),
            connector=ConnectorNumber(1),
            trigger="CablePluggedIn",
        )
        return [self._data(said, Kind.EVENT, Priority.NORMAL)]

    def _kept(self, ids: list[int]) -> tuple[list[bytes], bool]:
        return [], self._ids != self._boot and ids[-2] <= self._ids <= ids[-1]

    def _booted(self) -> bytes:
        identity = Identity(vendor="Bench", model="Load", serial="1", firmware="1.0.0")
        said = StationBooted(station=self._station, at=datetime.now(UTC), identity=identity, reason="PowerUp")
        frame = self._data(said, Kind.REQUEST, Priority.CONTROL)
        self._boot = self._ids
        return frame

    def _data(self, said: Any, kind: Kind, priority: Priority) -> bytes:
        self._ids += 1
        head = encode_header(Header(type=CODEC.number(said), kind=kind, priority=priority))
        body = CODEC.encode(said, station=self._station)
        return frames.encode(frames.Data(id=self._ids, chunk=body, total=len(body), head=head))


def _pong(number: int, sent: int) -> bytes:
    now = _milliseconds()
    return frames.encode(frames.Pong(number=number, sent=sent, heard=now, answered=now, uncertainty=1000))


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _json(frame: list[Any]) -> bytes:
    return json.dumps(frame, separators=(",", ":")).encode()


DIALECTS: dict[str, type[Ocpp | Link]] = {"ocpp": Ocpp, "link": Link}
