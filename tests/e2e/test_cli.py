# SPDX-License-Identifier: Apache-2.0
"""The command line as people and scripts meet it: real processes, exit codes, and never a traceback for a user's error."""

import json
import os
import pty
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from open63110.cli import main

PASSWORD = "correct horse battery"
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("OPEN63110")}


def run(*words: str, cwd: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run it to the end, without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "open63110", *words],
        cwd=cwd,
        env={**ENVIRONMENT, "XDG_CONFIG_HOME": str(cwd), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def refused(code: int, *words: str, cwd: Path, **environment: str) -> str:
    """Run what must fail, quietly on stdout and in words on stderr."""
    done = run(*words, cwd=cwd, **environment)
    assert (done.returncode, done.stdout) == (code, ""), done
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("open63110: ")
    return done.stderr


def init(folder: Path, *more: str) -> dict[str, Any]:
    (folder / "password").write_text(PASSWORD, encoding="utf-8")
    words = ("csms", "init", "--admin", "boss", "--password-file", "password", "--web", "127.0.0.1:0", "--json", *more)
    done = run(*words, cwd=folder)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_help_names_every_noun_and_gives_an_example(tmp_path: Path) -> None:
    done = run("--help", cwd=tmp_path)
    assert done.returncode == 0
    assert "open63110 csms init" in done.stdout
    for noun in ("csms", "config", "doctor", "backup", "restore", "clauses", "station", "session", "sdr", "quarantine", "audit"):
        assert noun in done.stdout


def test_help_comes_without_loading_what_only_verbs_need(tmp_path: Path) -> None:
    heavy = ("sqlalchemy", "alembic", "starlette", "uvicorn", "picows", "cryptography", "msgspec", "asyncio", "structlog")
    program = f"import sys; from open63110.cli import main; main(['--help']); print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_version_is_that_of_the_package(tmp_path: Path) -> None:
    assert run("--version", cwd=tmp_path).stdout == f"open63110 {version('open63110')}\n"


@pytest.mark.parametrize(
    "words",
    [
        ("statoin", "list"),
        ("station", "lst"),
        ("station", "list", "--colour", "red"),
        ("station", "reboot"),
        ("station", "reboot", "CS1", "--mode", "someday"),
        ("session", "list", "--limit", "many"),
        ("csms", "init", "--listener", "carrier-pigeon:x:1"),
        ("csms", "init", "--listener", "plain:here"),
        ("csms", "init", "--listener", "tls:0.0.0.0:8443"),
        ("csms", "init", "--listener", "plain:a:1", "--listener", "plain:b:2"),
        ("principal", "change", "boss"),
    ],
)
def test_what_is_not_understood_ends_with_2_and_a_way_to_help(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("open63110: ")
    assert "--help" in err
    assert list(tmp_path.iterdir()) == []


def test_a_misspelled_word_gets_a_suggestion(tmp_path: Path) -> None:
    assert '"station"' in refused(2, "statoin", "list", cwd=tmp_path)


def test_a_csms_that_is_not_there_is_told_so(tmp_path: Path) -> None:
    words = refused(1, "station", "list", "--url", "http://127.0.0.1:9", cwd=tmp_path)
    assert "cannot be reached" in words
    assert "--url" in words


def test_set_up_without_a_terminal_gives_an_administrator_with_a_key(tmp_path: Path) -> None:
    made = init(tmp_path, "--config", "c.toml", "--data", "d", "--listener", "plain:127.0.0.1:0", "--listener", "in=open:[::1]:0")
    assert made["admin"] == "boss"
    assert made["key"].startswith("boss.")
    assert "password" not in made
    check = run("config", "check", "--config", "c.toml", "--json", cwd=tmp_path)
    assert json.loads(check.stdout) == {"ok": True, "config": "c.toml", "listeners": ["in", "plain"]}
    assert (tmp_path / "d").stat().st_mode & 0o077 == 0
    assert PASSWORD.encode() not in b"".join(path.read_bytes() for path in (tmp_path / "d").iterdir() if path.is_file())


def test_set_up_makes_a_password_where_nobody_can_be_asked(tmp_path: Path) -> None:
    done = run("csms", "init", cwd=tmp_path)
    assert done.returncode == 0
    assert "password" in done.stdout
    assert "shown this once" in done.stdout
    assert (tmp_path / "open63110.toml").exists()
    assert (tmp_path / "open63110-data" / "open63110.db").exists()


def test_set_up_on_a_terminal_asks_for_the_password_twice(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "open63110", "csms", "init"],
        cwd=tmp_path,
        env=ENVIRONMENT,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
        start_new_session=True,
    )
    os.close(theirs)
    with process:
        for _ in range(2):
            while b": " not in os.read(ours, 4096):
                pass
            os.write(ours, f"{PASSWORD}\n".encode())
        assert process.stdout is not None
        text = process.stdout.read()
    os.close(ours)
    assert process.returncode == 0
    assert "administrator  admin" in text
    assert "password" not in text


def test_set_up_never_overwrites(tmp_path: Path) -> None:
    init(tmp_path)
    before = (tmp_path / "open63110.toml").read_text(encoding="utf-8")
    assert "there is a file" in refused(1, "csms", "init", cwd=tmp_path)
    words = refused(1, "csms", "init", "--config", "other.toml", cwd=tmp_path)
    assert "there is an administrator already" in words
    assert not (tmp_path / "other.toml").exists()
    assert (tmp_path / "open63110.toml").read_text(encoding="utf-8") == before


def test_a_weak_password_leaves_no_configuration_behind(tmp_path: Path) -> None:
    (tmp_path / "short").write_text("abc", encoding="utf-8")
    assert "at least 10 characters" in refused(1, "csms", "init", "--password-file", "short", cwd=tmp_path)
    assert not (tmp_path / "open63110.toml").exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[web]\nprot = 1", "did you mean web.port?"),
        ("[listeners.a]\nport = 1", "plain = true"),
        ("[listeners.a]\ncertificate = 'none.pem'\nkey = 'none.pem'", "listeners.a.certificate names none.pem"),
        ("web = [", "cannot be read"),
    ],
)
def test_a_configuration_that_will_not_do_ends_with_1_and_says_why(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "open63110.toml").write_text(text, encoding="utf-8")
    assert words in refused(1, "config", "check", cwd=tmp_path)


def test_every_setting_is_shown_with_its_origin(tmp_path: Path) -> None:
    (tmp_path / "open63110.toml").write_text("data = 'd'\n", encoding="utf-8")
    done = run("config", "show", "--origin", "--json", cwd=tmp_path, OPEN63110__WEB__PORT="99")
    shown = json.loads(done.stdout)
    assert shown["data"] == {"value": "d", "origin": "open63110.toml"}
    assert shown["web.port"] == {"value": 99, "origin": "OPEN63110__WEB__PORT"}
    assert shown["web.host"] == {"value": "127.0.0.1", "origin": "default"}
    assert "origin" not in run("config", "show", cwd=tmp_path).stdout


def test_the_doctor_ends_with_1_where_something_will_not_work(tmp_path: Path) -> None:
    (tmp_path / "open63110.toml").write_text("[web]\nport = 0\n", encoding="utf-8")
    well = run("doctor", "--json", cwd=tmp_path)
    assert well.returncode == 0
    assert {"name", "verdict", "found", "remedy"} == set(json.loads(well.stdout)[0])
    (tmp_path / "open63110.toml").write_text("[web]\nhost = '192.0.2.1'\n", encoding="utf-8")
    ill = run("doctor", cwd=tmp_path)
    assert ill.returncode == 1
    assert "configure another port" in ill.stdout


def test_clauses_are_a_list_for_programs_and_a_page_for_docs(tmp_path: Path) -> None:
    done = run("clauses", "--json", "--write", "page.md", cwd=tmp_path)
    rows = json.loads(done.stdout)
    assert all({"clause", "title", "state", "file", "tests", "wires"} <= set(row) for row in rows)
    assert {row["state"] for row in rows} <= {"carried", "partial", "planned", "out"}
    assert (tmp_path / "page.md").read_text(encoding="utf-8").count("\n| ") == len(rows) + 1


def test_a_reader_that_has_seen_enough_ends_it_quietly(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "open63110", "clauses"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    words = process.stderr.read()
    process.stderr.close()
    assert process.wait(60) == 0
    assert "Traceback" not in words


def test_bash_understands_the_completion(tmp_path: Path) -> None:
    script = run("completion", "bash", cwd=tmp_path).stdout
    assert "quarantine" in script
    subprocess.run(["bash", "-n"], input=script, text=True, check=True, timeout=60)


def test_a_backup_of_nothing_is_refused(tmp_path: Path) -> None:
    assert "there is no database" in refused(1, "backup", "b", "--data", "nothing", cwd=tmp_path)
    assert "is no backup" in refused(1, "restore", "nothing", "--data", "d", cwd=tmp_path)
