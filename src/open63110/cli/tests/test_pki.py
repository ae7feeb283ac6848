# SPDX-License-Identifier: Apache-2.0
"""`open63110 pki`: from an empty folder to certificates that openssl believes, with every error in one sentence."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from open63110.cli import main


class Line:
    """The command line, in a folder of its own."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, *words: str) -> tuple[int, str, str]:
        """Say something; return the exit code, stdout and stderr."""
        code = main(["pki", *words])
        captured = self.capsys.readouterr()
        return code, captured.out, captured.err

    def done(self, *words: str) -> Any:
        """Say something that is to work, and read its JSON."""
        code, out, err = self(*words, "--json")
        assert (code, err) == (0, "")
        return json.loads(out)


@pytest.fixture
def pki(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Line:
    monkeypatch.chdir(tmp_path)
    return Line(capsys)


def openssl(*words: str) -> str:
    """What openssl says."""
    done = subprocess.run(["openssl", *words], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_a_station_gets_what_it_needs(pki: Line) -> None:
    authority = pki.done("init", "--permit", "csms.example")
    given = pki.done("issue", "CS1", "--role", "station", "--days", "30")
    served = pki.done(
        "issue", "csms", "--role", "csms", "--server-name", "csms.example", "--address", "127.0.0.1", "--address", "::1"
    )
    assert set(given) == {"serial", "identity", "role", "ends", "certificate", "authority", "key"}
    assert "OK" in openssl("verify", "-CAfile", authority["authority"], "-purpose", "sslclient", given["certificate"])
    names = openssl("x509", "-in", served["certificate"], "-noout", "-ext", "subjectAltName")
    assert all(one in names for one in ("URI:urn:open63110:role:csms", "DNS:csms.example", "127.0.0.1", "0:0:0:0:0:0:0:1"))
    assert [(one["identity"], one["role"], one["revoked"]) for one in pki.done("list")] == [
        ("CS1", "station", None),
        ("csms", "csms", None),
    ]


def test_a_station_may_make_its_own_key(pki: Line) -> None:
    pki.done("init")
    openssl(
        "req",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-keyout",
        "own.pem",
        "-out",
        "csr.pem",
        "-subj",
        "/CN=CS1",
    )
    given = pki.done("issue", "CS1", "--role", "station", "--csr", "csr.pem", "--to", "given")
    assert given["key"] is None
    assert openssl("pkey", "-in", "own.pem", "-pubout") == openssl("x509", "-in", given["certificate"], "-noout", "-pubkey")


def test_what_is_taken_back_openssl_refuses(pki: Line) -> None:
    authority = pki.done("init")
    given = pki.done("issue", "CS1", "--role", "station")
    verify = (
        "verify",
        "-crl_check",
        "-CAfile",
        authority["authority"],
        "-CRLfile",
        authority["revocations"],
        given["certificate"],
    )
    assert "OK" in openssl(*verify)
    done = pki.done("revoke", given["serial"][:12], "--reason", "key-compromise")
    assert done["revocations"] == authority["revocations"]
    assert "certificate revoked" in openssl(*verify)
    assert pki.done("list")[0]["revoked"] == done["revoked"]


def test_people_are_told_where_things_are(pki: Line) -> None:
    assert "authority    here/authority.pem, until " in pki("init", "--folder", "here")[1]
    told = pki("issue", "CS1", "--role", "station", "--folder", "here")[1]
    assert "key          here/parties/CS1/key.pem\n" in told
    serial = told.split()[-1]
    assert serial in pki("list", "--folder", "here")[1]
    assert pki("revoke", serial, "--folder", "here")[1].startswith("revoked CS1 (station)")
    openssl("req", "-newkey", "ed25519", "-nodes", "-keyout", "own.pem", "-out", "csr.pem", "-subj", "/")
    assert "key " not in pki("issue", "CS2", "--role", "station", "--folder", "here", "--csr", "csr.pem")[1]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("init",), 1, "holds an authority already"),
        (("issue", "CS1", "--role", "station"), 1, "exists"),
        (("issue", "CS2", "--role", "operator"), 2, "--role"),
        (("issue", "CS2"), 2, "--role"),
        (("issue", "CS2", "--role", "station", "--days", "0"), 2, "--days"),
        (("issue", "CS2", "--role", "station", "--days", "9999"), 1, "outlive"),
        (("issue", "CS2", "--role", "station", "--csr", "missing.pem"), 1, "missing.pem"),
        (("issue", "CS2", "--role", "station", "--server-name", "example.com"), 1, "--permit"),
        (("issue", "x" * 65, "--role", "station"), 1, "1 to 64"),
        (("revoke", "ff"), 1, "pki list"),
        (("revoke", "ff", "--reason", "boredom"), 2, "--reason"),
        (("list", "--folder", "nowhere"), 1, "pki init"),
    ],
)
def test_what_cannot_be_done_is_said(pki: Line, words: tuple[str, ...], code: int, told: str) -> None:
    pki.done("init")
    pki.done("issue", "CS1", "--role", "station")
    found, out, err = pki(*words)
    assert (found, out) == (code, "")
    assert told in err
    assert "Traceback" not in err
