# SPDX-License-Identifier: Apache-2.0
"""Protected elements of messages: bound to their place, opened where they stand, demanded where they matter (B.3)."""

from datetime import UTC, datetime
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from open63110.bindings.link.protection import cose
from open63110.bindings.link.protection.elements import Path, enclose
from open63110.bindings.link.protection.protected import (
    Addressee,
    BadSignature,
    ContentKey,
    Demand,
    Keyring,
    NotProtected,
    OpenedBody,
    Place,
    Protected,
    Protection,
    Undecryptable,
    UnknownKey,
    open_body,
    opened,
    protect,
    protect_value,
    protected_body,
    protections,
)
from open63110.kernel.errors import Malformed, Trouble
from open63110.kernel.roles import Role
from open63110.pki.authority import Wish, make_authority
from open63110.pki.identity import Party

AUTHORITY = make_authority("Site authority", [], NOW := datetime(2030, 1, 1, tzinfo=UTC))
STATION, METER, CSP = (
    ec.generate_private_key(ec.SECP256R1()),
    ed25519.Ed25519PrivateKey.generate(),
    ec.generate_private_key(ec.SECP256R1()),
)


def certificate(key: cose.PrivateKey, name: str, role: Role) -> bytes:
    """A certificate by the authority of these tests."""
    return AUTHORITY.issue(key.public_key(), Wish(party=Party(name, role)), NOW).public_bytes(Encoding.DER)


RING = Keyring()
STATION_DER = certificate(STATION, "CS1", Role.STATION)
STATION_SIGNS = RING.own(STATION, STATION_DER)
METER_SIGNS = RING.own(METER, certificate(METER, "M1", Role.METER))
CSP_DER = certificate(CSP, "csp", Role.CSP)
RING.own(CSP, CSP_DER)
FOR_CSP, SHARED = Addressee.of(CSP_DER), ContentKey(bytes(range(32)))
RING.share(SHARED)

TYPE, KEY = 17, b"key-1"
MESSAGE = {
    1: "CS1",
    2: NOW,
    4: {0: [1500.5, 2, "Wh"], 2: "card-042"},
    9: [1, [7, 8], 3],
    -7: b"vendor",
}
BODY = cbor2.dumps(MESSAGE, datetime_as_timestamp=True)
SIGNED, SEALED, BOTH = Protection(by=METER_SIGNS), Protection(to=FOR_CSP), Protection(by=STATION_SIGNS, to=SHARED)


def read(body: bytes) -> Any:
    """What a body says."""
    return cbor2.loads(body)


def put(hows: dict[Path, Protection], body: bytes = BODY) -> bytes:
    """The message, protected."""
    return protected_body(body, TYPE, KEY, hows)


def got(body: bytes, demands: dict[Path, Demand] | None = None, ring: Keyring = RING) -> OpenedBody:
    """The message, opened."""
    return open_body(body, TYPE, KEY, ring, demands)


def troubles(found: OpenedBody) -> list[tuple[str, str]]:
    """What went wrong, and where."""
    return [(one.code, one.where) for one in found.troubles]


@pytest.mark.parametrize("how", [SIGNED, SEALED, BOTH, Protection(to=SHARED), Protection(by=STATION_SIGNS, to=FOR_CSP)])
@pytest.mark.parametrize("path", [(), (1,), (2,), (4,), (4, 0), (4, 0, 0), (9, 1), (9, 1, 1), (-7,)])
def test_any_element_comes_back_as_it_was(path: Path, how: Protection) -> None:
    body = put({path: how})
    assert list(protections(body)) == [path]
    found = got(body)
    assert (read(found.body), found.troubles) == (MESSAGE, ())
    assert found.opened[path].signers == (() if how.by is None else (how.by.key_id,))
    assert found.opened[path].sealed is (how.to is not None)


@given(
    st.dictionaries(st.sampled_from([(), (4,), (4, 0), (4, 2), (4, 0, 1), (9,), (9, 1)]), st.sampled_from([SIGNED, SEALED, BOTH]))
)
def test_elements_within_elements_come_back(hows: dict[Path, Protection]) -> None:
    found = got(put(hows))
    assert (read(found.body), found.troubles, found.opened.keys()) == (MESSAGE, (), hows.keys())


def test_a_message_without_protection_is_left_alone() -> None:
    assert got(BODY) == OpenedBody(body=BODY, opened={}, troubles=())
    assert protections(BODY) == {}


def test_what_is_signed_is_the_one_encoding() -> None:
    place = Place(type=TYPE, key=KEY)
    long, short = bytes.fromhex("a21864fb3ff80000000000000a00"), bytes.fromhex("a20a001864f93e00")
    assert protect(long, place, SIGNED) == protect(short, place, SIGNED)  # EdDSA is the same for the same
    assert opened(protect(long, place, SIGNED), place, RING).payload == short
    assert protect_value({100: 1.5, 10: 0}, place, SIGNED) == protect(short, place, SIGNED)


@pytest.mark.parametrize(("how", "code"), [(SIGNED, BadSignature), (SEALED, Undecryptable), (BOTH, Undecryptable)])
@pytest.mark.parametrize(
    "elsewhere",
    [Place(type=18, key=KEY, path=(4, 0)), Place(type=TYPE, key=b"key-2", path=(4, 0)), Place(type=TYPE, key=KEY, path=(4, 2))],
)
def test_an_element_means_nothing_in_another_place(how: Protection, code: type[Trouble], elsewhere: Place) -> None:
    here = Place(type=TYPE, key=KEY, path=(4, 0))
    made = protect_value("x", here, how)
    assert opened(made, here, RING).payload == b"\x61x"
    with pytest.raises(code) as told:
        opened(made, elsewhere, RING)
    assert told.value.where == "/".join(map(str, elsewhere.path))


def test_no_two_places_are_bound_alike() -> None:
    places = [Place(type=1, key=b"k", path=path) for path in ((), (1,), ("1",), (1, 2), (12,))]
    places += [Place(type=2, key=b"k"), Place(type=1, key=b"l")]
    assert len({one.bound() for one in places}) == len(places)


def test_what_fails_is_named_and_gone_and_the_rest_stays() -> None:
    body = put({(4, 0): Protection(by=STATION_SIGNS), (4, 2): SEALED, (9, 1): SIGNED, (1,): SIGNED})
    start = body.index(protections(body)[1,].raw)
    broken = body[: start + 90] + bytes((body[start + 90] ^ 1,)) + body[start + 91 :]
    assert troubles(got(broken)) == [("BadSignature", "1")]
    assert read(got(broken).body) == {key: value for key, value in MESSAGE.items() if key != 1}
    assert troubles(got(body, ring=Keyring())) == [("UnknownKey", where) for where in ("1", "4/0", "4/2", "9/1")]
    assert read(got(body, ring=Keyring()).body) == {2: MESSAGE[2], 4: {}, 9: [1, None, 3], -7: b"vendor"}


def test_a_message_that_fails_as_a_whole_is_empty() -> None:
    found = got(put({(): SIGNED}), ring=Keyring())
    assert (found.body, troubles(found)) == (b"\xa0", [("UnknownKey", "/")])


def test_what_was_signed_and_then_sealed_fails_as_one() -> None:
    ring = Keyring()
    ring.share(SHARED)
    found = got(put({(4, 0): BOTH}), ring=ring)
    assert troubles(found) == [("UnknownKey", "4/0")]
    assert read(found.body)[4] == {2: "card-042"}
    assert found.opened == {}


@pytest.mark.parametrize(
    ("hows", "demand", "code"),
    [
        ({}, Demand(), "NotProtected"),
        ({(4, 0): SEALED}, Demand(), "NotProtected"),
        ({(4, 0): SIGNED}, Demand(sealed=True), "NotProtected"),
        ({}, Demand(signed=False, sealed=True), "NotProtected"),
        ({(4, 0): SIGNED}, Demand(signers=frozenset({STATION_SIGNS.key_id})), "UnknownKey"),
        ({(4, 0, 0): SIGNED, (4, 0, 1): SIGNED, (4, 0, 2): SIGNED}, Demand(), "NotProtected"),
    ],
)
def test_what_falls_short_of_a_demand_is_named_and_gone(hows: dict[Path, Protection], demand: Demand, code: str) -> None:
    found = got(put(hows), {(4, 0): demand})
    assert troubles(found) == [(code, "4/0")]
    assert read(found.body)[4] == {2: "card-042"}


@pytest.mark.parametrize(
    ("hows", "demand"),
    [
        ({(4, 0): SIGNED}, Demand()),
        ({(4, 0): SIGNED}, Demand(signers=frozenset({METER_SIGNS.key_id, b"other"}))),
        ({(4, 0): SEALED}, Demand(signed=False, sealed=True)),
        ({(4, 0): BOTH}, Demand(sealed=True)),
        ({(4,): SIGNED}, Demand()),
        ({(): SIGNED}, Demand()),
        ({(4,): SEALED, (4, 0): SIGNED}, Demand(sealed=True)),
        ({(4, 0): Protection(by=STATION_SIGNS), (4,): SIGNED}, Demand(signers=frozenset({STATION_SIGNS.key_id}))),
    ],
)
def test_what_meets_a_demand_stays(hows: dict[Path, Protection], demand: Demand) -> None:
    found = got(put(hows), {(4, 0): demand})
    assert (found.troubles, read(found.body)) == ((), MESSAGE)


def test_an_element_that_a_relay_took_out_is_missed() -> None:
    found = got(cbor2.dumps({1: "CS1"}), {(4, 0): Demand()})
    assert (troubles(found), read(found.body)) == ([("NotProtected", "4/0")], {1: "CS1"})


def test_what_failed_is_not_found_missing_as_well() -> None:
    assert troubles(got(put({(4,): SIGNED}), {(4, 0): Demand()}, Keyring())) == [("UnknownKey", "4")]


def test_demands_on_the_message_as_a_whole() -> None:
    found = got(BODY, {(): Demand()})
    assert (found.body, troubles(found)) == (b"\xa0", [("NotProtected", "/")])


def test_a_plain_element_cannot_hide_behind_a_protected_one_of_its_name() -> None:
    signed = protections(put({(4,): SIGNED}))[4,].element()
    with pytest.raises(Malformed, match="twice"):
        got(b"\xa2\x04" + signed + b"\x04\x61x", {(4,): Demand()})


@pytest.mark.parametrize("content", [b"", b"\x00", b"\xd2\x80", b"\xd2\x84\x40\xa0\x40\x40", b"\xff" * 9])
def test_bytes_that_are_no_cose_fail_as_one_element(content: bytes) -> None:
    found = got(b"\xa2\x01" + enclose(content) + b"\x02\x03")
    assert (found.body, troubles(found)) == (b"\xa1\x02\x03", [("Malformed", "1")])


def test_a_payload_that_is_no_cbor_fails_as_one_element() -> None:
    raw = cose.sign1(b"\x19", Place(type=TYPE, key=KEY, path=(1,)).bound(), METER_SIGNS)
    assert troubles(got(b"\xa1\x01" + enclose(raw))) == [("Malformed", "1")]


def test_there_is_an_end_to_how_many_and_how_deep() -> None:
    with pytest.raises(Malformed, match="more than 64"):
        got(b"\x98\x41" + enclose(b"") * 65)
    place, item = Place(type=TYPE, key=KEY, path=(1,)), b"\x00"
    for _ in range(9):
        item = protect(item, place, Protection(to=SHARED)).element()
    found = got(b"\xa1\x01" + item)
    assert (found.body, troubles(found)) == (b"\xa0", [("Malformed", "1")])


@pytest.mark.parametrize("body", [b"", b"\xd8\x18", b"\x9f\xd8\x18\x40\xff", BODY + b"\xd8\x18\x40"])
def test_a_body_that_is_no_cbor_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        got(body, {(): Demand()})
    with pytest.raises(Malformed):
        protections(body)


def test_protection_by_nobody_for_nobody_is_a_mistake() -> None:
    with pytest.raises(Malformed, match="neither"):
        put({(4, 0): Protection()})


def test_a_message_without_a_key_protects_nothing() -> None:
    with pytest.raises(Malformed, match="idempotency key"):
        protected_body(BODY, TYPE, b"", {(4, 0): SIGNED})
    assert troubles(open_body(put({(1,): SIGNED}), TYPE, b"", RING)) == [("Malformed", "1")]


def test_an_element_that_is_not_there_cannot_be_protected() -> None:
    with pytest.raises(Malformed) as told:
        put({(5,): SIGNED})
    assert told.value.where == "5"


def test_a_content_key_travels_sealed_for_the_certificate_of_who_shall_have_it() -> None:
    csp, place = Keyring(), Place(type=TYPE, key=KEY, path=(4,))
    csp.own(CSP, CSP_DER)
    csp.believe(STATION_DER)
    key = ContentKey(b"\x07" * 32)
    found = opened(protect_value(key.key, place, Protection(by=STATION_SIGNS, to=FOR_CSP)), place, csp)
    csp.share(ContentKey(cbor2.loads(found.payload)))
    assert found.signers == (STATION_SIGNS.key_id,)
    assert opened(protect_value("card", place, Protection(to=key)), place, csp).payload == b"\x64card"


def test_what_a_relay_keeps_is_bytes() -> None:
    made = protections(put({(4, 0): SIGNED}))[4, 0]
    assert isinstance(made, Protected)
    assert read(made.element()) == cbor2.CBORTag(24, made.raw)
    assert put({(4, 0): SIGNED}).count(made.raw) == 1


def test_the_codes_are_those_of_the_specification() -> None:
    assert {one.code for one in (BadSignature, UnknownKey, Undecryptable, NotProtected)} == {
        "BadSignature",
        "UnknownKey",
        "Undecryptable",
        "NotProtected",
    }
