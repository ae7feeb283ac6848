# SPDX-License-Identifier: Apache-2.0
"""Signed and sealed elements between a station and a CSMS with a local CSMS in between, all of them running programs (B.3)."""

import asyncio
import inspect
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.e2e.house import ADMIN
from tests.e2e.link_house import Pki
from tests.e2e.local_house import ended, facts, stations, until
from tests.e2e.protected_house import CARD, CSMS_PARTY, FACTS, Demanded, Protect, There, keys, three_levels

from open63110.apps.protection_config import Protection
from open63110.bindings.link.correspondence import Ending
from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.framing.happenings import Arrived
from open63110.bindings.link.framing.header import Kind
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.protection.cose import key_id_of
from open63110.bindings.link.protection.elements import element, enclosed
from open63110.bindings.link.protection.once import Once
from open63110.bindings.link.protection.protected import Place
from open63110.bindings.link.protection.tests.test_cose_peer import Peer, installed
from open63110.bindings.ocpp.rpc.version import Version
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.roles import Role
from open63110.kernel.units import Watts
from open63110.model.order import Order, Outcome
from open63110.model.original import MessagePassedOn, Original
from open63110.model.principal import AuditEntry
from open63110.model.quarantine import QuarantinedInput
from open63110.model.site import SiteId, ZoneId
from open63110.model.transfer import EnergyTransferUpdated, TransferFact
from open63110.usecases.energy.smart_charging import LimitPower, LimitZone
from open63110.usecases.stations.monitor_station import StationEventReported

COSE_PEER = Path(inspect.getfile(installed)).with_name("cose_peer.py")
CS1, EVSE = StationId("CS1"), EvseNumber(1)
UPDATED = CODEC.registry.by_kind[EnergyTransferUpdated].number
READINGS, PERSON = (11,), (6,)

SIGNED: dict[str, Any] = {"protect": {"readings": Protect(messages=FACTS)}}
DEMANDED: dict[str, Any] = {"demand": {"readings": Demanded(messages=FACTS)}}


def taken(noun: Any) -> float:
    """Energy of the newest transfer by its register [Wh]; 0: nothing was heard."""
    found = [one.imported for one in noun.transfers.values() if one.imported is not None]
    return found[-1].last - found[-1].first if found else 0.0


def came(conversation: Any) -> list[Arrived]:
    """What arrives at a conversation from now on."""
    messages: list[Arrived] = []
    session = conversation.lines.session
    received: Callable[..., Any] = session.received

    def also(frame: bytes, now: float) -> Any:
        found = received(frame, now)
        messages.extend(one for one in found if isinstance(one, Arrived))
        return found

    session.received = also
    return messages


async def some(csms: Any, kind: type[Any], wanted: Callable[[Any], bool]) -> Any:
    """The first fact of a kind that is wanted, as soon as it is in the journal."""
    async with asyncio.timeout(30.0):
        while not (found := [one for one in await facts(csms, kind) if wanted(one)]):  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0.05)
    return found[0]


class Forger:
    """A local CSMS that alters what it passes on."""

    def __init__(self, there: There, forge: Callable[[int, bytes], bytes]) -> None:
        above = there.local.csms.above
        assert above is not None
        assert above.passing is not None
        self._passing, self._forge = above.passing, forge
        self.forged = 0
        above.passing = self

    def told(self, one: Any, *, heard: bool) -> Any:
        """Alter it."""
        found = self._passing.told(one, heard=heard)
        made = [(header, self._forge(header.type, body)) for header, body in found] if found else found
        self.forged += made != found
        return made

    def over(self) -> None:
        """Nothing is left."""
        self._passing.over()


def flipped(number: int, body: bytes) -> bytes:
    """One bit of the readings, where there are any."""
    if number != UPDATED or b"\x0b\xd8\x18" not in body:
        return body
    place = body.index(element(body, READINGS)) + len(element(body, READINGS)) - 10
    return body[:place] + bytes((body[place] ^ 1,)) + body[place + 1 :]


def verified_elsewhere(there: There, number: int, key: bytes, body: bytes) -> bool:
    """Have a second COSE implementation verify what the station has signed."""
    der = x509.load_pem_x509_certificate(there.given.certificate.read_bytes())
    pem = der.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    named = {"pem": pem, "alg": "ES256", "kid": key_id_of(der.public_bytes(Encoding.DER))}
    signed = enclosed(body)
    assert signed is not None
    with subprocess.Popen([installed(), COSE_PEER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        payload = Peer(process)("verify", cose=signed, aad=Place(type=number, key=key).bound(), **named)
        assert process.stdin is not None
        process.stdin.close()
    return isinstance(CODEC.decode(number, payload, station=CS1, subjects=there.here.csms.engine.known), TransferFact)


@pytest.mark.at("AT-B.3-1", "link")
async def test_readings_signed_by_the_station_pass_a_local_csms_byte_for_byte_and_are_verified_at_the_top(tmp_path: Path) -> None:
    async with three_levels(tmp_path, above=DEMANDED, below=SIGNED) as there:
        at_local = came(there.local.csms.link.conversations[CS1])
        at_top = came(there.here.csms.level.branches.conversations[StationId("mall-lc")])
        there.charge()
        await until(lambda: taken(there.above()) > 0 and taken(there.between()) > 0, 30.0)  # the local one reads along
        await until(lambda: there.local.told)
        said = {(one.header.type, one.header.key): one.body for one in at_local if one.header.key and one.header.type < 5}
        passed = {(one.header.type, one.header.key): one.body for one in at_top if one.header.key and one.header.type < 5}
        assert len(passed) >= 2
        assert passed.items() <= said.items()
        assert all(verified_elsewhere(there, *one, body) for one, body in passed.items())
        assert there.here.rows(QuarantinedInput) == []
        assert all(not one.unread for one in await facts(there.local.csms, MessagePassedOn))


@pytest.mark.at("AT-B.3-2", "link")
async def test_one_bit_flipped_by_a_local_csms_costs_that_element_and_is_named_kept_and_told_once(tmp_path: Path) -> None:
    rules = {"protect": {"readings": Protect(messages=FACTS, elements=("readings", "at"))}}
    async with three_levels(tmp_path, below=rules) as there:
        forger = Forger(there, flipped)
        there.charge()
        await until(lambda: forger.forged, 30.0)
        await until(lambda: there.here.rows(QuarantinedInput), 30.0)
        kept = there.here.rows(QuarantinedInput)
        assert {one.reason.split(":")[0] for one in kept} <= {"BadSignature", "Malformed"}
        assert all("element 11" in one.reason and one.raw and one.key for one in kept)
        assert any("EnergyTransferUpdated: element 11" in one for one in there.said("LinkBadSignature"))
        await until(lambda: len(there.here.rows(QuarantinedInput)) > 2, 30.0)
        heard = await facts(there.here.csms, EnergyTransferUpdated, "CS1")
        assert len(heard) > 1  # the rest of the message was processed
        assert not any(one.readings for one in heard)
        await until(lambda: taken(there.between()) > 0)
        assert "element 11" in there.here.csms.replay(kept[0])  # it is no better for being looked at again


async def test_what_is_sealed_for_the_top_counts_as_absent_in_between_and_that_is_noted(tmp_path: Path) -> None:
    rules = {"protect": {"readings": Protect(messages=FACTS, elements=("readings",), sign=False, seal=CSMS_PARTY)}}
    async with three_levels(tmp_path, below=rules) as there:
        there.charge()
        await until(lambda: taken(there.above()) > 0, 30.0)
        transfer = next(iter(there.between().transfers.values()))
        assert (transfer.state, transfer.imported, transfer.flags) == ("charging", None, ("unread-elements",))
        passed = await facts(there.local.csms, MessagePassedOn, "CS1")
        assert any(one.unread == ("11 UnknownKey",) for one in passed)
        assert there.local.csms.store.load(QuarantinedInput) == []
        assert there.here.rows(QuarantinedInput) == []


@pytest.mark.at("AT-B.3-3", "link")
async def test_no_level_in_between_sees_a_sealed_credential_and_the_top_decides_on_it(tmp_path: Path) -> None:
    above = {"protect": {"answers": Protect(messages=("AuthorizationAnswer",), sign=True, seal="receiver")}}
    credential = Protect(messages=("AuthorizeCredential", *FACTS), elements=("subject",), sign=False, seal=CSMS_PARTY)
    below = {
        "protect": {"credential": credential},
        "demand": {"answers": Demanded(messages=("AuthorizationAnswer",), sealed=True)},
    }
    async with three_levels(tmp_path, above=above, below=below, policy={"local_lists": False}) as there:
        at_local = came(there.local.csms.link.conversations[CS1])
        there.charge()
        await until(lambda: there.above().sessions and taken(there.above()) > 0, 30.0)
        subject = there.here.csms.engine.known.named(CARD)
        assert {one.subject for one in there.above().transfers.values()} == {subject}
        assert {one.subject for one in there.between().transfers.values()} == {None}
        dump = b"".join(one.body for one in at_local) + b"".join(
            one.read_bytes() for one in (tmp_path / "mall-lc").rglob("*") if one.is_file()
        )
        assert CARD.encode() in b"".join(one.read_bytes() for one in (tmp_path / "data").rglob("*") if one.is_file())
        assert len(at_local) > 2
        assert CARD.encode() not in dump


def limit(watts: float, station: str = "CS1") -> LimitPower:
    """A limit for the one EVSE."""
    return LimitPower(station=StationId(station), evse=EVSE, limit=Watts(watts))


SIGNS_LIMITS: dict[str, Any] = {"protect": {"limits": Protect(messages=("LimitPower",))}}
WANTS_LIMITS: dict[str, Any] = {"demand": {"limits": Demanded(messages=("LimitPower",))}}


@pytest.mark.at("AT-B.3-1", "link")
async def test_a_limit_signed_at_the_top_reaches_the_station_and_one_of_the_level_in_between_does_not(tmp_path: Path) -> None:
    async with three_levels(tmp_path, above=SIGNS_LIMITS, below=WANTS_LIMITS) as there:
        asked = await there.here.csms.orders.ask(limit(7000.0), ADMIN)
        order = await ended(there.here.csms, asked)
        assert order.outcome is Outcome.ACCEPTED, order
        assert there.station.engine.stations[CS1].limits.in_force[EVSE].limit == 7000.0
        assert there.between().limits.in_force[EVSE].limit == 7000.0  # it reads along


async def test_a_limit_that_a_local_csms_makes_up_is_refused_by_a_station_that_wants_signed_ones(tmp_path: Path) -> None:
    async with three_levels(tmp_path, below=WANTS_LIMITS) as there:
        order = await ended(there.local.csms, await there.local.csms.orders.ask(limit(5000.0), ADMIN))
        assert (order.outcome, order.reason) == (Outcome.REJECTED, "NotProtected")
        assert not there.station.engine.stations[CS1].limits.in_force
        event = await some(there.here.csms, StationEventReported, lambda one: one.security)
        assert (event.component, event.code) == ("SecurityCtrlr", "NotProtected")


async def test_a_local_csms_may_sign_limits_itself_where_the_station_is_told_to_believe_it(tmp_path: Path) -> None:
    wants = {"demand": {"limits": Demanded(messages=("LimitPower",), signers=(CSMS_PARTY, "mall-lc"))}}
    async with three_levels(tmp_path, above=SIGNS_LIMITS, between=SIGNS_LIMITS, below=wants) as there:
        station = there.station.engine.stations
        order = await ended(there.local.csms, await there.local.csms.orders.ask(limit(5000.0), ADMIN))
        assert (order.outcome, station[CS1].limits.in_force[EVSE].limit) == (Outcome.ACCEPTED, 5000.0), order
        there.local.csms.masters.power.release("mall-lc", there.here.now())
        order = await ended(there.here.csms, await there.here.csms.orders.ask(limit(4000.0), ADMIN))
        assert (order.outcome, station[CS1].limits.in_force[EVSE].limit) == (Outcome.ACCEPTED, 4000.0), order


async def test_a_sealed_limit_passes_a_level_that_cannot_read_it_and_its_answer_comes_back(tmp_path: Path) -> None:
    above = {"protect": {"limits": Protect(messages=("LimitPower",), seal="receiver")}}
    wants = {"demand": {"limits": Demanded(messages=("LimitPower",), sealed=True)}}
    async with three_levels(tmp_path, above=above, below=wants) as there:
        order = await ended(there.here.csms, await there.here.csms.orders.ask(limit(7000.0), ADMIN))
        assert order.outcome is Outcome.ACCEPTED, order
        assert there.station.engine.stations[CS1].limits.in_force[EVSE].limit == 7000.0
        assert [one.kind for one in there.local.csms.store.load(Order)] == []  # it could not make it an order of its own


async def test_a_station_that_does_not_sign_what_must_be_signed_loses_that_and_not_the_rest(tmp_path: Path) -> None:
    above = {"demand": {"readings": Demanded(messages=FACTS, elements=("readings",))}}
    async with three_levels(tmp_path, above=above) as there:
        there.charge()
        await until(lambda: there.above().sessions, 30.0)
        await until(lambda: taken(there.between()) > 0 and there.said("LinkNotProtected"), 30.0)
        assert taken(there.above()) == 0
        assert all(one.reason.startswith("NotProtected") for one in there.here.rows(QuarantinedInput))


@pytest.mark.at("AT-B.3-1", "link")
@pytest.mark.parametrize("how", ["expired", "revoked"])
async def test_a_meter_whose_certificate_is_over_is_not_believed_and_what_it_signed_is_kept(tmp_path: Path, how: str) -> None:
    pki = Pki(tmp_path / "pki")
    life = timedelta(seconds=12) if how == "expired" else None
    meter = pki.give("M1", Role.METER, life=life)
    signs = keys(pki, certificate=str(meter.certificate), key=str(meter.key))
    above = {"demand": {"readings": Demanded(messages=FACTS, signers=("M1",))}}
    async with three_levels(tmp_path, pki=pki, above=above, below={"protection": signs, **SIGNED}) as there:
        there.charge()
        await until(lambda: taken(there.above()) > 0, 30.0)
        assert there.here.rows(QuarantinedInput) == []
        if how == "revoked":
            pki.folder.revoke(meter.serial, "key-compromise", pki.clock.now())
        await until(lambda: there.said("LinkUnknownKey"), 30.0)
        await until(lambda: there.here.rows(QuarantinedInput))
        kept = there.here.rows(QuarantinedInput)
        assert all(one.reason.startswith("UnknownKey") for one in kept)
        assert there.above().connected is not None


async def test_a_level_that_believes_nobody_passes_on_what_it_cannot_read_at_all_also_what_waited(tmp_path: Path) -> None:
    async with three_levels(tmp_path, above=DEMANDED, below=SIGNED, known=(True, False, True)) as there:
        there.charge()
        await until(lambda: taken(there.above()) > 0, 30.0)
        assert there.between().transfers == {}
        assert {one.unread for one in await facts(there.local.csms, MessagePassedOn)} == {("/ UnknownKey",)}
        await there.local.cut()
        before = len(await facts(there.local.csms, MessagePassedOn))
        so_far = taken(there.above())
        await some(there.local.csms, MessagePassedOn, lambda one: one.at > there.here.now() - timedelta(seconds=0.2))
        await there.local.mend()
        await until(lambda: there.local.told and taken(there.above()) > so_far, 30.0)
        passed = await facts(there.local.csms, MessagePassedOn)
        assert len(passed) > before
        assert there.here.rows(QuarantinedInput) == []
        (transfer,) = there.above().transfers.values()
        assert transfer.gaps == ()
        await until(lambda: len(there.local.csms.store.load(Original)) <= 1)


async def test_what_was_kept_because_its_signer_was_unknown_is_heard_once_he_is_known(tmp_path: Path) -> None:
    pki, some_known = Pki(tmp_path / "pki"), tmp_path / "some"
    some_known.mkdir()
    above = {"protection": Protection(certificates=str(some_known)), **DEMANDED}
    async with three_levels(tmp_path, pki=pki, above=above, below=SIGNED) as there:
        there.charge()
        await until(lambda: len(there.here.rows(QuarantinedInput)) > 1, 30.0)
        assert there.above().transfers == {}
        assert there.said("LinkUnknownKey")
        first, second = there.here.rows(QuarantinedInput)[:2]
        assert "not trusted" in there.here.csms.replay(first)
        (some_known / "station.pem").write_bytes(there.given.certificate.read_bytes())
        await until(lambda: there.here.csms.replay(first) == "", 5.0)
        assert there.here.csms.replay(second) == ""
        await until(lambda: there.above().transfers)


async def test_a_request_that_only_the_top_can_read_is_not_answered_while_it_is_away(tmp_path: Path) -> None:
    credential = Protect(messages=("AuthorizeCredential", *FACTS), elements=("subject",), sign=False, seal=CSMS_PARTY)
    async with three_levels(tmp_path, below={"protect": {"credential": credential}}) as there:
        answers = came(there.station.controller.line)
        await there.local.cut()
        there.charge()
        await until(lambda: any(one.header.status for one in answers), 10.0)
        (answer,) = (one for one in answers if one.header.status)
        assert (answer.header.status, answer.header.kind) == (ErrorCode.UNREACHABLE, Kind.REPLY)
        assert there.between().transfers == {}
        assert there.local.csms.store.load(QuarantinedInput) == []


ZONE = LimitZone(station=StationId(""), site=SiteId("mall"), zone=ZoneId("north"), limit=Watts(40_000.0))


@pytest.mark.parametrize("signs", [True, False])
async def test_a_local_csms_takes_limits_of_zones_only_as_it_is_told_to(tmp_path: Path, signs: bool) -> None:
    above = {"protect": {"zones": Protect(messages=("LimitZone",))}} if signs else None
    between = {"demand": {"zones": Demanded(messages=("LimitZone",))}}
    async with three_levels(tmp_path, above=above, between=between) as there:
        deadline = there.here.now() + timedelta(
            seconds=15.0
        )  # then the answer is given, whether or not the station has said more
        order = await ended(there.here.csms, await there.here.csms.orders.ask(ZONE, ADMIN, deadline=deadline))
        told = [one for one in there.local.csms.store.load(AuditEntry) if one.action == "LinkNotProtected"]
        if signs:
            assert (order.outcome, told) == (Outcome.ACCEPTED, []), order
        else:
            assert (order.outcome, order.reason) == (Outcome.REJECTED, "NotProtected")
            assert len(told) == 1
            assert "LimitZone" in told[0].detail


async def test_signed_readings_and_limits_pass_two_levels_in_between(tmp_path: Path) -> None:
    above = {**DEMANDED, **SIGNS_LIMITS}
    async with three_levels(tmp_path, above=above, below={**SIGNED, **WANTS_LIMITS}, region=True) as there:
        assert there.above().via == ("region-lc", "mall-lc")
        there.charge()
        await until(lambda: taken(there.above()) > 0, 30.0)
        order = await ended(there.here.csms, await there.here.csms.orders.ask(limit(7000.0), ADMIN))
        assert order.outcome is Outcome.ACCEPTED, order
        assert there.station.engine.stations[CS1].limits.in_force[EVSE].limit == 7000.0
        assert there.here.rows(QuarantinedInput) == []


@pytest.mark.parametrize("signs", [True, False])
async def test_a_station_on_ocpp_is_limited_by_what_its_local_csms_has_verified(tmp_path: Path, signs: bool) -> None:
    async with (
        three_levels(tmp_path, above=SIGNS_LIMITS if signs else None, between=WANTS_LIMITS) as there,
        stations(there.local, there.pki, ["OCPP"], ocpp={"OCPP": Version.V21}, factor=1.0),
    ):
        await until(lambda: there.here.csms.orders.link.connected(StationId("OCPP")), 30.0)
        await until(lambda: there.here.station("OCPP").evses, 30.0)  # until then the top only remembers what it wants
        order = await ended(there.here.csms, await there.here.csms.orders.ask(limit(7000.0, "OCPP"), ADMIN))
        in_force = there.local.station("OCPP").limits.in_force
    if signs:
        assert (order.outcome, in_force[EVSE].limit) == (Outcome.ACCEPTED, 7000.0), order
    else:
        assert (order.outcome, order.reason, in_force) == (Outcome.REJECTED, "NotProtected", {}), order


async def test_a_relay_that_sends_a_signed_order_again_is_found_out_also_after_a_restart(tmp_path: Path) -> None:
    async with three_levels(tmp_path, above=SIGNS_LIMITS, below=WANTS_LIMITS) as there:
        orders = came(there.station.controller.line)
        for watts in (7000.0, 4000.0):
            order = await ended(there.here.csms, await there.here.csms.orders.ask(limit(watts), ADMIN))
            assert order.outcome is Outcome.ACCEPTED, order
        first = next(one for one in orders if one.header.type == CODEC.number(limit(0.0)))
        relay = there.local.csms.link.conversations[CS1].lines
        endings: list[Ending] = []
        for restarted in (False, True):
            if restarted:
                line: Any = there.station.controller.line
                line.guard.once = Once(there.station.engine)  # as it begins with what is on the disk
            relay.send(first.header, first.body, durable=False, over=endings.append, patience=10.0)
            await until(lambda: len(endings) == restarted + 1)  # noqa: B023 - waited for at once
        assert [(one.status, one.code) for one in endings] == [(ErrorCode.REFUSED, "Repeated")] * 2
        assert there.station.engine.stations[CS1].limits.in_force[EVSE].limit == 4000.0
        event = await some(there.here.csms, StationEventReported, lambda one: one.security)
        assert event.code == "Repeated"
