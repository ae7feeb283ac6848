# SPDX-License-Identifier: Apache-2.0
"""Keys of the makers of stations, by which what they say of their stations is believed (8.3.11)."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from open63110.kernel.errors import Malformed, Unavailable
from open63110.model.fault import catalogue_key

Key = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey

LEAST_RSA: Final = 2048
"""Bits."""


class Makers:
    """Trusted keys by maker; implements ports.Trust."""

    def __init__(self, files: Mapping[str, Sequence[str]]) -> None:
        """Read them.

        Args:
            files: by vendor, files in PEM that hold a public key or a certificate; its name is that of the key.

        Raises:
            Unavailable: one cannot be read.
            Malformed: one holds no key that can verify.
        """
        self._keys = {_same(vendor): {Path(one).stem: _key(Path(one)) for one in paths} for vendor, paths in files.items()}

    @classmethod
    def of(cls, said: Sequence[str]) -> Self:
        """Read them as settings say it: VENDOR=FILE each.

        Raises:
            Unavailable, Malformed: as above; or there is no vendor, or no file.
        """
        files: dict[str, list[str]] = {}
        for one in said:
            vendor, _, path = one.partition("=")
            if not vendor.strip() or not path.strip():
                raise Malformed(f"{one!r} is not VENDOR=FILE", code="NoKey", where="fault_codes.keys")
            files.setdefault(vendor.strip(), []).append(path.strip())
        return cls(files)

    def knows(self, vendor: str) -> bool:
        """Tell whether a key of a maker is trusted."""
        return bool(self._keys.get(_same(vendor)))

    def signer(self, vendor: str, content: bytes, signature: bytes) -> str | None:
        """Return the name of the key of a maker that signed just this, None if none that is trusted did."""
        keys = self._keys.get(_same(vendor), {})
        return next((name for name, key in keys.items() if _signed(key, content, signature)), None)


def _same(vendor: str) -> str:
    """Return a name as catalogues are known by it: whoever writes that of a maker otherwise is bound by its key, too."""
    return catalogue_key(vendor, "", "")


def _key(path: Path) -> Key:
    try:
        raw = path.read_bytes()
    except OSError as fault:
        raise Unavailable(f"{path} cannot be read: {fault.strerror}", where=str(path)) from fault
    try:
        certificate = b"BEGIN CERTIFICATE" in raw
        key = x509.load_pem_x509_certificate(raw).public_key() if certificate else load_pem_public_key(raw)
    except (ValueError, UnsupportedAlgorithm) as fault:
        raise Malformed(f"{path} holds no public key in PEM", code="NoKey", where=str(path)) from fault
    if not isinstance(key, Key) or (isinstance(key, rsa.RSAPublicKey) and key.key_size < LEAST_RSA):
        words = f"{path}: a key of a maker is Ed25519, ECDSA, or RSA of {LEAST_RSA} bits at least"
        raise Malformed(words, code="NoKey", where=str(path))
    return key


def _signed(key: Key, content: bytes, signature: bytes) -> bool:
    """Tell whether a key signed just this: Ed25519, ECDSA with SHA-256 (DER), RSA-PSS with SHA-256."""
    try:
        match key:
            case ed25519.Ed25519PublicKey():
                key.verify(signature, content)
            case ec.EllipticCurvePublicKey():
                key.verify(signature, content, ec.ECDSA(hashes.SHA256()))
            case _:
                salt = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=padding.PSS.AUTO)
                key.verify(signature, content, salt, hashes.SHA256())
    except InvalidSignature:
        return False
    return True
