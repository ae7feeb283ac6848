# SPDX-License-Identifier: Apache-2.0
"""Settings of protected elements: what they refuse, what they say, and the guard that they make (B.3)."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from open63110.apps.config import Config, load
from open63110.apps.protection import checked, guard_of
from open63110.apps.station_config import load as load_station
from open63110.bindings.link.framing.header import Header
from open63110.bindings.link.messages.codec import CODEC
from open63110.bindings.link.protection.guard import ENCLOSED
from open63110.bindings.link.protection.protected import protections
from open63110.cli.config import check
from open63110.kernel.errors import Malformed
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.roles import Role
from open63110.kernel.units import Watts
from open63110.pki.authority import Wish
from open63110.pki.folder import Folder
from open63110.pki.identity import party
from open63110.usecases.energy.smart_charging import LimitPower

NOW = datetime.now(UTC)
LIMIT = LimitPower(station=StationId("CS1"), evse=EvseNumber(1), limit=Watts(7000.0))
NUMBER = CODEC.number(LIMIT)


@pytest.fixture
def pki(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "pki")
    folder.make("Test authority", (), NOW)
    for name, role in (("csms.example", Role.CSMS), ("CS1", Role.STATION)):
        folder.issue(Wish(party=party(name, role)), NOW)
    return folder


def text(pki: Folder, more: str) -> str:
    """A CSMS with a listener for links, and rules."""
    own = pki.path / "parties" / "csms.example"
    return f"""
[listeners.link]
kind = "link"
certificate = "{own}/certificate.pem"
key = "{own}/key.pem"
client_authorities = "{pki.root_path}"
revoked = "{pki.revoked_path}"
[protection]
certificates = "{pki.path}/issued"
{more}
"""


def read(pki: Folder, more: str) -> Config:
    path = pki.path / "csms.toml"
    path.write_text(text(pki, more), encoding="utf-8")
    return load(path, {})


def test_nothing_is_protected_unless_it_is_said() -> None:
    assert guard_of(Config(), Config().links, lambda: NOW) is None
    assert checked(Config(), Config().links, lambda: NOW) == []


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ('[protect.x]\nmesages = ["LimitPower"]', "did you mean protect.x.messages?"),
        ('[protect.x]\nmessages = ["LimitPowr"]', "did you mean LimitPower?"),
        ('[protect.x]\nmessages = ["LimitPower"]\nelements = ["limits"]', "did you mean limit?"),
        ('[protect.x]\nmessages = ["LimitPower"]\nelements = ["limit/x"]', "goes on with numbers"),
        ('[protect.x]\nmessages = ["LimitPower"]\nelements = []', "protect.x.elements is empty"),
        ('[protect.x]\nmessages = ["LimitPower"]\nsign = false', "protect.x does nothing"),
        ('[protect.x]\nmessages = ["LimitPower"]\nseal = "CS1"\ncontent_key = "k"', "not both"),
        ('[demand.x]\nmessages = ["MeterValuesReported"]\nsigned = false', "demands nothing"),
        ('[demand.x]\nmessages = ["MeterValuesReportd"]', "did you mean MeterValuesReported?"),
        ('[protect.x]\nmessages = ["LimitAnswer"]', "LimitAnswer is not protected"),
        ('[demand.x]\nmessages = ["OcppFrame"]', "OcppFrame is not protected"),
        ("expired = -1", "protection.expired"),
        ('key = "k.pem"', "both certificate and key"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_word_of_what_could(pki: Folder, rule: str, words: str) -> None:
    with pytest.raises(Malformed, match=words.replace("?", r"\?")):
        read(pki, rule)


def test_who_signs_needs_a_certificate_and_who_demands_somebody_to_believe(tmp_path: Path) -> None:
    path = tmp_path / "csms.toml"
    for rule, remedy in (("protect", "protection.certificate"), ("demand", "protection.certificates")):
        path.write_text(f'[{rule}.x]\nmessages = ["LimitPower"]', encoding="utf-8")
        with pytest.raises(Malformed) as told:
            load(path, {})
        assert remedy in (told.value.remedy or "")


def test_a_station_on_ocpp_has_nothing_to_protect(tmp_path: Path) -> None:
    path = tmp_path / "station.toml"
    path.write_text('[protect.x]\nmessages = ["MeterValuesReported"]', encoding="utf-8")
    with pytest.raises(Malformed, match="on links only"):
        load_station(path, {})


RULES = """
[protect.limits]
messages = ["LimitPower"]
seal = "receiver"
stations = ["CS1"]
[protect.answers]
messages = ["AuthorizationAnswer"]
elements = ["subject"]
sign = false
seal = "CS1"
[demand.readings]
messages = ["EnergyTransferUpdated", "EnergyTransferEnded"]
signers = ["M1", "CS1"]
"""


def test_check_says_what_is_protected(pki: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    read(pki, RULES)
    check(config=pki.path / "csms.toml")
    assert capsys.readouterr().out.splitlines()[1:] == [
        "protect.limits: LimitPower signed and sealed for the receiving station, towards CS1",
        "protect.answers: AuthorizationAnswer (subject) sealed for CS1",
        "demand.readings: EnergyTransferUpdated, EnergyTransferEnded must come signed by M1 or CS1",
    ]
    read(pki, RULES.replace('seal = "CS1"', 'seal = "nobody"'))
    with pytest.raises(Malformed, match="no certificate of nobody"):
        check(config=pki.path / "csms.toml")


def sent(config: Config, towards: str) -> tuple[Header, bytes]:
    guard = guard_of(config, config.links, lambda: NOW)
    assert guard is not None
    return guard.protected(Header(type=NUMBER, key=b"order-1"), CODEC.encode(LIMIT, station=LIMIT.station), towards)


def test_a_rule_holds_towards_the_stations_it_names_and_for_what_a_message_has(pki: Folder) -> None:
    config = read(pki, RULES)
    assert list(protections(sent(config, "CS1")[1])) == [()]
    assert ENCLOSED not in sent(config, "CS2")[1]
    split = '[protect.a]\nmessages = ["LimitPower"]\nelements = ["limit", "until"]\n'
    header, body = sent(read(pki, split), "CS1")
    assert (list(protections(body)), header.key) == ([(3,)], b"order-1")


def test_nothing_goes_out_plain_that_cannot_be_sealed(pki: Folder) -> None:
    config = read(pki, RULES.replace('stations = ["CS1"]', ""))
    with pytest.raises(Exception, match="no certificate of CS2") as told:
        sent(config, "CS2")
    assert getattr(told.value, "code", "") == "UnknownKey"


def test_a_content_key_that_both_ends_have_seals_without_a_certificate(pki: Folder) -> None:
    key = pki.path / "content.key"
    key.write_text("07" * 32, encoding="ascii")
    rule = f'content_keys = ["{key}"]\n[protect.x]\nmessages = ["LimitPower"]\nsign = false\ncontent_key = "{key}"\n'
    config = read(pki, rule)
    header, body = sent(config, "CS1")
    guard: Any = guard_of(config, config.links, lambda: NOW)
    found = guard.opened(NUMBER, header.key, body, "CS1")
    assert CODEC.decode(NUMBER, found.body, station=LIMIT.station) == LIMIT
    assert found.opened[()].sealed
    key.write_text("07" * 31, encoding="ascii")
    with pytest.raises(Malformed, match="32 bytes"):
        guard_of(config, config.links, lambda: NOW)
