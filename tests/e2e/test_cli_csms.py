# SPDX-License-Identifier: Apache-2.0
"""A CSMS started from the command line: it says when it is ready, obeys nouns and verbs, and ends well."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

PASSWORD = "correct horse battery"
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("OPEN63110")}
PROGRAM = [sys.executable, "-m", "open63110"]


class Installation:
    """One CSMS: its folder, how to start it, and how to ask it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.web = folder, ""
        (folder / "password").write_text(PASSWORD, encoding="utf-8")
        made = self.ask("csms", "init", "--admin", "boss", "--password-file", "password", "--web", "127.0.0.1:0", *LISTENER)
        self.key: str = made["key"]

    def run(self, *words: str, key: str | None = None) -> "subprocess.CompletedProcess[str]":
        access = {"OPEN63110_URL": self.web, "OPEN63110_KEY": key or getattr(self, "key", "")}
        return subprocess.run(
            [*PROGRAM, *words],
            cwd=self.folder,
            env={**ENVIRONMENT, "XDG_CONFIG_HOME": str(self.folder), **access},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def ask(self, *words: str, code: int = 0) -> Any:
        done = self.run(*words, "--json")
        assert done.returncode == code, done
        return json.loads(done.stdout)

    @contextlib.contextmanager
    def serving(self, *words: str, **environment: str) -> Iterator["subprocess.Popen[str]"]:
        with (self.folder / "log").open("w") as log:
            process = subprocess.Popen(
                [*PROGRAM, "csms", *words],
                cwd=self.folder,
                env={**ENVIRONMENT, **environment},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        with process:
            try:
                yield process
            finally:
                process.kill()


LISTENER = ("--listener", "open:127.0.0.1:0")


def ready(process: "subprocess.Popen[str]") -> dict[str, Any]:
    assert process.stdout is not None
    said: dict[str, Any] = json.loads(process.stdout.readline())
    return said


def status(url: str, path: str, key: str = "") -> int:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {key}"} if key else {})
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = Installation(tmp_path_factory.mktemp("csms"))
    with made.serving("--json") as process:
        made.web = ready(process)["web"]
        yield made


def hears(systemd: socket.socket, word: bytes) -> None:
    """Wait for a word between signs of life."""
    while (said := systemd.recv(100)) != word:
        assert said == b"WATCHDOG=1"


def test_it_says_where_it_serves_tells_systemd_and_ends_with_0_when_told(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(60)
        environment = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "1500000"}
        with installation.serving("--json", **environment) as process:
            hears(systemd, b"READY=1")
            said = ready(process)
            assert said["ready"] is True
            assert status(said["web"], "/healthz") == 200
            with socket.create_connection(("127.0.0.1", said["listeners"]["open"]), timeout=10):
                pass
            process.send_signal(signal.SIGHUP)
            assert status(said["web"], "/readyz") == 200
            hears(systemd, b"WATCHDOG=1")
            process.send_signal(signal.SIGTERM)
            hears(systemd, b"STOPPING=1")
            assert process.wait(60) == 0
            assert process.stdout is not None
            assert process.stdout.read() == ""
    assert "Traceback" not in (tmp_path / "log").read_text(encoding="utf-8")


def test_without_json_it_says_so_in_words(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    with installation.serving() as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("page      http://127.0.0.1:")
        assert "/ocpp/<station id>" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0


def test_the_key_of_set_up_opens_rest_and_another_does_not(installation: Installation) -> None:
    assert status(installation.web, "/api/v1/stations", installation.key) == 200
    assert status(installation.web, "/api/v1/stations") == 401
    done = installation.run("station", "list", key="boss.wrong")
    assert done.returncode == 1
    assert done.stderr.startswith("open63110: ")
    assert "key use" in done.stderr


def test_nouns_and_verbs_reach_the_engine(installation: Installation) -> None:
    assert installation.ask("station", "register", "CS1", "--note", "by the door")["outcome"] == "accepted"
    (station,) = installation.ask("station", "list", "--q", "CS1")
    assert (station["id"], station["note"]) == ("CS1", "by the door")
    assert installation.ask("station", "show", "CS1")["id"] == "CS1"
    assert "CS1" in installation.run("station", "list").stdout
    put = installation.ask("token", "put", "--kind", "ISO14443", "--value", "04A1B2C3", "--name", "Anna")
    assert put["outcome"] == "accepted"
    (token,) = installation.ask("token", "list", "--name", "Anna")
    assert token["value"] == "04A1B2C3"
    kinds = {order["kind"] for order in installation.ask("order", "list")}
    assert {"RegisterStation", "PutToken"} <= kinds
    assert {"RegisterStation", "PutToken"} <= {entry["action"] for entry in installation.ask("audit", "list", "--by", "boss")}
    facts = installation.ask("station", "facts", "CS1")
    assert "StationRegistered" in {fact["kind"] for fact in facts}


def test_an_order_that_nobody_carries_out_in_time_ends_with_1(installation: Installation) -> None:
    installation.ask("station", "register", "AWAY")
    waiting = installation.run("station", "reboot", "AWAY", "--wait", "0.1")
    assert waiting.returncode == 1
    assert "not known yet" in waiting.stderr
    assert installation.run("station", "reboot", "AWAY", "--wait", "0").returncode == 0


def test_what_the_csms_refuses_ends_with_1_and_its_reason(installation: Installation) -> None:
    for words in (("station", "reboot", "NOWHERE"), ("station", "show", "NOWHERE"), ("quarantine", "replay", "99999")):
        done = installation.run(*words)
        assert (done.returncode, done.stdout) == (1, ""), done
        assert done.stderr.startswith("open63110: ")
        assert "no " in done.stderr


def test_principals_are_admitted_changed_and_shut_out(installation: Installation) -> None:
    admitted = installation.ask("principal", "add", "CS9", "--role", "station")
    assert admitted["key"].startswith("CS9.")
    assert installation.ask("key", "new", "CS9")["key"] != admitted["key"]
    viewer = installation.ask("principal", "add", "eve", "--role", "viewer", "--scope", "CS*")
    assert installation.run("station", "list", key=viewer["key"]).returncode == 0
    refused = installation.run("station", "admit", "CS1", key=viewer["key"])
    assert refused.returncode == 1
    assert "may not" in refused.stderr
    assert installation.ask("principal", "change", "eve", "--disabled")["principal"]["disabled"] is True
    assert installation.run("station", "list", key=viewer["key"]).returncode == 1


def test_a_key_that_works_is_kept_for_this_user_alone(installation: Installation) -> None:
    (installation.folder / "key").write_text(installation.key, encoding="utf-8")
    kept = Path(installation.ask("key", "use", "--url", installation.web, "--key-file", "key")["kept"])
    assert kept.stat().st_mode & 0o077 == 0
    bare = {**ENVIRONMENT, "XDG_CONFIG_HOME": str(installation.folder)}
    done = subprocess.run([*PROGRAM, "station", "list"], env=bare, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    (installation.folder / "key").write_text("boss.wrong", encoding="utf-8")
    assert installation.run("key", "use", "--url", installation.web, "--key-file", "key").returncode == 1


def test_records_are_exported_to_a_file_or_to_stdout(installation: Installation) -> None:
    assert installation.run("sdr", "export").stdout.startswith("id,session,station,")
    assert installation.run("sdr", "export", "--format", "json", "--to", "sdrs.json").returncode == 0
    assert json.loads((installation.folder / "sdrs.json").read_text(encoding="utf-8")) == []


def test_a_folder_in_use_serves_one_csms_and_is_backed_up_but_not_restored(installation: Installation) -> None:
    second = installation.run("csms")
    assert second.returncode == 1
    assert "is in use by process" in second.stderr
    assert "Traceback" not in second.stderr
    installation.ask("backup", "backup")
    assert "stop it first" in installation.run("restore", "backup").stderr
    installation.ask("restore", "backup", "--data", "elsewhere")


def test_a_port_that_is_taken_ends_it_with_1(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = str(holder.getsockname()[1])
        for name in ("OPEN63110__WEB__PORT", "OPEN63110__LISTENERS__OPEN__PORT"):
            done = subprocess.run(
                [*PROGRAM, "csms"],
                cwd=tmp_path,
                env={**ENVIRONMENT, name: port},
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            assert done.returncode == 1, done
            assert "already in use" in done.stderr
            assert "Traceback" not in done.stderr
    assert installation.key


def test_nothing_secret_is_logged(installation: Installation) -> None:
    log = (installation.folder / "log").read_text(encoding="utf-8")
    assert PASSWORD not in log
    assert installation.key.partition(".")[2] not in log


SITE = """
id = "north"
address = "Elbe 1"
connections = [{id = "g1", import_max = 100_000, amperes = [160, 160, 160]}]
feeders = [{id = "cars", parent = "g1", amperes = [100, 100, 100]}]

[[zones]]
id = "deck"
feeder = "cars"
import_max = 60_000
failsafe = 10_000

[[zones.stations]]
id = "N1"
evses = [{number = 1, evse_id = "DE*ONE*E1", import_max = 22_000, wiring = "L2L3L1"}, {number = 2}]

[[zones.stations]]
id = "N2"
evses = [{number = 1}, {number = 2}]

[[zones]]
id = "yard"
import_max = 40_000

[[zones.stations]]
id = "N3"
evses = [{number = 1}]
"""


CIRCLE = """
id = "north"
feeders = [{id = "a", parent = "b"}, {id = "b", parent = "a"}]
"""

WRONG_SITES = [
    ("circle.toml", CIRCLE, "sites[0].feeders[0].parent: feeders feed each other in a circle"),
    ("orphan.json", '{"id": "north", "feeders": [{"id": "a", "parent": "gone"}]}', "there is no feeder or connection gone"),
    ("form.toml", SITE.replace("60_000", '"a lot"'), "sites[0].zones[0].import_max: Expected `float`"),
    ("nan.toml", SITE.replace("60_000", "nan"), "nan and inf are no numbers here"),
    ("day.toml", SITE.replace("60_000", "2026-03-04"), "sites[0].zones[0].import_max: Expected `float`"),
    ("rules.toml", SITE + "\n[rules]\non = -1\n", "sites[0].rules: powers, currents and times are numbers from 0 on"),
    ("rule.toml", SITE + "\n[rules]\npauses = 0.5\n", "sites[0].rules.pauses: Expected `int | null`"),
    ("word.toml", SITE + "\n[rules]\nonn = 1\n", "did you mean on?"),
]


def test_site_files_that_cannot_be_change_nothing_and_are_told_with_their_place(installation: Installation) -> None:
    before = installation.ask("site", "list")
    for name, words, said in WRONG_SITES:
        (installation.folder / name).write_text(words, encoding="utf-8")
        refused = installation.run("site", "import", name)
        assert (refused.returncode, refused.stdout, said in refused.stderr) == (1, "", True), (name, refused.stderr)
        assert "Traceback" not in refused.stderr
    assert installation.ask("site", "list") == before


WRONG_OUTLOOKS = [
    ("kind = 'gold'", 1, "outlooks[0]: kind: Invalid enum value 'gold'"),
    ("kind = 5", 1, "outlooks[0]: kind: Expected `str`"),
    ("kind = 'ghg'\ncolour = 1", 1, "outlooks[0]: colour is no field"),
    ("kind = 'price'\ncurrency = 'EUR'", 1, "outlooks[0]: there is no site nowhere"),
    ("kind = 'ghg'\nreached = inf", 1, "outlooks[0]: nan and inf are no numbers here"),
    ("kind = ", 2, "is no TOML"),
]


def test_files_of_outlooks_that_cannot_be_change_nothing_and_are_told_with_their_place(installation: Installation) -> None:
    steps = "steps = [{since = 2026-03-04T12:00:00Z, value = 0.3}]\nuntil = 2026-03-05T00:00:00Z"
    for more, code, said in WRONG_OUTLOOKS:
        (installation.folder / "outlooks.toml").write_text(f"[[outlooks]]\nsite = 'nowhere'\n{steps}\n{more}\n", encoding="utf-8")
        refused = installation.run("outlook", "import", "outlooks.toml")
        assert (refused.returncode, refused.stdout, said in refused.stderr) == (code, "", True), (more, refused.stderr)
    assert installation.ask("outlook", "list") == []


def test_files_that_are_not_there_are_named(installation: Installation) -> None:
    for noun in ("site", "outlook"):
        refused = installation.run(noun, "import", "none.toml")
        assert (refused.returncode, refused.stderr) == (1, "open63110: No such file or directory: none.toml\n")


@pytest.mark.at("AT-4.3-1")
def test_a_site_file_reads_back_and_its_zones_are_limited(installation: Installation) -> None:
    (installation.folder / "north.toml").write_text(SITE, encoding="utf-8")
    wrong = SITE.replace("failsafe", "fail_safe")
    (installation.folder / "wrong.toml").write_text(wrong, encoding="utf-8")
    refused = installation.run("site", "import", "wrong.toml")
    assert (refused.returncode, "did you mean failsafe?" in refused.stderr) == (1, True)
    assert installation.ask("site", "list") == []
    assert installation.ask("site", "import", "north.toml")["outcome"] == "accepted"
    shown = installation.ask("site", "show", "north")
    (installation.folder / "back.json").write_text(json.dumps(shown), encoding="utf-8")
    assert installation.ask("site", "import", "back.json")["outcome"] == "accepted"
    assert installation.ask("site", "show", "north") == shown
    assert installation.run("site", "export", "whole.toml").returncode == 0
    assert installation.ask("site", "import", "whole.toml")["outcome"] == "accepted"
    assert installation.ask("site", "show", "north") == shown
    assert [len(one["evses"]) for zone in shown["zones"] for one in zone["stations"]] == [2, 2, 1]
    assert "zone deck: 60 kW, 10 kW after 60 s without a link" in installation.run("site", "show", "north").stdout
    kept = installation.run("zone", "remove", "--site", "north", "--id", "yard")
    assert (kept.returncode, "still has stations: N3" in kept.stderr) == (1, True)
    limited = installation.ask("zone", "limit", "--site", "north", "--zone", "deck", "--limit", "50000")
    (result,) = limited["replies"]
    assert (result["unreachable"], result["ok"], result["failed"], result["excess"]) == (["N1", "N2"], [], [], 38_000.0)
    assert installation.ask("zone", "withdraw-limit", "--site", "north", "--zone", "deck")["outcome"] == "accepted"
    price = ("--elements", '[{"dimension": "energy", "price": "0.390"}]', "--texts", '{"de": "39 ct je kWh"}')
    tariff = ("--site", "north", "--zone", "deck", "--id", "T-1", "--currency", "EUR", *price)
    assert installation.ask("tariff", "set", *tariff)["outcome"] == "accepted"
    (listed,) = installation.ask("tariff", "list")
    assert (listed["key"], listed["currency"], listed["texts"]) == ("north:deck", "EUR", {"de": "39 ct je kWh"})
    assert "0.390" in installation.run("tariff", "list").stdout
    assert installation.ask("tariff", "clear", "--site", "north", "--zone", "deck")["outcome"] == "accepted"
