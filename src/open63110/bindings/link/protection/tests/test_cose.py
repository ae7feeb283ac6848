# SPDX-License-Identifier: Apache-2.0
"""COSE as the link wants it, and every other shape refused; what fits together is for test_cose_peer.py to show."""

from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from hypothesis import given
from hypothesis import strategies as st

from open63110.bindings.link.protection import cose
from open63110.bindings.link.protection.cose import Addressee, BadSignature, ContentKey, Signer, Undecryptable, UnknownKey
from open63110.kernel.errors import Malformed, Trouble

KID, AAD, PAYLOAD = b"k" * 32, b"\x00", b"\x18\x64"
P256, ED = ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate()
SECRET = ContentKey(bytes(32))


class Keys:
    """Every key of these tests."""

    def __init__(self, public: cose.PublicKey | None = None) -> None:
        self.public = public or P256.public_key()

    def public_key(self, key_id: bytes) -> cose.PublicKey | None:
        return self.public if key_id == KID else None

    def private_key(self, key_id: bytes) -> ec.EllipticCurvePrivateKey | None:
        return P256 if key_id == KID else None

    def content_key(self, key_id: bytes) -> ContentKey | None:
        return SECRET if key_id == SECRET.key_id else None


def made(by: cose.PrivateKey = P256) -> bytes:
    """Something signed."""
    return cose.sign1(PAYLOAD, AAD, Signer(key=by, key_id=KID))


SIGNED = made()
SEALED0 = cose.encrypt0(PAYLOAD, AAD, SECRET)
SEALED = cose.encrypt(PAYLOAD, AAD, Addressee(key=P256.public_key(), key_id=KID))
EVERY = {"Sign1": SIGNED, "Encrypt0": SEALED0, "Encrypt": SEALED}


@pytest.mark.parametrize("raw", EVERY.values(), ids=EVERY)
def test_what_was_made_opens(raw: bytes) -> None:
    assert cose.found(raw, AAD, Keys()).payload == PAYLOAD


@pytest.mark.parametrize("raw", EVERY.values(), ids=EVERY)
def test_no_bit_can_be_flipped(raw: bytes) -> None:
    for place in range(8 * len(raw)):
        changed = bytearray(raw)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises((BadSignature, Undecryptable, UnknownKey, Malformed)):
            cose.found(bytes(changed), AAD, Keys())


@pytest.mark.parametrize("raw", EVERY.values(), ids=EVERY)
def test_nothing_can_be_cut_off_or_added(raw: bytes) -> None:
    for end in range(len(raw)):
        with pytest.raises(Malformed):
            cose.found(raw[:end], AAD, Keys())
    with pytest.raises(Malformed):
        cose.found(raw + b"\x00", AAD, Keys())


@given(st.binary(max_size=40), st.sampled_from([b"\xd2", b"\xd0", b"\xd8\x60", b""]))
def test_whatever_comes_in_is_a_trouble(data: bytes, tag: bytes) -> None:
    with pytest.raises(Trouble):
        cose.found(tag + data, AAD, Keys())


NAMES = cbor2.dumps({1: -7, 4: KID})
SHAPES: dict[str, Any] = {
    "no array": cbor2.CBORTag(18, 1),
    "too few parts": cbor2.CBORTag(18, [NAMES, {}, b""]),
    "too many parts": cbor2.CBORTag(18, [NAMES, {}, b"", bytes(64), 1]),
    "a detached payload": cbor2.CBORTag(18, [NAMES, {}, None, bytes(64)]),
    "a text for a signature": cbor2.CBORTag(18, [NAMES, {}, b"", "s" * 64]),
    "a header that is no map": cbor2.CBORTag(18, [cbor2.dumps([1]), {}, b"", bytes(64)]),
    "a header that is empty": cbor2.CBORTag(18, [b"", {}, b"", bytes(64)]),
    "the key id in the open": cbor2.CBORTag(18, [cbor2.dumps({1: -7}), {4: KID}, b"", bytes(64)]),
    "a critical header": cbor2.CBORTag(18, [cbor2.dumps({1: -7, 4: KID, 2: [99], 99: 1}), {}, b"", bytes(64)]),
    "a key id that is a text": cbor2.CBORTag(18, [cbor2.dumps({1: -7, 4: "k" * 32}), {}, b"", bytes(64)]),
    "a message for many signers": cbor2.CBORTag(98, [b"", {}, b"", []]),
    "a code instead of a signature": cbor2.CBORTag(17, [b"", {}, b"", b""]),
    "Encrypt0 without a nonce": cbor2.CBORTag(16, [cbor2.dumps({1: 3, 4: SECRET.key_id}), {}, bytes(32)]),
    "Encrypt0 with a short nonce": cbor2.CBORTag(16, [cbor2.dumps({1: 3, 4: SECRET.key_id}), {5: bytes(8)}, bytes(32)]),
    "Encrypt0 with another cipher": cbor2.CBORTag(16, [cbor2.dumps({1: 1, 4: SECRET.key_id}), {5: bytes(12)}, bytes(32)]),
    "Encrypt0 with an array for headers": cbor2.CBORTag(16, [cbor2.dumps({1: 3, 4: SECRET.key_id}), [], bytes(32)]),
    "Encrypt0 of nothing": cbor2.CBORTag(16, [cbor2.dumps({1: 3, 4: SECRET.key_id}), {5: bytes(12)}, None]),
    "Encrypt for nobody": cbor2.CBORTag(96, [cbor2.dumps({1: 3}), {5: bytes(12)}, bytes(32), []]),
    "Encrypt for two": cbor2.CBORTag(96, [cbor2.dumps({1: 3}), {5: bytes(12)}, bytes(32), [[b"", {}, b""]] * 2]),
    "Encrypt with a wrapped key": cbor2.CBORTag(
        96, [cbor2.dumps({1: 3}), {5: bytes(12)}, bytes(32), [[cbor2.dumps({1: -29}), {4: KID}, bytes(40)]]]
    ),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_other_shapes_are_malformed(shape: Any) -> None:
    with pytest.raises(Malformed):
        cose.found(cbor2.dumps(shape), AAD, Keys())


@pytest.mark.parametrize(
    "point",
    [{}, {1: 1, -1: 6, -2: bytes(32)}, {1: 2, -1: 1, -2: bytes(32), -3: bytes(32)}, {1: 2, -1: 1, -2: bytes(32), -3: True}, 7],
)
def test_the_key_beside_a_seal_is_a_point_of_p256(point: Any) -> None:
    recipient = [cbor2.dumps({1: -25}), {4: KID, -1: point}, b""]
    with pytest.raises(Malformed):
        cose.found(cbor2.dumps(cbor2.CBORTag(96, [cbor2.dumps({1: 3}), {5: bytes(12)}, bytes(32), [recipient]])), AAD, Keys())


def test_a_signature_says_truly_with_which_algorithm() -> None:
    names = cbor2.dumps({1: -8, 4: KID})
    lied = cose._signature(P256, cbor2.dumps(["Signature1", names, AAD, PAYLOAD]))
    with pytest.raises(BadSignature):
        cose.found(cbor2.dumps(cbor2.CBORTag(18, [names, {}, PAYLOAD, lied])), AAD, Keys())
    names = cbor2.dumps({1: -7, 4: KID})
    lied = cose._signature(ED, cbor2.dumps(["Signature1", names, AAD, PAYLOAD]))
    with pytest.raises(BadSignature):
        cose.found(cbor2.dumps(cbor2.CBORTag(18, [names, {}, PAYLOAD, lied])), AAD, Keys(ED.public_key()))


@pytest.mark.parametrize("length", [0, 1, 63, 65, 128])
@pytest.mark.parametrize("key", [P256, ED], ids=["ES256", "EdDSA"])
def test_a_signature_has_its_length(length: int, key: cose.PrivateKey) -> None:
    cut = list(cbor2.loads(made(key)).value)
    cut[3] = (cut[3] + bytes(64))[:length]
    with pytest.raises(BadSignature):
        cose.found(cbor2.dumps(cbor2.CBORTag(18, cut)), AAD, Keys(key.public_key()))


def test_keys_that_nobody_here_has_are_unknown() -> None:
    other = b"o" * 32
    for raw in (
        cose.sign1(PAYLOAD, AAD, Signer(key=P256, key_id=other)),
        cose.encrypt0(PAYLOAD, AAD, ContentKey(b"o" * 32)),
        cose.encrypt(PAYLOAD, AAD, Addressee(key=P256.public_key(), key_id=other)),
    ):
        with pytest.raises(UnknownKey):
            cose.found(raw, AAD, Keys())


def test_nothing_sealed_twice_looks_the_same() -> None:
    assert cose.encrypt0(PAYLOAD, AAD, SECRET) != SEALED0
    assert cose.encrypt(PAYLOAD, AAD, Addressee(key=P256.public_key(), key_id=KID)) != SEALED


def test_what_is_no_certificate_has_no_key() -> None:
    with pytest.raises(Malformed, match="no certificate"):
        cose.public_key_of(b"nothing")
