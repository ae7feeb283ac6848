# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.6: who may sign firmware, and whether he did."""

import base64
import hashlib
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding
from tests.e2e.firmware_house import Manufacturer

from open63110.apps.clock import SystemClock
from open63110.pki.firmware_signature import INVALID, REVOKED, Manufacturers, sha256_of, sign, signed_by

NOW = SystemClock().now()
DIGEST = hashlib.sha256(b"image").digest()


def test_a_signer_descends_from_a_manufacturer_or_is_not_believed(tmp_path: Path) -> None:
    maker, other = Manufacturer(tmp_path), Manufacturer(tmp_path, "Other")
    judge = Manufacturers(maker.roots, maker.revoked)
    assert judge.judge(maker.pem, NOW) == ""
    assert judge.judge(other.pem, NOW) == INVALID
    assert judge.judge("no certificate", NOW) == INVALID
    assert judge.judge("", NOW) == INVALID
    assert Manufacturers(None).judge(maker.pem, NOW) == INVALID
    assert Manufacturers(tmp_path / "gone.pem").judge(maker.pem, NOW) == INVALID


def test_an_impostor_with_the_name_of_the_manufacturer_is_not_believed(tmp_path: Path) -> None:
    maker, impostor = Manufacturer(tmp_path / "a"), Manufacturer(tmp_path / "b")
    assert Manufacturers(maker.roots).judge(impostor.pem, NOW) == INVALID
    assert Manufacturers(maker.roots).judge(impostor.pem + impostor.root.public_bytes(Encoding.PEM).decode(), NOW) == INVALID


def test_a_signer_whose_time_is_over_or_who_was_taken_back_is_not_believed(tmp_path: Path) -> None:
    maker = Manufacturer(tmp_path)
    judge = Manufacturers(maker.roots, maker.revoked)
    assert judge.judge(maker.pem, NOW + timedelta(days=60)) == INVALID
    maker.take_back(maker.certificate)
    assert judge.judge(maker.pem, NOW) == REVOKED
    maker.revoked.write_bytes(b"-----BEGIN X509 CRL-----\nx\n-----END X509 CRL-----\n")
    assert judge.judge(maker.pem, NOW) == INVALID  # who was taken back cannot be known


def test_a_list_that_the_manufacturer_did_not_sign_takes_nobody_back(tmp_path: Path) -> None:
    maker, impostor = Manufacturer(tmp_path / "a"), Manufacturer(tmp_path / "b")
    impostor.take_back(maker.certificate)
    assert Manufacturers(maker.roots, impostor.revoked).judge(maker.pem, NOW) == ""


def unknown(certificate: x509.Certificate) -> str:
    """Return a certificate whose key is of a kind that nobody knows: the name of the curve is one that does not exist."""
    curve = bytes.fromhex("06082a8648ce3d030107")
    made = certificate.public_bytes(Encoding.DER)
    assert made.count(curve) == 1
    spoilt = base64.encodebytes(made.replace(curve, curve[:-1] + b"\x77")).decode()
    return f"-----BEGIN CERTIFICATE-----\n{spoilt}-----END CERTIFICATE-----\n"


def test_a_certificate_of_a_kind_that_nobody_knows_is_not_believed_and_breaks_nothing(tmp_path: Path) -> None:
    maker = Manufacturer(tmp_path)
    strange = unknown(maker.certificate)
    assert Manufacturers(maker.roots).judge(strange, NOW) == INVALID
    assert Manufacturers(maker.roots).judge(maker.pem + strange, NOW) == ""
    assert not signed_by(DIGEST, sign(DIGEST, maker.signer), strange)


def test_a_signer_whose_key_is_of_another_kind_is_not_believed(tmp_path: Path) -> None:
    maker = Manufacturer(tmp_path)
    maker.signer = ed25519.Ed25519PrivateKey.generate()  # type: ignore[assignment] # of another kind
    pem = maker.signer_certificate().public_bytes(Encoding.PEM).decode()
    assert Manufacturers(maker.roots).judge(pem, NOW) == INVALID
    assert not signed_by(DIGEST, base64.b64encode(b"x" * 64).decode(), pem)


def test_a_signature_is_of_one_image_by_one_signer(tmp_path: Path) -> None:
    maker, other = Manufacturer(tmp_path), Manufacturer(tmp_path, "Other")
    made = sign(DIGEST, maker.signer)
    assert signed_by(DIGEST, made, maker.pem)
    assert not signed_by(hashlib.sha256(b"another").digest(), made, maker.pem)
    assert not signed_by(DIGEST, made, other.pem)
    assert not signed_by(DIGEST, "?", maker.pem)
    assert not signed_by(DIGEST, "AAAA", maker.pem)
    assert not signed_by(DIGEST, made, "no certificate")


def test_rsa_signs_with_either_padding_and_never_with_a_short_key(tmp_path: Path) -> None:
    maker = Manufacturer(tmp_path)
    for bits, verdict in ((2048, ""), (1024, INVALID)):
        key = rsa.generate_private_key(65_537, bits)
        maker.signer = key  # type: ignore[assignment] # of another kind
        pem = maker.signer_certificate().public_bytes(Encoding.PEM).decode()
        assert Manufacturers(maker.roots).judge(pem, NOW) == verdict
        for pad in (padding.PKCS1v15(), padding.PSS(padding.MGF1(hashes.SHA256()), 32)):
            made = base64.b64encode(key.sign(DIGEST, pad, Prehashed(hashes.SHA256()))).decode()
            assert signed_by(DIGEST, made, pem)


def test_a_file_is_hashed_whole(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"x" * 3_000_000)
    assert sha256_of(path) == hashlib.sha256(b"x" * 3_000_000).digest()
