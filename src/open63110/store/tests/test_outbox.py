# SPDX-License-Identifier: Apache-2.0
"""What the outbox said it kept is there after a kill, after a restart, and told once over the link (AT-B.17-2)."""

import re
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from open63110.kernel.errors import Unavailable
from open63110.store.outbox import BLOCK, OutboxFile

CHILD = Path(__file__).parent / "putting.py"
SOURCE = Path(__file__).parents[3]


def child(*arguments: str, before: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    command = [*before, sys.executable, str(CHILD), *arguments]
    environment = {"PYTHONPATH": str(SOURCE), "PATH": "/usr/bin:/bin"}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def test_messages_wait_in_order_until_they_are_delivered_over_a_restart_too(tmp_path: Path) -> None:
    file = OutboxFile(tmp_path / "outbox")
    outbox = file.outbox("csms")
    ids = [outbox.next_id() for _ in range(3)]
    assert ids == [1, 2, 3]
    outbox.put([(3, b"c"), (1, b"a"), (2, b"b")])
    outbox.delivered([2, 99])
    other = file.outbox("cs")
    other.put([(other.next_id(), b"z")])
    file.close()
    again = OutboxFile(tmp_path / "outbox")
    kept = again.outbox("csms")
    assert kept.waiting() == [(1, b"a"), (3, b"c")]
    assert kept.id == outbox.id != other.id
    assert len(kept.id) == 8
    assert again.outbox("cs").waiting() == [(1, b"z")]
    again.close()


def test_a_message_id_is_never_given_out_twice(tmp_path: Path) -> None:
    given: list[int] = []
    for _ in range(3):
        file = OutboxFile(tmp_path / "outbox")
        outbox = file.outbox("csms")
        assert outbox.issued >= max(given, default=0)
        given += [outbox.next_id() for _ in range(BLOCK + 1)]
        file.close()
    assert len(set(given)) == len(given)
    assert given == sorted(given)


def test_what_was_heard_of_each_peer_is_kept(tmp_path: Path) -> None:
    file = OutboxFile(tmp_path / "outbox")
    stored, keep = file.seen("csms")
    assert stored is None
    keep(b"first")
    keep(b"then")
    file.close()
    again = OutboxFile(tmp_path / "outbox")
    assert again.seen("csms")[0] == b"then"
    assert again.seen("cs")[0] is None
    again.close()


def test_the_file_has_one_owner(tmp_path: Path) -> None:
    file = OutboxFile(tmp_path / "outbox")
    with pytest.raises(Unavailable, match="in use"):
        OutboxFile(tmp_path / "outbox")
    file.close()


def test_a_file_that_is_no_database_is_named_as_such_and_let_go(tmp_path: Path) -> None:
    path = tmp_path / "outbox"
    path.write_bytes(b"something else entirely, and long enough to be looked at" * 20)
    for _ in range(2):
        with pytest.raises(Unavailable, match="no database"):
            OutboxFile(path)


def test_what_cannot_be_written_is_not_kept_in_part(tmp_path: Path) -> None:
    file = OutboxFile(tmp_path / "outbox")
    outbox = file.outbox("csms")
    with sqlite3.connect(tmp_path / "outbox", isolation_level=None) as another:
        another.execute("CREATE TRIGGER no BEFORE INSERT ON message WHEN new.number = 2 BEGIN SELECT RAISE(ABORT, 'no'); END")
    another.close()
    with pytest.raises(Unavailable):
        outbox.put([(1, b"a"), (2, b"b")])
    assert outbox.waiting() == []
    outbox.put([(3, b"c")])
    assert outbox.waiting() == [(3, b"c")]
    file.close()
    with pytest.raises(Unavailable):
        outbox.waiting()


@pytest.mark.at("AT-B.17-2", "link")
def test_what_put_returned_for_survives_a_kill(tmp_path: Path) -> None:
    writer = child(str(tmp_path / "outbox"), "0")
    assert writer.stdout is not None
    lines = [writer.stdout.readline() for _ in range(80)]
    writer.kill()
    lines += writer.stdout.readlines()  # by the same reader, which may have read ahead
    writer.stdout.close()
    assert writer.wait(timeout=20) == -signal.SIGKILL
    groups = [[int(word) for word in line.split()[1:]] for line in lines if line.startswith("kept")]
    assert len(groups) >= 39
    file = OutboxFile(tmp_path / "outbox")
    outbox = file.outbox("csms")
    kept = dict(outbox.waiting())
    for _, second, third in groups:
        assert kept[second] == b"fact %d" % second
        assert kept[third] == b"fact %d" % third
    assert outbox.next_id() > max(kept)
    marks = file.seen("csms")[0]
    assert marks is not None
    assert int(marks) >= len(groups) - 1
    file.close()


def test_the_log_is_flushed_before_put_returns(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    strace = ("strace", "-f", "-y", "-e", "trace=write,fsync,fdatasync", "-o", str(trace))
    traced = child(str(tmp_path / "outbox"), "5", before=strace)
    traced.communicate(timeout=60)
    assert traced.returncode == 0, "it has to be traced: `make test` installs strace, and it must be allowed to trace"
    stretches = re.findall(r'"staging\\n".*?"kept [\d ]+\\n"', trace.read_text(errors="replace"), re.DOTALL)
    assert len(stretches) == 5
    assert all(re.search(r"(fsync|fdatasync)\(\d+<[^>]*-wal>\)\s+= 0", one) for one in stretches)


def test_a_note_beside_messages_is_kept_with_them_or_not_at_all(tmp_path: Path) -> None:
    file = OutboxFile(tmp_path / "outbox")
    outbox = file.outbox("csms")
    with outbox.beside("journal", b"1"):
        pass
    assert file.seen("journal")[0] == b"1"
    with outbox.beside("journal", b"2"):
        outbox.put([(1, b"a")])
        assert (file.seen("journal")[0], outbox.waiting()) == (b"2", [(1, b"a")])
    with pytest.raises(Unavailable), outbox.beside("journal", b"3"):
        raise Unavailable("too much waits")
    outbox.put([(2, b"b")])
    assert file.seen("journal")[0] == b"2"
    with pytest.raises(Unavailable), outbox.beside("journal", b"4"):
        outbox.put([(3, b"c"), (4, object())])  # type: ignore[list-item] # no disk takes that
    assert (file.seen("journal")[0], [number for number, _ in outbox.waiting()]) == (b"2", [1, 2])
    file.close()


def test_nothing_of_what_was_delivered_stays_in_a_tidy_file(tmp_path: Path) -> None:
    file = OutboxFile(tmp_path / "link.db")
    outbox = file.outbox("csms")
    outbox.put([(1, b"ANNA-CARD-4711 has charged"), (2, b"BERT has charged")])
    outbox.delivered([1])
    file.tidy()
    everything = b"".join(one.read_bytes() for one in tmp_path.iterdir())
    assert b"ANNA" not in everything
    assert b"BERT" in everything
    file.close()
