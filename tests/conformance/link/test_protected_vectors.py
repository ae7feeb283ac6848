# SPDX-License-Identifier: Apache-2.0
"""The published vectors of protected elements open as they say, and are remade where nothing in them is random."""

import json
from pathlib import Path as File
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import load_der_private_key

from open63110.bindings.link.protection.elements import Path
from open63110.bindings.link.protection.protected import ContentKey, Keyring, Protection, Signer, open_body, protected_body

SAID = json.loads((File(__file__).parents[3] / "docs/bindings/vectors/protected.json").read_text(encoding="utf-8"))
VECTORS: dict[str, dict[str, Any]] = {one["name"]: one for one in SAID["vectors"]}


def ring() -> tuple[Keyring, dict[str, Signer]]:
    """Every key of the file."""
    made, signers = Keyring(), {}
    for name, party in SAID["parties"].items():
        key = load_der_private_key(bytes.fromhex(party["private_key"]), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey)
        signers[name] = made.own(key, bytes.fromhex(party["certificate"]))
    made.share(ContentKey(bytes.fromhex(SAID["content_key"])))
    return made, signers


@pytest.mark.parametrize("name", VECTORS)
def test_a_vector_opens_as_it_says(name: str) -> None:
    one = VECTORS[name]
    found = open_body(bytes.fromhex(one["body"]), one["type"], bytes.fromhex(one["key"]), ring()[0])
    assert found.body.hex() == one["opened"]
    assert [{"code": trouble.code, "where": trouble.where} for trouble in found.troubles] == one["troubles"]
    opened = [
        {"path": list(path), "signers": [key.hex() for key in element.signers], "sealed": element.sealed}
        for path, element in found.opened.items()
    ]
    assert opened == one["elements"]
    assert (one["opened"] == SAID["plain"]) is (one["troubles"] == [])


def test_what_is_not_random_is_remade() -> None:
    one = VECTORS["signed with Ed25519"]
    hows: dict[Path, Protection] = {(11,): Protection(by=ring()[1]["meter"])}
    assert protected_body(bytes.fromhex(SAID["plain"]), one["type"], bytes.fromhex(one["key"]), hows).hex() == one["body"]


def test_every_trouble_of_a_relay_has_a_vector() -> None:
    codes = {trouble["code"] for one in VECTORS.values() for trouble in one["troubles"]}
    assert codes == {"BadSignature", "Undecryptable", "UnknownKey"}
