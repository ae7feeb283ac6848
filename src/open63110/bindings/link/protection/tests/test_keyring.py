# SPDX-License-Identifier: Apache-2.0
"""Which keys a party believes, has and shares."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from open63110.bindings.link.protection.cose import Addressee, ContentKey, key_id_of
from open63110.bindings.link.protection.keyring import Keyring
from open63110.kernel.errors import Malformed

NOW = datetime(2030, 1, 1, tzinfo=UTC)
P256, ED = ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate()
Key = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


def certificate(key: Key) -> bytes:
    """A certificate of a key."""
    name = x509.Name([])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.not_valid_before(NOW).not_valid_after(NOW + timedelta(1)).sign(key, algorithm).public_bytes(Encoding.DER)


def test_a_key_goes_by_the_hash_of_its_certificate() -> None:
    ring, der = Keyring(), certificate(P256)
    assert ring.believe(der) == key_id_of(der)
    assert ring.public_key(key_id_of(der)) == P256.public_key()
    assert ring.private_key(key_id_of(der)) is None


def test_ones_own_key_signs_and_opens() -> None:
    ring = Keyring()
    signer = ring.own(P256, certificate(P256))
    assert ring.private_key(signer.key_id) is P256
    assert ring.public_key(signer.key_id) == P256.public_key()


def test_an_ed25519_key_signs_only() -> None:
    ring = Keyring()
    signer = ring.own(ED, certificate(ED))
    assert ring.private_key(signer.key_id) is None
    assert ring.public_key(signer.key_id) == ED.public_key()
    with pytest.raises(Malformed, match="P-256"):
        Addressee.of(certificate(ED))


def test_a_certificate_of_another_key_is_refused() -> None:
    ring = Keyring()
    with pytest.raises(Malformed, match="another key"):
        ring.own(P256, certificate(ED))


@pytest.mark.parametrize(
    "key", [rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP384R1())], ids=["RSA", "P-384"]
)
def test_other_kinds_of_keys_are_refused(key: Key) -> None:
    with pytest.raises(Malformed, match="P-256 and Ed25519"):
        Keyring().believe(certificate(key))


def test_what_is_forgotten_is_gone() -> None:
    ring, shared = Keyring(), ContentKey(bytes(32))
    ring.share(shared)
    signer = ring.own(P256, certificate(P256))
    assert ring.content_key(shared.key_id) == shared
    for key_id in (signer.key_id, shared.key_id, b"never known"):
        ring.forget(key_id)
        assert (ring.public_key(key_id), ring.private_key(key_id), ring.content_key(key_id)) == (None, None, None)


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_content_key_has_256_bits(length: int) -> None:
    with pytest.raises(Malformed, match="32 bytes"):
        ContentKey(bytes(length))
