# SPDX-License-Identifier: Apache-2.0
"""What is shown: everything by name, credentials masked for viewers, secrets for nobody."""

import typing
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from tests.literal import T0

from open63110.bindings.web.openapi import shown_type
from open63110.bindings.web.shapes import HIDDEN, MASK, Seer, fields_of, masked, show
from open63110.kernel.ids import ConnectorNumber, EvseNumber, PrincipalId, SessionNumber, StationId, SubjectRef
from open63110.kernel.roles import Role
from open63110.kernel.units import WattHours
from open63110.model.principal import Principal, PrincipalChanged
from open63110.model.quarantine import QuarantinedInput
from open63110.model.sdr import Sdr, Service
from open63110.model.station import Connector, Evse, LocalAuthorization, Station
from open63110.model.token import Credential, Token
from open63110.ports import KEPT
from open63110.runtime.table import event_types

CS = StationId("CS-1")


class Subjects:
    """One credential is known."""

    def ref(self, credential: Credential) -> SubjectRef:
        return SubjectRef("s1")

    def credential(self, ref: SubjectRef) -> Credential | None:
        return Credential(kind="ISO14443", value="04A2B3C4D5") if ref == "s1" else None


CLEAR, MASKED = Seer(Subjects(), True), Seer(Subjects(), False)


def sdr(subject: str | None = "s1") -> Sdr:
    ref = SubjectRef(subject) if subject else None
    service = Service(kind="energy_import", began=T0, ended=T0, quantity=5.0, unit="Wh")
    return Sdr(
        id="r1",
        session=SessionNumber(1),
        station=CS,
        evse=EvseNumber(1),
        began=T0,
        ended=T0,
        energy=WattHours(5.0),
        subject=ref,
        services=(service,),
        contract="DE*ABC",
    )


def test_whoever_may_see_persons_sees_credentials_in_clear() -> None:
    shown = show(sdr(), CLEAR)
    assert shown["subject"] == {"ref": "s1", "kind": "ISO14443", "value": "04A2B3C4D5"}
    assert shown["contract"] == "DE*ABC"


def test_others_see_just_enough_to_tell_two_apart() -> None:
    shown = show(sdr(), MASKED)
    assert shown["subject"]["value"] == f"{MASK}4D5"
    assert shown["contract"] == MASK
    assert masked("1234") == MASK


def test_what_was_erased_shows_its_reference_only() -> None:
    assert show(sdr("s9"), CLEAR)["subject"] == {"ref": "s9", "kind": "", "value": ""}
    assert show(sdr(None), CLEAR)["subject"] is None


def test_nouns_within_nouns_are_objects_too() -> None:
    assert show(sdr(), CLEAR)["services"][0]["kind"] == "energy_import"
    plug = Connector(state="available", at=T0)
    station = Station(id=CS, evses={EvseNumber(1): Evse(number=EvseNumber(1), connectors={ConnectorNumber(1): plug})})
    assert show(station, CLEAR)["evses"]["1"]["connectors"]["1"]["state"] == "available"


def test_a_token_shows_its_value_beside_its_other_fields() -> None:
    token = Token(ref=SubjectRef("s1"), kind="ISO14443", name="Ann")
    assert {"ref": "s1", "value": "04A2B3C4D5", "name": "Ann"}.items() <= show(token, CLEAR).items()
    assert {"ref": "s1", "value": f"{MASK}4D5", "name": MASK}.items() <= show(token, MASKED).items()


@pytest.mark.parametrize("seer", [CLEAR, MASKED])
def test_secrets_are_shown_to_nobody_not_even_within_facts(seer: Seer) -> None:
    principal = Principal(id=PrincipalId("ann"), role=Role.ADMIN, password="$argon2id$x", key="abcdef")
    fact = PrincipalChanged(station=StationId(""), at=T0, id=principal.id, principal=principal)
    text = msgspec.json.encode(show(fact, seer)).decode()
    assert "argon2" not in text
    assert "abcdef" not in text
    assert show(principal, seer)["has_password"]
    assert show(principal, seer)["has_key"]


def test_bytes_are_text_and_broken_bytes_still_are() -> None:
    item = QuarantinedInput(id=1, station=CS, at=T0, wire="", action="", reason="", raw=b"ab\xff")
    assert show(item, CLEAR)["raw"] == "ab\\xff"
    assert show(item, MASKED)["raw"] == MASK


def test_what_stations_keep_of_credentials_stays_theirs() -> None:
    station = Station(id=CS, local=LocalAuthorization(version=3, entries={"s1": "Accepted"}))
    assert show(station, CLEAR)["local"] == {"version": 3, "desired": 0, "offered": None}


def kinds() -> Iterator[type[Any]]:
    yield from (kept.noun for kept in KEPT if kept.name != "subject")
    yield from (kind for kind in event_types().values() if kind.__module__.startswith("open63110."))


@pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.__name__)
def test_every_noun_and_fact_can_be_shown_and_its_description_names_the_same_fields(kind: Any) -> None:
    fields = [name for name, _ in fields_of(kind)]
    assert not set(fields) & HIDDEN.get(kind, frozenset())
    described = shown_type(kind).__struct_fields__
    assert set(fields) <= set(described)
    msgspec.json.schema_components([shown_type(kind)])
    hints = typing.get_type_hints(kind)
    assert set(fields) <= set(hints)
