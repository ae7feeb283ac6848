# SPDX-License-Identifier: Apache-2.0
"""Which certificates were taken back, as a file says that changes while this program runs."""

from pathlib import Path

import structlog
from cryptography import x509
from cryptography.exceptions import InvalidSignature

log = structlog.get_logger(__name__)


class Revoked:
    """The serial numbers on a list in PEM; a list that cannot be read, or that nobody believed signed, leaves the last one."""

    def __init__(self, path: Path | None, authorities: Path | None) -> None:
        """Read it.

        Args:
            path: of the list; None: nothing is ever taken back.
            authorities: PEM of those who may sign it.
        """
        self._path, self._authorities = path, authorities
        self._stamp: tuple[int, int] | None = None
        self._serials: frozenset[int] = frozenset()
        self.revision = 0
        """Rises whenever more was taken back: several who share this list all notice."""
        self.look()

    def __contains__(self, serial: int) -> bool:
        """Tell whether a certificate was taken back."""
        return serial in self._serials

    def look(self) -> bool:
        """Read the list again if the file has changed; tell whether more was taken back."""
        if self._path is None:
            return False
        try:
            found = self._path.stat()
            stamp = (found.st_mtime_ns, found.st_ino)
            if stamp == self._stamp:
                return False
            serials = self._read()
        except (OSError, ValueError) as fault:
            if self._stamp != (0, 0):
                words = "the list of revoked certificates cannot be used"
                log.error(words, path=str(self._path), reason=str(fault))  # noqa: TRY400 - the reason says all
            self._stamp = (0, 0)
            return False
        self._stamp, before, self._serials = stamp, self._serials, serials
        grown = bool(serials - before)
        self.revision += grown
        return grown

    def _read(self) -> frozenset[int]:
        path, authorities = self._path, self._authorities
        if path is None or authorities is None:
            raise ValueError("nobody could have signed it")
        made = x509.load_pem_x509_crl(path.read_bytes())
        if not any(_signed(made, one) for one in x509.load_pem_x509_certificates(authorities.read_bytes())):
            raise ValueError("none of the authorities has signed it")
        return frozenset(one.serial_number for one in made)


def serial_in(der: bytes) -> int:
    """Return the serial number of a certificate; 0 where there is none: no authority gives that."""
    try:
        return x509.load_der_x509_certificate(der).serial_number
    except ValueError:
        return 0


def _signed(made: x509.CertificateRevocationList, authority: x509.Certificate) -> bool:
    key: object = authority.public_key()
    try:
        return made.issuer == authority.subject and made.is_signature_valid(key)  # type: ignore[arg-type] # whatever key it is
    except (InvalidSignature, TypeError):
        return False
