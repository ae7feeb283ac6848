# SPDX-License-Identifier: Apache-2.0
"""A second COSE implementation (PyPI cwt), run in an environment of its own: one line of JSON in, one out, bytes as hex."""

import json
import sys
from typing import Any

from cwt import COSE, COSEKey, Recipient  # type: ignore[import-not-found] # not of this environment

ENCRYPT, CONTENT = -25, 3


def sign(one: dict[str, Any]) -> bytes:
    """Make a COSE_Sign1."""
    key = COSEKey.from_pem(one["pem"], kid=one["kid"], alg=one["alg"])
    protected = {1: {"ES256": -7, "EdDSA": -8}[one["alg"]], 4: one["kid"]}
    made: bytes = COSE.new().encode_and_sign(one["payload"], key, protected=protected, external_aad=one["aad"])
    return made


def verify(one: dict[str, Any]) -> bytes:
    """Verify a COSE_Sign1."""
    key = COSEKey.from_pem(one["pem"], kid=one["kid"], alg=one["alg"])
    return decoded(one, key)


def encrypt0(one: dict[str, Any]) -> bytes:
    """Make a COSE_Encrypt0."""
    key = COSEKey.from_symmetric_key(one["secret"], alg="A256GCM", kid=one["kid"])
    protected = {1: CONTENT, 4: one["kid"]}
    made: bytes = COSE.new().encode_and_encrypt(
        one["payload"], key, protected=protected, unprotected={5: key.generate_nonce()}, external_aad=one["aad"]
    )
    return made


def decrypt0(one: dict[str, Any]) -> bytes:
    """Open a COSE_Encrypt0."""
    return decoded(one, COSEKey.from_symmetric_key(one["secret"], alg="A256GCM", kid=one["kid"]))


def encrypt(one: dict[str, Any]) -> bytes:
    """Make a COSE_Encrypt."""
    key = COSEKey.from_pem(one["pem"], kid=one["kid"], alg="ECDH-ES+HKDF-256")
    recipient = Recipient.new(
        protected={1: ENCRYPT}, unprotected={4: one["kid"]}, recipient_key=key, context={"alg": "A256GCM", "supp_pub": CONTEXT}
    )
    made: bytes = COSE.new(alg_auto_inclusion=True).encode(
        one["payload"], protected={1: CONTENT}, unprotected={}, recipients=[recipient], external_aad=one["aad"]
    )
    return made


def decrypt(one: dict[str, Any]) -> bytes:
    """Open a COSE_Encrypt."""
    key = COSEKey.from_pem(one["pem"], kid=one["kid"], alg="ECDH-ES+HKDF-256")
    return decoded(one, key, context={"alg": "A256GCM", "supp_pub": CONTEXT})


def decoded(one: dict[str, Any], key: Any, **more: Any) -> bytes:
    """Open whatever it is."""
    opened: bytes = COSE.new().decode(one["cose"], keys=[key], external_aad=one["aad"], **more)
    return opened


CONTEXT = {"key_data_length": 256, "protected": {1: ENCRYPT}}
DEEDS = {deed.__name__: deed for deed in (sign, verify, encrypt0, decrypt0, encrypt, decrypt)}
HEX = {"kid", "payload", "aad", "cose", "secret"}

for line in sys.stdin:
    asked: dict[str, Any] = {name: bytes.fromhex(value) if name in HEX else value for name, value in json.loads(line).items()}
    try:
        answer = {"made": DEEDS[asked["deed"]](asked).hex()}
    except Exception as fault:  # noqa: BLE001 - whatever another library raises is its verdict
        answer = {"fault": f"{type(fault).__name__}: {fault}"}
    sys.stdout.write(f"{json.dumps(answer)}\n")
    sys.stdout.flush()
