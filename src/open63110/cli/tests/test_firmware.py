# SPDX-License-Identifier: Apache-2.0
"""Manifests of firmware from files, as makers write them (8.3.6)."""

import base64
from pathlib import Path
from typing import Any

import pytest

from open63110.cli import firmware
from open63110.cli.rest import Csms
from open63110.cli.say import NotUnderstood
from open63110.pki.firmware_signature import sha256_of

MANIFEST = """
id = "duo"
vendor = "Maker"
models = ["Duo"]
version = "2"
file = "duo.bin"
signature = "duo.sig"
certificate = "signer.pem"
"""
PEM = "-----BEGIN CERTIFICATE-----\nAAAA\nBBBB\n-----END CERTIFICATE-----"
SIGNATURE = bytes(range(200))


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    (tmp_path / "duo.toml").write_text(MANIFEST, encoding="utf-8")
    (tmp_path / "duo.bin").write_bytes(b"content")
    (tmp_path / "duo.sig").write_bytes(base64.encodebytes(SIGNATURE))  # as openssl writes it: in lines
    (tmp_path / "signer.pem").write_text(PEM + "\n", encoding="ascii")
    return tmp_path / "duo.toml"


def test_what_lies_beside_a_manifest_is_put_in_as_it_travels(manifest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    got: list[tuple[str, Any]] = []
    monkeypatch.setattr(Csms, "post", lambda _, path, body: got.append((path, body)))
    monkeypatch.setattr(Csms, "put_file", lambda _, path, content, size: {"id": path, "size": size, "sha256": content.read()})
    assert firmware.import_(manifest, key="k") == 0
    (path, said), content = got[0], manifest.with_name("duo.bin")
    assert path == "firmware-images/put"
    assert base64.b64decode(said["signature"], validate=True) == SIGNATURE
    assert said["certificate"] == PEM
    assert (said["size"], said["sha256"]) == (7, sha256_of(content).hex())
    assert "file" not in said


def test_a_signature_that_is_not_text_is_said_to_be_none_with_what_to_do(manifest: Path) -> None:
    manifest.with_name("duo.sig").write_bytes(SIGNATURE)
    with pytest.raises(NotUnderstood, match=r"duo.sig is not text: .*base64 -w0"):
        firmware.import_(manifest, key="k")


def test_a_manifest_that_names_no_file_says_so(manifest: Path) -> None:
    manifest.with_name("duo.bin").unlink()
    with pytest.raises(NotUnderstood, match="in which file the image is"):
        firmware.import_(manifest, key="k")
