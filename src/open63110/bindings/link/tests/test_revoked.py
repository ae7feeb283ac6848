# SPDX-License-Identifier: Apache-2.0
"""The list of certificates taken back is read again when it changes, and believed only when an authority has signed it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from open63110.bindings.link.revoked import Revoked

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


class Authority:
    """A root in a folder."""

    def __init__(self, folder: Path, name: str = "root") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "root")])
        made = (
            x509.CertificateBuilder()
            .subject_name(self.name)
            .issuer_name(self.name)
            .public_key(self.key.public_key())
            .serial_number(1)
            .not_valid_before(NOON)
            .not_valid_after(NOON + timedelta(days=9))
            .sign(self.key, hashes.SHA256())
        )
        self.path = folder / f"{name}.pem"
        self.path.write_bytes(made.public_bytes(Encoding.PEM))

    def write(self, path: Path, *serials: int) -> None:
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.name).last_update(NOON)
        builder = builder.next_update(NOON + timedelta(days=9))
        for one in serials:
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder().serial_number(one).revocation_date(NOON).build()
            )
        draft = path.with_suffix(".new")
        draft.write_bytes(builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.PEM))
        draft.replace(path)


def test_without_a_list_nothing_is_taken_back() -> None:
    revoked = Revoked(None, None)
    assert 1 not in revoked
    assert not revoked.look()


def test_a_list_that_grows_is_read_again(tmp_path: Path) -> None:
    authority, path = Authority(tmp_path), tmp_path / "crl.pem"
    authority.write(path, 7)
    revoked = Revoked(path, authority.path)
    assert (7 in revoked, 8 in revoked) == (True, False)
    assert not revoked.look()
    authority.write(path, 7, 8)
    assert revoked.look()
    assert 8 in revoked


@pytest.mark.parametrize("content", [b"", b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"])
def test_a_list_that_cannot_be_read_leaves_the_last_one(content: bytes, tmp_path: Path) -> None:
    authority, path = Authority(tmp_path), tmp_path / "crl.pem"
    authority.write(path, 7)
    revoked = Revoked(path, authority.path)
    path.write_bytes(content)
    assert not revoked.look()
    assert not revoked.look()
    assert 7 in revoked
    path.unlink()
    assert not revoked.look()
    authority.write(path, 7, 9)
    assert revoked.look()


def test_a_list_of_somebody_else_is_not_believed(tmp_path: Path) -> None:
    authority, other, path = Authority(tmp_path), Authority(tmp_path, "other"), tmp_path / "crl.pem"
    other.write(path, 7)
    assert 7 not in Revoked(path, authority.path)
    assert 7 not in Revoked(path, None)
