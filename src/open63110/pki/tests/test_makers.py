# SPDX-License-Identifier: Apache-2.0
"""Keys of makers: which signatures count, and what is no key (8.3.11)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from open63110.kernel.errors import Malformed, Unavailable
from open63110.pki.makers import Makers

CONTENT = b'{"vendor": "Acme"}'
PSS = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=padding.PSS.MAX_LENGTH)
ED, EC, RSA = ed25519.Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)


def pem(folder: Path, name: str, key: Any) -> str:
    path = folder / f"{name}.pem"
    path.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return str(path)


@pytest.mark.parametrize(
    ("key", "signature"),
    [
        (ED, ED.sign(CONTENT)),
        (EC, EC.sign(CONTENT, ec.ECDSA(hashes.SHA256()))),
        (RSA, RSA.sign(CONTENT, PSS, hashes.SHA256())),
    ],
    ids=["Ed25519", "ECDSA", "RSA"],
)
def test_a_signature_of_a_makers_key_counts_for_just_what_was_signed(key: Any, signature: bytes, tmp_path: Path) -> None:
    other = ed25519.Ed25519PrivateKey.generate()
    makers = Makers.of([f"Acme={pem(tmp_path, 'old', other)}", f"Acme = {pem(tmp_path, 'acme-2026', key)}"])
    assert makers.knows("acme ")
    assert makers.signer("ACME", CONTENT, signature) == "acme-2026"
    assert makers.signer("Acme", CONTENT + b" ", signature) is None
    assert makers.signer("Acme", CONTENT, signature[:-1] + b"\x00\x01") is None
    assert makers.signer("Acme", CONTENT, b"") is None
    assert makers.signer("Other", CONTENT, signature) is None
    assert not makers.knows("Other")


def test_nobody_gets_round_a_key_by_writing_the_name_of_its_maker_otherwise(tmp_path: Path) -> None:
    makers = Makers.of([f"Acme Ltd={pem(tmp_path, 'acme', ED)}"])
    assert all(makers.knows(one) for one in ("Acme Ltd", "acme-ltd", "ACME  LTD "))
    assert not makers.knows("Acme")
    assert makers.signer("acme-ltd", CONTENT, ED.sign(CONTENT)) == "acme"


def test_a_certificate_does_as_well(tmp_path: Path) -> None:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Acme signs")])
    now = datetime(2026, 1, 1, tzinfo=UTC)
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(EC.public_key()).serial_number(1)
    signed = built.not_valid_before(now).not_valid_after(now + timedelta(days=9)).sign(EC, hashes.SHA256())
    path = tmp_path / "cert.pem"
    path.write_bytes(signed.public_bytes(Encoding.PEM))
    makers = Makers({"Acme": [str(path)]})
    assert makers.signer("Acme", CONTENT, EC.sign(CONTENT, ec.ECDSA(hashes.SHA256()))) == "cert"


def test_what_is_no_key_is_said_at_start(tmp_path: Path) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----\n")
    for wrong in ("Acme", "=x.pem", "Acme=", f"Acme={broken}", f"Acme={pem(tmp_path, 'dsa', dsa.generate_private_key(2048))}"):
        with pytest.raises(Malformed) as refused:
            Makers.of([wrong])
        assert refused.value.code == "NoKey"
    with pytest.raises(Unavailable):
        Makers.of([f"Acme={tmp_path / 'none.pem'}"])
