# SPDX-License-Identifier: Apache-2.0
"""What the link signs and seals, a second COSE implementation opens, and the other way round (spec B.3, B.19)."""

import fcntl
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from open63110.bindings.link.protection import cose
from open63110.bindings.link.protection.cose import Addressee, BadSignature, ContentKey, Signer, Undecryptable
from open63110.bindings.link.protection.keyring import Keyring

ROOT = Path(__file__).parents[6]
HOME = ROOT / "build" / "cose-peer"
PEER = "cwt==3.3.0"
PAYLOAD, AAD, KID = bytes.fromhex("a2011903e80263616263"), b"\x83bound", bytes(range(32))
ALGORITHMS: dict[str, cose.PrivateKey] = {
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate(),
}


def installed() -> Path:
    """Make the peer's environment once; without the package index this fails, and so do the tests."""
    HOME.parent.mkdir(exist_ok=True)
    with HOME.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = HOME / f".{PEER}"
        if not stamp.exists():
            uv = shutil.which("uv", path=f"{Path(sys.executable).parent}") or "uv"
            subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, HOME], check=True)
            subprocess.run([uv, "pip", "install", "--quiet", "--python", HOME / "bin/python", PEER], check=True)
            stamp.touch()
    return HOME / "bin" / "python"


class Peer:
    """The other implementation, in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.into, self.out = process.stdin, process.stdout

    def __call__(self, deed: str, **said: Any) -> bytes:
        """Have something done; None of what it raises gets lost."""
        answer = self.asked(deed, **said)
        assert "made" in answer, answer
        return bytes.fromhex(answer["made"])

    def asked(self, deed: str, **said: Any) -> dict[str, str]:
        """Ask for something, and return what became of it."""
        words = {name: value.hex() if isinstance(value, bytes) else value for name, value in said.items()}
        self.into.write(json.dumps({"deed": deed, "aad": AAD.hex(), "kid": KID.hex()} | words) + "\n")
        self.into.flush()
        answer: dict[str, str] = json.loads(self.out.readline())
        return answer


@pytest.fixture(scope="module")
def peer() -> Iterator[Peer]:
    command = [installed(), Path(__file__).with_name("cose_peer.py")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Peer(process)
        assert process.stdin is not None
        process.stdin.close()


def private(key: cose.PrivateKey) -> str:
    """Write a private key for the peer."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public(key: cose.PrivateKey) -> str:
    """Write a public key for the peer."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


class Believing(Keyring):
    """A keyring that knows keys without certificates, since COSE knows none."""

    def __init__(self, key: cose.PrivateKey) -> None:
        super().__init__()
        self._public[KID] = key.public_key()
        if isinstance(key, ec.EllipticCurvePrivateKey):
            self._private[KID] = key


def flipped(message: bytes, place: int = -1) -> bytes:
    """Flip one bit."""
    changed = bytearray(message)
    changed[place] ^= 1
    return bytes(changed)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_peer_verifies_what_the_link_signed(peer: Peer, algorithm: str) -> None:
    key = ALGORITHMS[algorithm]
    signed = cose.sign1(PAYLOAD, AAD, Signer(key=key, key_id=KID))
    assert peer("verify", pem=public(key), alg=algorithm, cose=signed) == PAYLOAD
    assert "fault" in peer.asked("verify", pem=public(key), alg=algorithm, cose=flipped(signed))
    assert "fault" in peer.asked("verify", pem=public(key), alg=algorithm, cose=signed, aad=b"\x83elsewhere")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_link_verifies_what_the_peer_signed(peer: Peer, algorithm: str) -> None:
    key = ALGORITHMS[algorithm]
    signed, trust = peer("sign", pem=private(key), alg=algorithm, payload=PAYLOAD), Believing(key)
    assert cose.found(signed, AAD, trust) == cose.Found(payload=PAYLOAD, signer=KID)
    for message, aad in ((flipped(signed), AAD), (flipped(signed, signed.index(PAYLOAD)), AAD), (signed, b"\x83elsewhere")):
        with pytest.raises(BadSignature):
            cose.found(message, aad, trust)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_both_make_the_same_of_the_same(peer: Peer, algorithm: str) -> None:
    key = ALGORITHMS[algorithm]
    ours = cose.sign1(PAYLOAD, AAD, Signer(key=key, key_id=KID))
    theirs = peer("sign", pem=private(key), alg=algorithm, payload=PAYLOAD)
    assert ours[:-64] == theirs[:-64]
    assert (ours == theirs) is (algorithm == "EdDSA"), "ECDSA signs with a random number, EdDSA does not"


def test_the_peer_opens_what_the_link_sealed_under_a_shared_key(peer: Peer) -> None:
    key = ContentKey(bytes(range(32)))
    sealed = cose.encrypt0(PAYLOAD, AAD, key)
    assert peer("decrypt0", secret=key.key, kid=key.key_id, cose=sealed) == PAYLOAD
    assert "fault" in peer.asked("decrypt0", secret=key.key, kid=key.key_id, cose=flipped(sealed))
    assert "fault" in peer.asked("decrypt0", secret=key.key, kid=key.key_id, cose=sealed, aad=b"\x83elsewhere")


def test_the_link_opens_what_the_peer_sealed_under_a_shared_key(peer: Peer) -> None:
    key, trust = ContentKey(bytes(range(32))), Keyring()
    trust.share(key)
    sealed = peer("encrypt0", secret=key.key, kid=key.key_id, payload=PAYLOAD)
    assert cose.found(sealed, AAD, trust) == cose.Found(payload=PAYLOAD, signer=None)
    for message, aad in ((flipped(sealed), AAD), (sealed, b"\x83elsewhere")):
        with pytest.raises(Undecryptable):
            cose.found(message, aad, trust)


def test_the_peer_opens_what_the_link_sealed_for_its_certificate(peer: Peer) -> None:
    key = ALGORITHMS["ES256"]
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    sealed = cose.encrypt(PAYLOAD, AAD, Addressee(key=key.public_key(), key_id=KID))
    assert peer("decrypt", pem=private(key), cose=sealed) == PAYLOAD
    assert "fault" in peer.asked("decrypt", pem=private(key), cose=sealed, aad=b"\x83elsewhere")
    other = private(ec.generate_private_key(ec.SECP256R1()))
    assert "fault" in peer.asked("decrypt", pem=other, cose=sealed)


def test_the_link_opens_what_the_peer_sealed_for_its_certificate(peer: Peer) -> None:
    key = ALGORITHMS["ES256"]
    sealed, trust = peer("encrypt", pem=public(key), payload=PAYLOAD), Believing(key)
    assert cose.found(sealed, AAD, trust) == cose.Found(payload=PAYLOAD, signer=None)
    with pytest.raises(Undecryptable):
        cose.found(sealed, b"\x83elsewhere", trust)
