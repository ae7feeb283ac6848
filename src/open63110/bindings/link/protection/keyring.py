# SPDX-License-Identifier: Apache-2.0
"""Which keys a party believes, has and shares, as a table."""

from cryptography.hazmat.primitives.asymmetric import ec

from open63110.bindings.link.protection.cose import ContentKey, PrivateKey, PublicKey, Signer, key_id_of, public_key_of
from open63110.kernel.errors import Malformed


class Keyring:
    """Trust as a table; who fills it has verified the certificates against their authority."""

    def __init__(self) -> None:
        self._public: dict[bytes, PublicKey] = {}
        self._private: dict[bytes, ec.EllipticCurvePrivateKey] = {}
        self._content: dict[bytes, ContentKey] = {}

    def believe(self, der: bytes) -> bytes:
        """Take in a certificate and return its key id.

        Raises:
            Malformed: it holds neither a P-256 nor an Ed25519 key.
        """
        key_id = key_id_of(der)
        self._public[key_id] = public_key_of(der)
        return key_id

    def own(self, key: PrivateKey, der: bytes) -> Signer:
        """Take in one's own key and certificate.

        Raises:
            Malformed: the certificate is of another key.
        """
        if public_key_of(der) != key.public_key():
            raise Malformed("the certificate is of another key")
        signer = Signer(key=key, key_id=self.believe(der))
        if isinstance(key, ec.EllipticCurvePrivateKey):
            self._private[signer.key_id] = key
        return signer

    def share(self, key: ContentKey) -> None:
        """Take in a key shared with others."""
        self._content[key.key_id] = key

    def forget(self, key_id: bytes) -> None:
        """Stop believing, having or sharing a key: revoked, expired, replaced."""
        self._public.pop(key_id, None)
        self._private.pop(key_id, None)
        self._content.pop(key_id, None)

    def public_key(self, key_id: bytes) -> PublicKey | None:
        """Return the key of a certificate that is believed."""
        return self._public.get(key_id)

    def private_key(self, key_id: bytes) -> ec.EllipticCurvePrivateKey | None:
        """Return one's own key, by one's own certificate."""
        return self._private.get(key_id)

    def content_key(self, key_id: bytes) -> ContentKey | None:
        """Return a key shared with others."""
        return self._content.get(key_id)
