# SPDX-License-Identifier: Apache-2.0
"""Messages of the 63110 link as they might be said on a working day: for golden vectors, for sizes, and for round trips."""

from __future__ import annotations

import functools
import random
import typing
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Final

import msgspec

from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.messages.record import REQUIRED
from open63110.bindings.link.messages.schema import default_of, inner_of
from open63110.kernel.ids import StationId, SubjectRef
from open63110.model.reading import Reading, SignedReading
from open63110.model.token import Credential

NOON: Final = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
STATION: Final = StationId("DE-HAM-CS0147")

SAID: Final[dict[str, tuple[Any, ...]]] = {
    "reference": ("0b5a9d1e-5e4f-4d8e-9a40-7f9d0ac0c1f2", "c4e2a8d7-91f3-4b1c-8a55-2d60b7ce0f1a"),
    "seq": (3, 17, 240),
    "reduced": (("period",), ("before", "most")),
    "number": (1204, 88120),
    "evse": (1, 2),
    "connector": (1, 2),
    "remote_start": (7, 51234),
    "reservation": (12, 90),
    "detail": ("Preparing", "Charging", "SuspendedEV"),
    "error": ("GroundFailure", "OtherError"),
    "info": ("relay 2 does not open",),
    "vendor_error": ("E-0042",),
    "component": ("Connector", "ElectricalFeed", "SecurityCtrlr"),
    "variable": ("Problem", "Tripped", "ACVoltage"),
    "severity": (2, 4, 6),
    "actual": ("true", "251.3"),
    "code": ("CX001", "InvalidCentralSystemCertificate"),
    "text": ("The residual current device has tripped",),
    "event_id": (1, 5120),
    "cause": (4, 5119),
    "vendor": ("Ecotec",),
    "message": ("SelfTest",),
    "data": ('{"phase":2,"passed":true}',),
    "custom": ("SelfTest",),
    "url": ("wss://csms-b.example/link",),
    "slot": (1, 2),
    "security": (3,),
    "interface": ("Any", "Wireless0"),
    "timeout": (30, 45),
    "identity": ("DE-B-0147",),
    "password": ("Jx3-tR8_qW7zLm2v",),
    "connector_type": ("cCCS2", "sType2"),
    "model": ("Duo 2x22",),
    "serial": ("EC22-004711",),
    "firmware": ("3.14.1-rc2",),
    "iccid": ("8949020000012345678",),
    "imsi": ("262011234567890",),
    "meter_serial": ("1EMH0012345678",),
    "meter_type": ("eHZB",),
    "interval": (300.0, 60.0),
    "language": ("de", "en-GB"),
    "version": (3, 118, "3.15.0"),
    "lacks": (("limits",), ()),
    "via": (("mall-lc",), ("mall-lc", "region-lc")),
    "remote": ("10.2.0.17:51312",),
    "limit": (11_000.0, 4_140.0, 0.0),
    "export": (0.0, 7_400.0),
    "amperes": ((16.0, 16.0, 16.0), (6.5,)),
    "failsafe": (1_380.0, 4_140.0),
    "failsafe_after": (60.0, 300.0),
    "excess": (1_200.0,),
    "site": ("hamburg-7",),
    "zone": ("deck-2",),
    "weights": ({STATION: 2.0},),
    "reasons": ({STATION: "NotSupported"},),
    "ok": ((STATION, StationId("DE-HAM-CS0148")),),
    "failed": ((StationId("DE-HAM-CS0149"),),),
    "unreachable": ((StationId("DE-HAM-CS0150"),),),
    "waiting": ((), (StationId("DE-HAM-CS0151"),), True, False),
    "frame": (b'[2,"7a1","Heartbeat",{}]',),
    "level": (1, 0),
    "modes": (("AC_three_phase",), ("AC_single_phase", "DC")),
    "power": (11_000.0, 4_140.0),
    "e_target": (20_000.0, 40_000.0),
    "p_max": (11_000.0, 22_000.0),
    "order_id": ("2026-117", "2026-118"),
    "binding": (True, False),
    "groups": (("feeder-12",),),
    "numbers": ((7, 8),),
    "display": ("Display",),
    "places": (("EVSE@1",), ("EVSE@1/Power", "Connector@1.1")),
    "admit": (False,),
    "models": (("Duo 2x22",), ("Duo 2x22", "Duo 2x11")),
    "locations": (("http://10.2.0.2:41000/d41d8cd98f00b204e9800998ecf8427e",),),
    "location": ("https://csms.example/firmware/VjJ0.9f2c/0a4db6f05c3c2482.bin",),
    "md5": ("d41d8cd98f00b204e9800998ecf8427e",),
    "retries": (3, 5),
    "report": (True, False),
    "lines": (("local list: Accepted", "transfer 0b5a9d1e"),),
    "variables": (("EVSE@1/Power", "EVSE@2/Temperature"),),
    "ids": ((3, 4),),
    "cleared": ((3,),),
    "amount": (Decimal("4.35"), Decimal("0.10")),
    "psp_reference": ("9914-7713-0042",),
    "superseded": (("vv-1", "vv-2"),),
    "unknown": ((4,),),
    "stay": ((1,),),
    "offsets": ((0.0, 0.1),),
    "values": (("A", "W"), ("EVConnected", "Authorized"), ("229.8", "230.1"), 10),
}
"""What stands in a field; of those that fit its type."""

RARE: Final = frozenset(
    {"error", "info", "vendor_error", "cause", "reservation", "remote_start", "offline", "security", "cleared", "iccid", "imsi"}
    | {
        "export",
        "amperes",
        "weights",
        "failed",
        "unreachable",
        "waiting",
        "lacks",
        "group",
        "emergency",
        "level",
        "excess",
        "reasons",
        "ahead",
        "transfer",
        "differential",
        "removed",
    }
)
"""Fields with a default that most messages leave at it."""

TRIES: Final = 1_000
"""How often something is drawn for a field before nothing else is expected of it."""


class Wallet:
    """Credentials by reference, as a CSMS and its stations know them."""

    def __init__(self) -> None:
        self._values: dict[SubjectRef, Credential] = {}
        for name, kind, value in (
            ("anna", "ISO14443", "04A1B2C3D4E5F6"),
            ("bert", "eMAID", "DEABCC1234567890"),
            ("fleet", "Central", "FLEET-HAMBURG"),
        ):
            self._values[SubjectRef(name)] = Credential(kind=kind, value=value)

    def ref(self, credential: Credential) -> SubjectRef:
        """Return the reference of a credential."""
        known = next((ref for ref, one in self._values.items() if one == credential), None)
        if known is None:
            known = SubjectRef(f"{credential.kind}:{credential.value}")
            self._values[known] = credential
        return known

    def named(self, value: str) -> SubjectRef:
        """Return the reference of a card."""
        return self.ref(Credential(kind="ISO14443", value=value))

    def credential(self, ref: SubjectRef) -> Credential | None:
        """Return the credential of a reference."""
        return self._values.get(ref)


def typical() -> Any:
    """Return the message that stations send most: an update with ten readings of three phases."""
    chance = random.Random(1)  # noqa: S311 - a sample is no secret
    said: dict[str, Any] = {"trigger": "MeterValuePeriodic", "state": "charging", "subject": None, "readings": ten(NOON, 1)}
    return sample("EnergyTransferUpdated", chance, at=NOON, **said)


def sample(name: str, chance: random.Random, *, full: bool = False, **said: Any) -> Any:
    """Return one message.

    Args:
        name: of the registry.
        chance: chooses.
        full: every field says something.
        said: what some fields hold.
    """
    return _made(CODEC.registry.by_name[name].kind, chance, full=full, said=said)


def corpus(count: int = 200, seed: int = 63110) -> list[Any]:
    """Return messages of all use cases, those of a running day more often than others."""
    chance = random.Random(seed)  # noqa: S311 - a sample is no secret
    names = [one.name for one in CODEC.registry.messages]
    often = ["EnergyTransferUpdated"] * 24 + ["ConnectorReported"] * 8 + ["AuthorizeCredential", "AuthorizationAnswer"] * 4
    often += ["EnergyTransferStarted", "EnergyTransferEnded", "MeterValuesReported", "LimitPower", "LimitInForce"] * 5
    said = (names * 9)[: max(count - len(often), len(names))]
    names = said + often[: count - len(said)]
    return [sample(name, chance) for name in names]


def ten(at: datetime, seed: int) -> tuple[Reading, ...]:
    """Return voltage, current and power of three phases, and the register."""
    chance, readings = random.Random(seed), []  # noqa: S311 - a meter is no secret
    for phase in ("L1-N", "L2-N", "L3-N"):
        volts, amperes = round(chance.uniform(225, 236), 1), round(chance.uniform(5.8, 16.2), 2)
        power = round(volts * amperes, 1)
        readings += [
            Reading(at=at, measurand="voltage", value=volts, phase=phase),
            Reading(at=at, measurand="current.import", value=amperes, phase=phase),
            Reading(at=at, measurand="power.import", value=power, phase=phase),
        ]
    register = Reading(at=at, measurand="energy.import.register", value=round(chance.uniform(1e5, 2e7), 1))
    return (*readings, register)


def _made(kind: type[Any], chance: random.Random, *, full: bool, said: dict[str, Any]) -> Any:
    fields, carried, words = msgspec.structs.fields(kind), CODEC.carried(kind), _words(kind)
    at = NOON + timedelta(milliseconds=chance.randrange(86_400_000))
    values: dict[str, Any] = dict(said)
    for field in fields:
        if field.name not in carried or field.name in said:
            continue
        default = default_of(field)
        left = default is not REQUIRED and not full and chance.random() < (0.9 if field.name in RARE else 0.25)
        draw = functools.partial(_value, field.name, field.type, words.get(field.name), chance, at, full=full)
        value = default if left else draw()
        values[field.name] = _other(draw, default, f"{kind.__name__}.{field.name}") if full and value == default else value
    return kind(**values)


def _other(draw: Callable[[], Any], default: Any, where: str) -> Any:
    """Return something else than what a field holds by itself.

    Raises:
        ValueError: nothing else is ever drawn.
    """
    if isinstance(default, bool):
        return not default
    for _ in range(TRIES):
        value = draw()
        if value != default:
            return value
    message = f"nothing but its default {default!r} is drawn for {where}: name something in SAID"
    raise ValueError(message)


def _words(kind: type[Any]) -> dict[str, str]:
    found = CODEC.registry.by_kind.get(kind)
    return (found.part if found is not None else CODEC.registry.parts[kind.__name__]).words


def _value(name: str, hint: Any, words: str | None, chance: random.Random, at: datetime, *, full: bool) -> Any:
    inner, many = inner_of(hint)
    plain: Any = _plain(inner)
    if name == "station":
        return STATION
    if inner is SubjectRef and many:
        return (SubjectRef("anna"), SubjectRef("bert"))
    if inner is SubjectRef:
        return SubjectRef("fleet" if name == "group" else chance.choice(("anna", "bert")))
    if inner is Reading:
        return _readings(chance, at, full=full)
    if isinstance(plain, type) and issubclass(plain, msgspec.Struct):
        one = _made(plain, chance, full=full, said={})
        return tuple(_made(plain, chance, full=full, said={}) for _ in range(chance.randrange(1, 6))) if many else one
    if words is not None:
        table = list(CODEC.registry.words[words])
        if typing.get_origin(plain) is typing.Literal:
            table = [word for word in table if word in typing.get_args(plain)]
        word = chance.choice(table)
        one = plain(word) if isinstance(plain, type) and issubclass(plain, Enum) else word
        return (one,) if many else one
    return _said(name, plain, chance, at, many=many)


def _said(name: str, plain: Any, chance: random.Random, at: datetime, *, many: bool) -> Any:
    if plain is datetime:
        return at if name == "at" else at + timedelta(seconds=chance.randrange(1, 3600))
    wanted: Any = (tuple, dict) if many else plain
    fitting = [one for one in SAID.get(name, ()) if isinstance(one, wanted) and (plain is bool or not isinstance(one, bool))]
    if fitting:
        return chance.choice(fitting)
    return True if plain is bool else {str: "because", int: 1, float: 1.5}.get(plain, ())


def _plain(hint: Any) -> Any:
    while isinstance(hint, typing.NewType):
        hint = hint.__supertype__
    return hint


def _readings(chance: random.Random, at: datetime, *, full: bool) -> tuple[Reading, ...]:
    readings = ten(at, chance.randrange(1000))
    if full:
        signed = SignedReading(data="MTIzNDU2Nzg5MA==", method="ECDSA", encoding="OCMF", public_key="oca:base16:asn1:3059")
        later = at + timedelta(seconds=60)
        return (
            *readings,
            Reading(at=later, measurand="soc", value=63.0, location="EV"),
            Reading(at=later, measurand="other", value=1 / 3, name="Power.Factor", phase="L1"),
            Reading(at=later, measurand="energy.import.register", value=17.25, context="end", signed=signed),
            Reading(at=later - timedelta(hours=1), measurand="temperature", value=-4.5, location="Roof", phase="L7"),
        )
    begin = chance.choice(("periodic", "periodic", "clock", "begin"))
    if begin == "begin":
        return (msgspec.structs.replace(readings[-1], context="begin"),)
    return tuple(msgspec.structs.replace(one, context=begin) for one in readings) if begin == "clock" else readings
