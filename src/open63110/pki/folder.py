# SPDX-License-Identifier: Apache-2.0
"""Where an authority keeps what it has: files that other programs can read, written whole or not at all, never over others.

authority.pem   its certificate
authority.key   its key, for its owner's eyes only
revoked.pem     the list of certificates taken back
issued/         every certificate, by serial number
parties/        what each party is given: certificate.pem, key.pem, authority.pem
"""

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from open63110.kernel.errors import Refused, Unavailable, Unknown
from open63110.kernel.roles import Role
from open63110.pki.authority import (
    ROOT_LIFE,
    Authority,
    PublicKey,
    Reason,
    Wish,
    key_of_request,
    make_authority,
    revoked_certificate,
    usable,
    vouched,
)
from open63110.pki.identity import Party, identity_of

ROOT, KEY, REVOKED, ISSUED, PARTIES = "authority.pem", "authority.key", "revoked.pem", "issued", "parties"
CERTIFICATE, PARTY_KEY = "certificate.pem", "key.pem"
SECRET, PUBLIC, PRIVATE_FOLDER = 0o600, 0o644, 0o700


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate the authority signed."""

    serial: str
    """In hexadecimal."""
    identity: str
    role: Role
    begins: datetime
    ends: datetime
    revoked: datetime | None
    """None: it is not."""


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What a party is given."""

    serial: str
    identity: str
    role: Role
    ends: datetime
    certificate: Path
    """The party's chain; without the authority, whom its peers have."""
    authority: Path
    key: Path | None
    """None: the party has made its own."""


class Folder:
    """An authority on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def root_path(self) -> Path:
        """Whom to believe: the file for TLS settings."""
        return self.path / ROOT

    @property
    def revoked_path(self) -> Path:
        """The list of certificates taken back, in PEM."""
        return self.path / REVOKED

    def make(self, name: str, permitted: Sequence[str], now: datetime, life: timedelta = ROOT_LIFE) -> x509.Certificate:
        """Make an authority here.

        Args:
            name: for people.
            permitted: domains, addresses and networks it may name, beside those of closed networks.
            now: when it begins.
            life: how long it holds.

        Raises:
            Refused: there is one already.
            Malformed: a name or a network that cannot be.
        """
        if self.root_path.exists() or (self.path / KEY).exists():
            raise Refused(f"{self.path} holds an authority already", where=str(self.path), remedy="name another --folder")
        authority = make_authority(name, permitted, now, life)
        for folder in (self.path, self.path / ISSUED, self.path / PARTIES):
            folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        _write(self.path / KEY, _pem_of_key(authority.key), SECRET)
        _write(self.revoked_path, authority.revocations([], 1, now).public_bytes(Encoding.PEM), PUBLIC)
        _write(self.root_path, _pem(authority.certificate), PUBLIC)
        return authority.certificate

    def issue(self, wish: Wish, now: datetime, *, request: bytes | None = None, to: Path | None = None) -> Given:
        """Sign a certificate, remember it, and write what its party is given.

        Args:
            wish: what is to stand in it.
            now: when it begins.
            request: in PEM, by the party that has made its own key; None: a key is made here.
            to: folder for the files; None: one of the party's under parties/.

        Raises:
            Refused: files of this party are there already, or the authority may not.
            Unknown: there is no authority here.
            Malformed: a wish or request that cannot be.
        """
        authority = self._authority()
        key = ec.generate_private_key(ec.SECP256R1()) if request is None else None
        public: PublicKey = key.public_key() if key else key_of_request(request or b"", wish.party)
        place = to or self.path / PARTIES / _file_name(wish.party)
        files = [place / one for one in (CERTIFICATE, PARTY_KEY, ROOT)]
        there = next((one for one in files if one.exists()), None)
        if there is not None:
            raise Refused(f"{there} exists", where=str(there), remedy="name another place with --to, or move it away")
        certificate = authority.issue(public, wish, now)
        _write(self.path / ISSUED / f"{_serial(certificate)}.pem", _pem(certificate), PUBLIC)  # first: what is out can be revoked
        place.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        if key:
            _write(files[1], _pem_of_key(key), SECRET)
        _write(files[0], _pem(certificate), PUBLIC)
        _write(files[2], _pem(authority.certificate), PUBLIC)
        return Given(
            serial=_serial(certificate),
            identity=wish.party.identity,
            role=wish.party.role,
            ends=certificate.not_valid_after_utc,
            certificate=files[0],
            authority=files[2],
            key=files[1] if key else None,
        )

    def issued(self) -> list[Listed]:
        """Return every certificate, oldest first.

        Raises:
            Unknown: there is no authority here.
        """
        revoked = {one.serial_number: one.revocation_date_utc for one in self.revocations()}
        found = [_listed(one, revoked.get(one.serial_number)) for one in self.certificates()]
        return sorted(found, key=lambda one: (one.begins, one.identity, one.serial))

    def certificates(self) -> Iterator[x509.Certificate]:
        """Return every certificate as such, in no order: whom a receiver of signed elements knows.

        Raises:
            Unavailable: a file is damaged.
        """
        for path in (self.path / ISSUED).glob("*.pem"):
            yield _certificate(path)

    def revoke(self, serial: str, reason: Reason, now: datetime) -> Listed:
        """Take a certificate back: it stands in the list from now on, whoever reads that.

        Args:
            serial: in hexadecimal, whole or a beginning that only one has.
            reason: why.
            now: from when.

        Raises:
            Unknown: there is no such certificate, or no authority here.
            Refused: it was taken back before, or several begin like this.
        """
        now = now.replace(microsecond=0)  # as the list will say it
        with self._alone():
            certificate = self._named(serial)
            before = self.revocations()
            if before.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None:
                raise Refused(f"{_serial(certificate)} was taken back before", where="serial")
            number = before.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number + 1
            entries = [*before, revoked_certificate(certificate.serial_number, reason, now)]
            made = self._authority().revocations(entries, number, now)
            _replace(self.revoked_path, made.public_bytes(Encoding.PEM))
        return _listed(certificate, now)

    def root(self) -> x509.Certificate:
        """Return the authority's certificate.

        Raises:
            Unknown: there is no authority here.
            Unavailable: the file is damaged.
        """
        if not self.root_path.exists():
            remedy = "name its --folder, or make one: open63110 pki init"
            raise Unknown(f"{self.path} holds no authority", where=str(self.path), remedy=remedy)
        return _certificate(self.root_path)

    def revocations(self) -> x509.CertificateRevocationList:
        """Return the list of certificates taken back.

        Raises:
            Unknown: there is no authority here.
            Unavailable: the file is missing, damaged or of somebody else.
        """
        root = self.root()
        try:
            found = x509.load_pem_x509_crl(self.revoked_path.read_bytes())
        except (ValueError, FileNotFoundError) as error:
            raise _damaged(self.revoked_path) from error
        if not found.is_signature_valid(usable(root.public_key())):
            raise _damaged(self.revoked_path)
        return found

    def vouched(self, der: bytes, now: datetime) -> Party:
        """Return whom a certificate of this authority names.

        Raises:
            Refused: of another authority, not valid now, or taken back.
            Malformed: it does not say who holds it.
        """
        return vouched(der, self.root(), self.revocations(), now)

    def _authority(self) -> Authority:
        root = self.root()
        path = self.path / KEY
        try:
            key = load_pem_private_key(path.read_bytes(), None)
        except (ValueError, TypeError, FileNotFoundError) as error:
            raise _damaged(path) from error
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != root.public_key():
            raise _damaged(path)
        return Authority(key=key, certificate=root)

    def _named(self, serial: str) -> x509.Certificate:
        self.root()
        wanted = serial.lower().removeprefix("0x").replace(":", "")
        found = [one for one in self.certificates() if wanted and _serial(one).startswith(wanted)]
        exact = [one for one in found if _serial(one) == wanted]
        if not found:
            raise Unknown(
                f"no certificate has the serial number {serial}", where="serial", remedy="open63110 pki list shows them"
            )
        if len(found) > 1 and not exact:
            raise Refused(f"{len(found)} serial numbers begin with {serial}", where="serial", remedy="write more of it")
        return (exact or found)[0]

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Let no other process change the list meanwhile."""
        self.root()
        descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _listed(certificate: x509.Certificate, revoked: datetime | None) -> Listed:
    identity, role = identity_of(certificate.public_bytes(Encoding.DER))
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return Listed(serial=_serial(certificate), identity=identity, role=role, begins=begins, ends=ends, revoked=revoked)


def _certificate(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except ValueError as error:
        raise _damaged(path) from error


def _serial(certificate: x509.Certificate) -> str:
    return f"{certificate.serial_number:040x}"


def _file_name(party: Party) -> str:
    """Name a folder for a party: its identity, with what files cannot be called written as %2F."""
    name = quote(party.identity, safe=" @+,=")
    return f"%2E{name[1:]}" if name.startswith(".") else name


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


def _pem_of_key(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(path: Path, data: bytes, mode: int) -> None:
    """Write a new file; one that is there stays."""
    draft = _draft(path, data, mode)
    try:
        os.link(draft, path)  # unlike a rename this never replaces one that was made meanwhile
    except FileExistsError as error:
        raise Refused(f"{path} exists", where=str(path)) from error
    finally:
        draft.unlink()


def _replace(path: Path, data: bytes) -> None:
    _draft(path, data, PUBLIC).replace(path)


def _draft(path: Path, data: bytes, mode: int) -> Path:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return draft


def _damaged(path: Path) -> Unavailable:
    return Unavailable(f"{path} is missing or damaged", code="Damaged", where=str(path), remedy="restore it from a backup")
