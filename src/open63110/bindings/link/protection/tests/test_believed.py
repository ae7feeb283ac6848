# SPDX-License-Identifier: Apache-2.0
"""Whose keys count: certificates of an authority in a folder, for as long as they live and are not taken back (B.3)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from open63110.bindings.link.protection.believed import Believed, key_in
from open63110.bindings.link.protection.cose import key_id_of
from open63110.bindings.link.revoked import Revoked
from open63110.kernel.errors import Malformed
from open63110.kernel.roles import Role
from open63110.pki.authority import Wish
from open63110.pki.folder import Folder, Given
from open63110.pki.identity import identity_of, party

BEGIN = datetime(2030, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


class House:
    """An authority, and a clock that is moved by hand."""

    def __init__(self, folder: Path) -> None:
        self.now = BEGIN
        self.pki = Folder(folder / "pki")
        self.pki.make("Test authority", (), BEGIN)

    def give(self, identity: str, to: str = "") -> Given:
        wish = Wish(party=party(identity, Role.STATION), life=DAY)
        return self.pki.issue(wish, self.now, to=self.pki.path / to if to else None)

    def believed(self, **more: timedelta) -> Believed:
        roots = x509.load_pem_x509_certificates(self.pki.root_path.read_bytes())
        revoked = Revoked(self.pki.revoked_path, self.pki.root_path)
        folder = self.pki.path / "issued"
        return Believed(identity_of, lambda: self.now, authorities=roots, folder=folder, revoked=revoked, **more)


def der(given: Given) -> bytes:
    return x509.load_pem_x509_certificate(given.certificate.read_bytes()).public_bytes(Encoding.DER)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_a_certificate_counts_from_when_it_lies_in_the_folder(house: House) -> None:
    trust = house.believed()
    given = house.give("CS1")
    assert trust.public_key(key_id_of(der(given))) is None  # the folder was read a moment ago
    house.now += timedelta(seconds=2)
    assert trust.public_key(key_id_of(der(given))) is not None
    found = trust.signed_by(key_id_of(der(given)))
    assert found is not None
    assert (found.identity, found.role) == ("CS1", Role.STATION)


def test_it_counts_no_longer_than_it_lives_unless_it_is_said_how_much_longer(house: House) -> None:
    name = key_id_of(der(house.give("CS1")))
    strict, patient = house.believed(), house.believed(expired=DAY)
    house.now = BEGIN + DAY - timedelta(seconds=1)
    assert strict.public_key(name) is not None
    house.now = BEGIN + DAY + timedelta(seconds=1)
    assert strict.public_key(name) is None
    assert patient.public_key(name) is not None
    assert patient.addressee("CS1") is None  # nobody seals for a certificate that is over
    house.now = BEGIN + 2 * DAY + timedelta(seconds=1)
    assert patient.public_key(name) is None


def test_one_that_was_taken_back_counts_no_more(house: House) -> None:
    given = house.give("CS1")
    trust = house.believed()
    assert trust.public_key(key_id_of(der(given))) is not None
    house.pki.revoke(given.serial, "key-compromise", house.now)
    house.now += timedelta(seconds=2)
    assert trust.public_key(key_id_of(der(given))) is None
    assert trust.addressee("CS1") is None


def test_one_of_another_authority_never_counts(house: House, tmp_path: Path) -> None:
    other = House(tmp_path / "other")
    given = other.give("CS1")
    (house.pki.path / "issued" / "foreign.pem").write_bytes(given.certificate.read_bytes())
    (house.pki.path / "issued" / "broken.pem").write_bytes(b"no certificate")
    assert house.believed().public_key(key_id_of(der(given))) is None


def test_the_newest_certificate_of_an_identity_is_sealed_for(house: House) -> None:
    house.give("CS1")
    house.now += timedelta(hours=1)
    newer = house.give("CS1", to="again")
    found = house.believed().addressee("CS1")
    assert found is not None
    assert found.key_id == key_id_of(der(newer))
    assert house.believed().addressee("CS2") is None


def test_a_key_file_that_does_not_sign_elements_is_refused() -> None:
    with pytest.raises(Malformed, match="no private key"):
        key_in(b"no key")


def test_a_file_that_was_read_half_written_is_read_again(house: House) -> None:
    given = house.give("CS1", to="elsewhere")
    (path,) = (house.pki.path / "issued").glob("*.pem")
    whole = path.read_bytes()
    path.write_bytes(whole[:100])
    trust = house.believed()
    assert trust.public_key(key_id_of(der(given))) is None
    path.write_bytes(whole)
    house.now += timedelta(seconds=2)
    assert trust.public_key(key_id_of(der(given))) is not None
