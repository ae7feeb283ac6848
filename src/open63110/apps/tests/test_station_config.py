# SPDX-License-Identifier: Apache-2.0
"""What a station can be told, what it refuses, and the file that explains itself."""

import re
from pathlib import Path

import pytest

from open63110.apps.station_config import StationConfig, load, registers, written
from open63110.kernel.errors import Malformed
from open63110.station.drivers.registers import SDM630

ROOT = Path(__file__).parents[4]
BOARD = """
[evses.1.board]
bus = "tcp://127.0.0.1:502"
[evses.1.board.registers]
pilot = { address = 0 }
proximity = { address = 1 }
contactor = { table = "coil", address = 0 }
offered = { table = "holding", address = 0 }
"""
METER = """
[evses.1.meter]
bus = "rtu:/dev/ttyUSB0"
kind = "sdm630"
"""
MODBUS = f'[evses.1]\ndriver = "modbus"\n{METER}{BOARD}'


def read(tmp_path: Path, text: str, **environment: str) -> StationConfig:
    path = tmp_path / "station.toml"
    path.write_text(text, encoding="utf-8")
    return load(path, environment)


def test_what_was_chosen_is_read_back_and_the_environment_has_the_last_word(tmp_path: Path) -> None:
    chosen = {"id": "CS-5", "evses": {"1": {"phases": 1}, "2": {"driver": "simulated"}}, "csms": {"url": "wss://a/ocpp"}}
    config = read(tmp_path, written(chosen), OPEN63110__CSMS__PASSWORD="p", OPEN63110__OFFLINE__WHO="list")
    assert (config.id, config.evses["1"].phases, len(config.evses), config.csms.url) == ("CS-5", 1, 2, "wss://a/ocpp")
    assert (config.csms.password, config.policy.offline) == ("p", "list")


def test_without_a_file_there_is_one_simulated_evse() -> None:
    assert load(None, {}).evses["1"].driver == "simulated"


def test_what_is_shown_as_default_is_the_default(tmp_path: Path) -> None:
    shown = written({"evses": {"1": {}}}).split("\n# An EVSE behind Modbus")[0]
    switched_on = re.sub(r"^#(\w+ = )", r"\1", shown, flags=re.MULTILINE)
    assert read(tmp_path, switched_on) == StationConfig()


def test_the_example_of_an_evse_behind_modbus_will_do(tmp_path: Path) -> None:
    example = "# An EVSE" + written({}).split("\n# An EVSE")[1]
    config = read(tmp_path, re.sub(r"^#(\w+ = |\[)", r"\1", example, flags=re.MULTILINE))
    assert (config.evses["1"].meter.kind, config.evses["1"].board.unit) == ("sdm630", 180)


def test_the_file_of_the_package_is_what_would_be_written() -> None:
    path = ROOT / "packaging" / "station.toml"
    chosen = {"id": "CS-1", "data": "/var/lib/open63110-station", "csms": {"url": "wss://csms.example/ocpp"}}
    text = "# SPDX-License-Identifier: Apache-2.0\n" + written({**chosen, "evses": {"1": {"driver": "simulated"}}})
    assert path.read_text(encoding="utf-8") == text


def test_a_known_meter_needs_no_table_and_its_own_table_has_the_last_word(tmp_path: Path) -> None:
    config = read(tmp_path, MODBUS + "[evses.1.meter.registers]\nenergy = { address = 9 }\n")
    found = registers(config.evses["1"].meter)
    assert found["energy"].address == 9
    assert found["power"] == SDM630["power"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("intervall = 3", "did you mean interval"),
        ("[csms]\nurll = 'x'", r"did you mean csms\.url"),
        ("[evses.1]\namps = 3", r"evses\.1\.amps"),
        (MODBUS + "[evses.1.meter.registers.energy]\nadress = 9\n", r"did you mean evses\.1\.meter\.registers\.energy\.address"),
        ("interval = 'often'", "interval"),
        ("interval = 0", "above 0"),
        ("[bulk]\nlargest = 9\nmost = 8", "not more than bulk.most"),
        ("[bulk]\nlogs = ['/a/station.log', '/b/station.log']", "end in the same name"),
        ("[csms]\nwire = 'ocpp-over-link'", "csms.wire"),
        ("id = 'a b'", "station id"),
        ("[evses.2]", "numbered"),
        ("[csms]\nurl = 'http://x'", "ws://"),
        ("[reader]\ndevice = '/dev/ttyACM0'\nevse = 3", "no EVSE 3"),
        ("[evses.1]\ndriver = 'modbus'", "needs a bus"),
        (MODBUS.replace("sdm630", "sdm999"), "known meters are sdm630"),
        (MODBUS.replace("pilot =", "pilott ="), "nothing that is read or written"),
        (MODBUS.replace("proximity = { address = 1 }\n", ""), "proximity is missing"),
        (MODBUS.replace("[evses.1]\n", "[evses.1]\nlock = true\n"), "lock is missing"),
        (MODBUS.replace('kind = "sdm630"', ""), "energy is missing"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(Malformed, match=words):
        read(tmp_path, text)


def test_a_fixed_cable_has_no_register_for_its_rating(tmp_path: Path) -> None:
    text = MODBUS.replace("[evses.1]\n", "[evses.1]\nsocket = false\n").replace("proximity = { address = 1 }\n", "")
    assert not read(tmp_path, text).evses["1"].socket


def test_a_file_that_is_missing_says_who_writes_one(tmp_path: Path) -> None:
    with pytest.raises(Malformed) as caught:
        load(tmp_path / "none.toml", {})
    assert caught.value.remedy == "open63110 station init writes one"


@pytest.mark.parametrize(
    ("csms", "where"),
    [
        ('wire = "link"', "csms.endpoints"),
        ('wire = "ocpp-in-link"', "csms.endpoints"),
        ('wire = "link"\nendpoints = ["ws://csms.example/link"]', "csms.endpoints"),
        ('wire = "link"\nendpoints = ["wss://csms.example/link"]', "csms.authorities"),
        ('wire = "link"\nendpoints = ["wss://csms.example/link"]\nauthorities = "a.pem"\ncertificate = "c.pem"', "csms.key"),
    ],
)
def test_a_link_wants_endpoints_and_certificates(csms: str, where: str, tmp_path: Path) -> None:
    with pytest.raises(Malformed) as caught:
        read(tmp_path, f"[csms]\n{csms}\n")
    assert caught.value.where == where
