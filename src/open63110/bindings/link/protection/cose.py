# SPDX-License-Identifier: Apache-2.0
"""The three COSE messages the link needs: Sign1 (ES256, EdDSA), Encrypt0 (A256GCM), Encrypt for one P-256 certificate.

RFC 9052 and 9053. The key id stands in the protected header, but for Encrypt, where COSE has it beside the recipient.
"""

import hashlib
import os
from typing import Any, Protocol

import cbor2
import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from open63110.bindings.link.protection.elements import plain, tagged
from open63110.kernel.errors import Malformed, Refused, Unknown

ENCRYPT0, SIGN1, ENCRYPT = 16, 18, 96
ALG, KID, IV, EPHEMERAL = 1, 4, 5, -1
ES256, EDDSA, A256GCM, ECDH_ES_HKDF_256 = -7, -8, 3, -25
KTY, CRV, X, Y = 1, -1, -2, -3
EC2, P256 = 2, 1
COORDINATE = 32
"""Bytes of each half of a P-256 signature or point."""

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
PublicKey = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey


class BadSignature(Refused):
    """What is signed was altered, belongs elsewhere, or was signed with another key than it says."""

    code = "BadSignature"


class UnknownKey(Unknown):
    """The key is not known here, no longer trusted, or not one that may have signed this."""

    code = "UnknownKey"


class Undecryptable(Refused):
    """What is sealed was altered or belongs elsewhere."""

    code = "Undecryptable"


class Signer(msgspec.Struct, frozen=True, kw_only=True):
    """A key to sign with, and the certificate that vouches for it."""

    key: PrivateKey
    """P-256 signs as ES256, Ed25519 as EdDSA."""
    key_id: bytes
    """SHA-256 of the certificate."""


class Addressee(msgspec.Struct, frozen=True, kw_only=True):
    """Whom something is sealed for."""

    key: ec.EllipticCurvePublicKey
    key_id: bytes
    """SHA-256 of the certificate."""

    @classmethod
    def of(cls, der: bytes) -> "Addressee":
        """Take the key of a certificate.

        Raises:
            Malformed: it holds no P-256 key.
        """
        key = public_key_of(der)
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise Malformed("elements are sealed for P-256 certificates only")
        return cls(key=key, key_id=key_id_of(der))


class ContentKey(msgspec.Struct, frozen=True):
    """A key that both ends have; it got there sealed for the other's certificate."""

    key: bytes
    """32 random bytes."""

    def __post_init__(self) -> None:
        """Refuse keys of other lengths, which AES would take.

        Raises:
            Malformed: it has not 32 bytes.
        """
        if len(self.key) != 32:
            raise Malformed("a content key has 32 bytes")

    @property
    def key_id(self) -> bytes:
        """Its name: a hash, so that nobody has to agree on one."""
        return hashlib.sha256(b"iec63110-content-key" + self.key).digest()


class Trust(Protocol):
    """Which keys count. None: unknown, or no longer believed."""

    def public_key(self, key_id: bytes) -> PublicKey | None:
        """Return the key of a certificate that is believed."""
        ...

    def private_key(self, key_id: bytes) -> ec.EllipticCurvePrivateKey | None:
        """Return one's own key, by one's own certificate."""
        ...

    def content_key(self, key_id: bytes) -> ContentKey | None:
        """Return a key shared with others."""
        ...


def key_id_of(der: bytes) -> bytes:
    """Name the key of a certificate: the SHA-256 of the certificate."""
    return hashlib.sha256(der).digest()


def public_key_of(der: bytes) -> PublicKey:
    """Return the key of a certificate.

    Raises:
        Malformed: no certificate, or neither P-256 nor Ed25519.
    """
    try:
        key = x509.load_der_x509_certificate(der).public_key()
    except ValueError as error:
        raise Malformed("that is no certificate") from error
    if isinstance(key, ed25519.Ed25519PublicKey):
        return key
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise Malformed("protected elements know P-256 and Ed25519 keys only")


def sign1(payload: bytes, aad: bytes, by: Signer) -> bytes:
    """Make a COSE_Sign1.

    Args:
        payload: to be signed and carried along.
        aad: signed too, but not carried: the receiver knows it.
        by: who signs.
    """
    algorithm = ES256 if isinstance(by.key, ec.EllipticCurvePrivateKey) else EDDSA
    protected = _dumps({ALG: algorithm, KID: by.key_id})
    signature = _signature(by.key, _dumps(["Signature1", protected, aad, payload]))
    return _dumps(cbor2.CBORTag(SIGN1, [protected, {}, payload, signature]))


def encrypt0(payload: bytes, aad: bytes, key: ContentKey) -> bytes:
    """Make a COSE_Encrypt0 under a key that both ends have; safe for 2^32 messages a key, by its random 96-bit nonces."""
    protected, nonce = _dumps({ALG: A256GCM, KID: key.key_id}), os.urandom(12)
    sealed = AESGCM(key.key).encrypt(nonce, payload, _dumps(["Encrypt0", protected, aad]))
    return _dumps(cbor2.CBORTag(ENCRYPT0, [protected, {IV: nonce}, sealed]))


def encrypt(payload: bytes, aad: bytes, to: Addressee) -> bytes:
    """Make a COSE_Encrypt for one certificate, under a key agreed with it for this once (ECDH-ES + HKDF-256)."""
    ephemeral, nonce = ec.generate_private_key(ec.SECP256R1()), os.urandom(12)
    point = ephemeral.public_key().public_numbers()
    theirs = {KTY: EC2, CRV: P256, X: point.x.to_bytes(COORDINATE, "big"), Y: point.y.to_bytes(COORDINATE, "big")}
    protected, agreement = _dumps({ALG: A256GCM}), _dumps({ALG: ECDH_ES_HKDF_256})
    key = _agreed(ephemeral.exchange(ec.ECDH(), to.key), agreement)
    sealed = AESGCM(key).encrypt(nonce, payload, _dumps(["Encrypt", protected, aad]))
    recipient = [agreement, {KID: to.key_id, EPHEMERAL: theirs}, b""]
    return _dumps(cbor2.CBORTag(ENCRYPT, [protected, {IV: nonce}, sealed, [recipient]]))


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a COSE message held."""

    payload: bytes
    signer: bytes | None
    """Key id of who signed it; None: it was sealed."""


def found(raw: bytes, aad: bytes, trust: Trust) -> Found:
    """Verify or unseal a COSE message.

    Raises:
        Malformed: it is none of the three, or not as the link wants them.
        UnknownKey: its key is not believed, or not had.
        BadSignature: it is signed, but not like this and not for here.
        Undecryptable: it is sealed, but not like this and not for here.
    """
    tag, content = tagged(raw)
    parts = plain(content)
    try:
        if tag == SIGN1:
            payload, signer = _verified(*parts, aad=aad, trust=trust)
            return Found(payload=payload, signer=signer)
        if tag == ENCRYPT0:
            return Found(payload=_unsealed0(*parts, aad=aad, trust=trust), signer=None)
        if tag == ENCRYPT:
            return Found(payload=_unsealed(*parts, aad=aad, trust=trust), signer=None)
    except (TypeError, LookupError, ValueError) as error:  # parts too few, too many, or of another kind
        raise Malformed("COSE of another shape than the link's") from error
    raise Malformed(f"tag {tag} is no COSE that the link knows")


def _verified(
    protected: bytes, unprotected: Any, payload: bytes, signature: bytes, *, aad: bytes, trust: Trust
) -> tuple[bytes, bytes]:
    names, _ = _names(protected, {ALG, KID}), _exactly(unprotected, set())
    key = trust.public_key(names[KID])
    if key is None:
        raise UnknownKey("signed with a key that is not trusted here")
    signed = _dumps(["Signature1", _bytes(protected), aad, _bytes(payload)])
    if not _holds(key, names[ALG], _bytes(signature), signed):
        raise BadSignature("the signature does not hold here")
    return payload, names[KID]


def _unsealed0(protected: bytes, unprotected: dict[Any, Any], sealed: bytes, *, aad: bytes, trust: Trust) -> bytes:
    names = _names(protected, {ALG, KID})
    key = trust.content_key(names[KID])
    if key is None:
        raise UnknownKey("sealed under a key that is not had here")
    return _decrypted(key.key, names, unprotected, sealed, _dumps(["Encrypt0", protected, aad]))


def _unsealed(
    protected: bytes, unprotected: dict[Any, Any], sealed: bytes, recipients: list[Any], *, aad: bytes, trust: Trust
) -> bytes:
    ((agreement, beside, wrapped),) = recipients  # the link seals for one; there is no second to look for
    _exactly(beside, {KID, EPHEMERAL})
    if _names(agreement, {ALG})[ALG] != ECDH_ES_HKDF_256 or wrapped != b"":
        raise Malformed("elements are sealed by ECDH-ES + HKDF-256 for one certificate")
    own = trust.private_key(_bytes(beside[KID]))
    if own is None:
        raise UnknownKey("sealed for somebody else")
    key = _agreed(own.exchange(ec.ECDH(), _point(beside[EPHEMERAL])), agreement)
    return _decrypted(key, _names(protected, {ALG}), unprotected, sealed, _dumps(["Encrypt", protected, aad]))


def _decrypted(key: bytes, names: dict[int, Any], unprotected: dict[Any, Any], sealed: bytes, aad: bytes) -> bytes:
    nonce = _bytes(_exactly(unprotected, {IV})[IV])
    if names[ALG] != A256GCM or len(nonce) != 12:
        raise Malformed("elements are sealed with A256GCM")
    try:
        return AESGCM(key).decrypt(nonce, _bytes(sealed), aad)
    except InvalidTag as error:
        raise Undecryptable("the seal does not hold here") from error


def _names(protected: Any, wanted: set[int]) -> dict[int, Any]:
    """Read a protected header; what is in it beyond the wanted could not be understood (RFC 9052 3.1)."""
    names = _exactly(plain(_bytes(protected)), wanted)
    _bytes(names.get(KID, b""))
    return names


def _exactly(names: Any, wanted: set[int]) -> dict[int, Any]:
    if not isinstance(names, dict) or set(names) != wanted:
        raise Malformed("a COSE header of another shape than the link's")
    return names


def _bytes(value: Any) -> bytes:
    if not isinstance(value, bytes):
        raise Malformed("COSE of another shape than the link's")
    return value


def _point(key: dict[Any, Any]) -> ec.EllipticCurvePublicKey:
    halves = [_bytes(key[one]) for one in (X, Y)]
    if _exactly(key, {KTY, CRV, X, Y})[KTY] != EC2 or key[CRV] != P256 or [len(one) for one in halves] != [COORDINATE] * 2:
        raise Malformed("the key beside a seal is not of P-256")
    x, y = (int.from_bytes(one, "big") for one in halves)
    try:
        return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    except ValueError as error:
        raise Malformed("the key beside a seal is no point of P-256") from error


def _agreed(secret: bytes, agreement: bytes) -> bytes:
    """Derive the key of one seal (RFC 9053 5.2): for A256GCM, of 256 bits, nobody named."""
    nobody = [None, None, None]
    context = _dumps([A256GCM, nobody, nobody, [256, agreement]])
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=context).derive(secret)


def _signature(key: PrivateKey, data: bytes) -> bytes:
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(data)
    r, s = decode_dss_signature(key.sign(data, ec.ECDSA(SHA256())))
    return r.to_bytes(COORDINATE, "big") + s.to_bytes(COORDINATE, "big")


def _holds(key: PublicKey, algorithm: Any, signature: bytes, data: bytes) -> bool:
    try:
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, data)
            return bool(algorithm == EDDSA)
        r, s = (int.from_bytes(half, "big") for half in (signature[:COORDINATE], signature[COORDINATE:]))
        key.verify(encode_dss_signature(r, s), data, ec.ECDSA(SHA256()))
        return bool(algorithm == ES256) and len(signature) == 2 * COORDINATE
    except InvalidSignature:
        return False


def _dumps(value: Any) -> bytes:
    """Encode as RFC 8949 4.2.1 wants it: all keys here are of one byte, so that both orders of keys agree."""
    return cbor2.dumps(value, canonical=True)
