# SPDX-License-Identifier: Apache-2.0
"""What a station shows, as a file; what its maker says of its faults, from one (8.3.8, 8.3.11)."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.literal import T0, Clock, Ids

from open63110.apps.station_panel import PanelFile, load_catalogue
from open63110.kernel.ids import EvseNumber, StationId
from open63110.kernel.roles import Role
from open63110.model.display import MessageContent
from open63110.model.fault import OwnCatalogue
from open63110.model.policy import StationPolicy
from open63110.model.station import Identity
from open63110.runtime.engine import Engine
from open63110.runtime.table import discover
from open63110.simulator.forgetful import ForgetfulStore
from open63110.usecases.stations.onboard_station import PoweredUp
from open63110.usecases.stations.set_displayed_information import SetMessage

CS = StationId("CS-1")
TABLE = discover()


def station() -> tuple[Engine, Clock]:
    clock = Clock()
    engine = Engine(Role.STATION, TABLE, ForgetfulStore(), clock, Ids(), StationPolicy(), linger=0.0)
    engine.hear((PoweredUp(station=CS, at=T0, reason="PowerUp", identity=Identity(), connectors=(1, 1)),))
    return engine, clock


def told(engine: Engine, words: str, **more: Any) -> None:
    content = MessageContent(text=words)
    assert engine.hear((SetMessage(station=CS, contents=(content,), **more),)) is None


def shown(path: Path) -> dict[str, list[str]]:
    return {evse: [one["text"] for one in lines] for evse, lines in json.loads(path.read_text()).items()}


def test_the_file_follows_what_is_to_be_seen_and_is_written_when_it_changes_only(tmp_path: Path) -> None:
    (engine, clock), path = station(), tmp_path / "display.json"
    panel = PanelFile(engine, CS, path)
    panel.look()
    assert shown(path) == {"1": [], "2": []}
    told(engine, "Hello", number=1, end=T0 + timedelta(minutes=1))
    told(engine, "at two", number=2, evse=EvseNumber(2))
    panel.look()
    assert shown(path) == {"1": ["Hello"], "2": ["Hello", "at two"]}
    written = path.stat().st_mtime_ns
    panel.look()
    assert path.stat().st_mtime_ns == written
    clock.at = T0 + timedelta(minutes=1)
    panel.look()
    assert shown(path) == {"1": [], "2": ["at two"]}
    assert [one.name for one in tmp_path.iterdir()] == ["display.json"]


def test_a_catalogue_is_read_with_its_signature_and_one_that_will_not_do_is_not_kept(tmp_path: Path) -> None:
    engine, _ = station()
    path = tmp_path / "codes.json"
    load_catalogue(engine, CS, path)
    path.write_text("{")
    load_catalogue(engine, CS, path)
    assert engine.known.under_way.get(OwnCatalogue, CS, {}) is None
    content = '{"vendor": "Acme", "version": "1", "entries": [{"code": "E42"}]}\n'
    path.write_text(content)
    (tmp_path / "codes.json.sig").write_text("c2lnbmVk\n")
    load_catalogue(engine, CS, path)
    own = engine.known.under_way.get(OwnCatalogue, CS, {})
    assert own is not None
    assert (own.content, own.signature) == (content, "c2lnbmVk")
