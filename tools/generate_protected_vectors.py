# SPDX-License-Identifier: Apache-2.0
"""Write docs/bindings/vectors/protected.json: protected elements for others to try their code on. New keys at every run."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from open63110.bindings.link.protection import elements
from open63110.bindings.link.protection.cose import PrivateKey
from open63110.bindings.link.protection.elements import Path as Place
from open63110.bindings.link.protection.protected import (
    Addressee,
    ContentKey,
    Keyring,
    Protection,
    open_body,
    protected_body,
    protections,
)
from open63110.kernel.roles import Role
from open63110.pki.authority import Wish, make_authority
from open63110.pki.identity import Party

FILE = Path(__file__).parents[1] / "docs" / "bindings" / "vectors" / "protected.json"
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
TYPE, KEY = 2, bytes.fromhex("0102030405060708")
BODY = elements.deterministic(
    cbor2.dumps({1: "CS1", 2: 1893456000000, 6: [1, "04A1B2C3"], 11: [[0, [0], [12345600, 1.5]]], -1: b"v"})
)


def flipped(body: bytes, path: Place) -> bytes:
    """Flip the last bit of a protected element."""
    raw = protections(body)[path].raw
    return elements.replaced(body, path, elements.enclose(raw[:-1] + bytes((raw[-1] ^ 1,))))


def party(key: PrivateKey, der: bytes) -> dict[str, str]:
    """Write down a certificate and its key."""
    secret = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return {"certificate": der.hex(), "private_key": secret.hex()}


def vector(name: str, body: bytes, ring: Keyring, key: bytes = KEY) -> dict[str, Any]:
    """Write down a body and what opens in it."""
    found = open_body(body, TYPE, key, ring)
    return {
        "name": name,
        "type": TYPE,
        "key": key.hex(),
        "body": body.hex(),
        "opened": found.body.hex(),
        "elements": [
            {"path": list(path), "signers": [one.hex() for one in opened.signers], "sealed": opened.sealed}
            for path, opened in found.opened.items()
        ],
        "troubles": [{"code": one.code, "where": one.where} for one in found.troubles],
    }


def vectors() -> dict[str, Any]:
    """Make all of them."""
    authority = make_authority("Test vectors", [], BEGIN, timedelta(days=36_500))
    meter, csp, ring = ed25519.Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP256R1()), Keyring()
    life = timedelta(days=36_000)
    ders = [
        authority.issue(key.public_key(), Wish(party=Party(name, role), life=life), BEGIN).public_bytes(Encoding.DER)
        for key, name, role in ((meter, "M1", Role.METER), (csp, "csp", Role.CSP))
    ]
    by_meter, by_csp = Protection(by=ring.own(meter, ders[0])), Protection(by=ring.own(csp, ders[1]))
    shared, for_csp = ContentKey(bytes(range(32))), Addressee.of(ders[1])
    ring.share(shared)

    def made(hows: dict[Place, Protection], key: bytes = KEY) -> bytes:
        return protected_body(BODY, TYPE, key, hows)

    signed, sealed = made({(11,): by_meter}), made({(6, 1): Protection(to=shared)})
    found = [
        vector("signed with Ed25519", signed, ring),
        vector("signed with P-256", made({(11, 0, 2): by_csp}), ring),
        vector("sealed for a certificate", made({(6,): Protection(to=for_csp)}), ring),
        vector("sealed under a content key", sealed, ring),
        vector("signed, then sealed", made({(6,): Protection(by=by_meter.by, to=for_csp)}), ring),
        vector("a seal within a signature", made({(): by_meter, (6,): Protection(to=shared)}), ring),
        vector("a signature with a bit flipped", flipped(signed, (11,)), ring),
        vector("a seal with a bit flipped", flipped(sealed, (6, 1)), ring),
        vector("signed for another message", made({(2,): by_meter, (11,): by_meter}, b"another"), ring),
        vector("signed by nobody known", made({(11,): Protection(by=Keyring().own(csp, _again(authority, csp)))}), ring),
    ]
    parties = {"meter": party(meter, ders[0]), "csp": party(csp, ders[1])}
    return {"parties": parties, "content_key": shared.key.hex(), "plain": BODY.hex(), "vectors": found}


def _again(authority: Any, key: PrivateKey) -> bytes:
    """Give a key another certificate, which nobody knows."""
    certificate: x509.Certificate = authority.issue(key.public_key(), Wish(party=Party("else", Role.CSP)), BEGIN)
    return certificate.public_bytes(Encoding.DER)


if __name__ == "__main__":
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(json.dumps(vectors(), indent=1) + "\n", encoding="utf-8")
