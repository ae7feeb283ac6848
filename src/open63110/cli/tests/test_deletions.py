# SPDX-License-Identifier: Apache-2.0
"""A report in a file is held against its digest (8.3.12 step 6)."""

import hashlib
import json
from pathlib import Path

import pytest

from open63110.cli.deletions import report
from open63110.cli.rest import Csms

OPEN, CLOSED = json.dumps({"items": []}).encode(), json.dumps({"items": [], "closed": "now"}).encode()


class Peer:
    """A CSMS whose deletion is closed as soon as somebody has looked at it once."""

    def __init__(self, says: bytes = CLOSED) -> None:
        self.says, self.looks = says, 0

    def get(self, path: str) -> object:
        self.looks += 1
        if path.endswith("/report"):
            return json.loads(self.says)
        return {"digest": hashlib.sha256(CLOSED).hexdigest() if self.looks > 1 else ""}

    def chunks(self, *_: object) -> list[bytes]:
        self.looks += 1
        return [self.says if self.looks > 1 else OPEN]


@pytest.fixture
def peer(monkeypatch: pytest.MonkeyPatch) -> Peer:
    one = Peer()
    monkeypatch.setattr(Csms, "get", lambda _, path: one.get(path))
    monkeypatch.setattr(Csms, "chunks", lambda _, *said: one.chunks(*said))
    return one


def test_a_deletion_that_is_closed_between_two_questions_is_no_false_alarm(peer: Peer, tmp_path: Path) -> None:
    assert report("d", out=tmp_path / "r.json") == 0
    assert (tmp_path / "r.json").read_bytes() == CLOSED


def test_a_report_that_is_not_the_one_that_was_made_is_complained_about(
    peer: Peer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    peer.looks, peer.says = 1, OPEN
    assert report("d", out=tmp_path / "r.json") == 1
    assert "not the report that was made" in capsys.readouterr().err
