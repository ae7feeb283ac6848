# SPDX-License-Identifier: Apache-2.0
"""An authority on disk: nothing is overwritten, keys are their owner's, what was signed can be taken back."""

import ssl
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from open63110.kernel.errors import Refused, Trouble, Unavailable, Unknown
from open63110.kernel.roles import Role
from open63110.pki.authority import Revoked, Wish
from open63110.pki.folder import Folder, Given
from open63110.pki.identity import Party

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)
CS1, CSMS = Party("CS1", Role.STATION), Party("csms", Role.CSMS)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "pki")
    made.make("Site authority", [], NOW)
    return made


def contents(folder: Folder) -> dict[str, bytes]:
    """Every file, by its path in the folder."""
    return {str(one.relative_to(folder.path)): one.read_bytes() for one in folder.path.rglob("*") if one.is_file()}


def certificate(given: Given) -> bytes:
    """What a party shows."""
    return x509.load_pem_x509_certificate(given.certificate.read_bytes()).public_bytes(Encoding.DER)


def test_keys_are_for_their_owner_only(folder: Folder) -> None:
    given = folder.issue(Wish(party=CS1), NOW)
    assert given.key is not None
    for path in (folder.path / "authority.key", given.key):
        assert path.stat().st_mode & 0o777 == 0o600
    for path in (folder.path, given.key.parent):
        assert path.stat().st_mode & 0o777 == 0o700


def test_what_a_party_is_given_makes_a_tls_context(folder: Folder) -> None:
    given = folder.issue(Wish(party=CSMS, server_names=("localhost",)), NOW)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=given.authority)
    context.load_cert_chain(given.certificate, given.key)
    assert given.authority.read_bytes() == folder.root_path.read_bytes()
    assert folder.vouched(certificate(given), NOW) == CSMS


def test_a_party_with_a_key_of_its_own_is_given_none(folder: Folder) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, hashes.SHA256())
    given = folder.issue(Wish(party=CS1), NOW, request=request.public_bytes(Encoding.PEM))
    assert given.key is None
    assert sorted(one.name for one in given.certificate.parent.iterdir()) == ["authority.pem", "certificate.pem"]
    assert x509.load_der_x509_certificate(certificate(given)).public_key() == key.public_key()


def test_nothing_is_overwritten(folder: Folder, tmp_path: Path) -> None:
    folder.issue(Wish(party=CS1), NOW)
    before = contents(folder)
    with pytest.raises(Refused, match="holds an authority already"):
        folder.make("Another", [], NOW)
    with pytest.raises(Refused, match=r"certificate\.pem exists"):
        folder.issue(Wish(party=CS1), NOW)
    elsewhere = tmp_path / "given"
    elsewhere.mkdir()
    (elsewhere / "key.pem").write_text("precious", encoding="utf-8")
    with pytest.raises(Refused, match=r"key\.pem exists"):
        folder.issue(Wish(party=CS1), NOW, to=elsewhere)
    assert contents(folder) == before
    assert [one.name for one in elsewhere.iterdir()] == ["key.pem"]


def test_a_renewed_certificate_goes_elsewhere(folder: Folder, tmp_path: Path) -> None:
    first, second = folder.issue(Wish(party=CS1), NOW), folder.issue(Wish(party=CS1), NOW, to=tmp_path / "renewed")
    assert {one.serial for one in folder.issued()} == {first.serial, second.serial}


@pytest.mark.parametrize("identity", ["..", ".", "../../etc/passwd", "DE*ABC*E1", "a/b", "Ł 1"])
def test_files_stay_in_the_folder_whatever_a_party_is_called(folder: Folder, identity: str) -> None:
    given = folder.issue(Wish(party=Party(identity, Role.STATION)), NOW)
    assert given.certificate.resolve().parent.parent == (folder.path / "parties").resolve()
    assert folder.vouched(certificate(given), NOW).identity == identity


def test_what_was_taken_back_is_listed_so(folder: Folder) -> None:
    good, bad = folder.issue(Wish(party=CSMS), NOW), folder.issue(Wish(party=CS1), NOW + timedelta(minutes=1))
    later = NOW + timedelta(days=3)
    assert folder.revoke(bad.serial.upper(), "superseded", later).identity == "CS1"
    assert [(one.identity, one.revoked) for one in folder.issued()] == [("csms", None), ("CS1", later)]
    assert folder.vouched(certificate(good), later) == CSMS
    with pytest.raises(Revoked):
        folder.vouched(certificate(bad), later)


def test_openssl_reads_the_list_and_its_reason(folder: Folder) -> None:
    folder.revoke(folder.issue(Wish(party=CS1), NOW).serial, "key-compromise", NOW)
    command = ["openssl", "crl", "-in", str(folder.revoked_path), "-CAfile", str(folder.root_path), "-noout", "-text"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "verify OK" in done.stderr
    assert "Key Compromise" in done.stdout


def test_a_serial_number_may_be_shortened_while_it_is_one(folder: Folder) -> None:
    serials = [folder.issue(Wish(party=Party(f"CS{one}", Role.STATION)), NOW).serial for one in range(20)]
    shared = next(one[0] for one in serials if sum(other[0] == one[0] for other in serials) > 1)
    with pytest.raises(Refused, match="serial numbers begin with"):
        folder.revoke(shared, "unspecified", NOW)
    assert folder.revoke(f"0x{serials[3][:20]}", "unspecified", NOW).identity == "CS3"


def test_of_several_authorities_made_at_once_one_is_kept(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "pki")

    def make(number: int) -> bool:
        try:
            folder.make(f"Authority {number}", [], NOW)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(make, range(6))) == 1
    folder.issue(Wish(party=CS1), NOW)
    assert sorted(one.name for one in folder.path.iterdir()) == [
        "authority.key",
        "authority.pem",
        "issued",
        "parties",
        "revoked.pem",
    ]


@pytest.mark.parametrize("serial", ["", "zz", "0x", "00" * 30])
def test_no_certificate_has_a_serial_number_that_nobody_was_given(folder: Folder, serial: str) -> None:
    folder.issue(Wish(party=CS1), NOW)
    with pytest.raises(Unknown, match="no certificate"):
        folder.revoke(serial, "unspecified", NOW)


def test_a_certificate_is_taken_back_once(folder: Folder) -> None:
    serial = folder.issue(Wish(party=CS1), NOW).serial
    folder.revoke(serial, "unspecified", NOW)
    with pytest.raises(Refused, match="before"):
        folder.revoke(serial, "unspecified", NOW)


def test_no_revocation_is_lost_when_several_are_made_at_once(folder: Folder) -> None:
    serials = [folder.issue(Wish(party=Party(f"CS{one}", Role.STATION)), NOW).serial for one in range(12)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda one: folder.revoke(one, "unspecified", NOW), serials))
    assert [one.revoked for one in folder.issued()] == [NOW] * 12
    number = folder.revocations().extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    assert number == 13


def test_where_there_is_no_authority_the_remedy_is_told(tmp_path: Path) -> None:
    nothing = Folder(tmp_path / "nothing")
    with pytest.raises(Unknown) as told:
        nothing.issue(Wish(party=CS1), NOW)
    assert "pki init" in told.value.remedy
    for ask in (nothing.issued, nothing.revocations, nothing.root):
        with pytest.raises(Unknown):
            ask()
    assert not nothing.path.exists()


@pytest.mark.parametrize("name", ["authority.pem", "authority.key", "revoked.pem"])
def test_a_damaged_file_is_named(folder: Folder, name: str) -> None:
    serial = folder.issue(Wish(party=CS1), NOW).serial
    (folder.path / name).write_bytes(b"no PEM")
    with pytest.raises(Unavailable, match=name) as told:
        folder.revoke(serial, "unspecified", NOW)
    assert told.value.code == "Damaged"


@pytest.mark.parametrize("name", ["authority.key", "revoked.pem"])
def test_a_file_of_another_authority_is_no_better_than_a_damaged_one(folder: Folder, name: str, tmp_path: Path) -> None:
    other = Folder(tmp_path / "other")
    other.make("Site authority", [], NOW)
    serial = folder.issue(Wish(party=CS1), NOW).serial
    (folder.path / name).write_bytes((other.path / name).read_bytes())
    with pytest.raises(Unavailable, match=name):
        folder.revoke(serial, "unspecified", NOW)


def test_a_missing_list_of_revocations_believes_nobody(folder: Folder) -> None:
    given = folder.issue(Wish(party=CS1), NOW)
    folder.revoked_path.unlink()
    with pytest.raises(Trouble, match="revoked"):
        folder.vouched(certificate(given), NOW)


def test_a_damaged_certificate_is_named(folder: Folder) -> None:
    given = folder.issue(Wish(party=CS1), NOW)
    (folder.path / "issued" / f"{given.serial}.pem").write_bytes(b"no PEM")
    with pytest.raises(Unavailable, match=given.serial):
        folder.issued()


def test_whatever_the_umask_the_key_stays_secret(tmp_path: Path) -> None:
    code = (
        "import os, sys; os.umask(0)\nfrom datetime import *\nfrom pathlib import Path\nfrom open63110.pki.folder import Folder\n"
        "Folder(Path(sys.argv[1])).make('x', [], datetime(2030, 1, 1, tzinfo=UTC))"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path / "pki"], check=True)
    assert (tmp_path / "pki" / "authority.key").stat().st_mode & 0o777 == 0o600
