# SPDX-License-Identifier: Apache-2.0
"""coverage.toml of OCPP 2.0.1 names every action, and agrees with what is translated; each rule is seen to catch a breach."""

from pathlib import Path

from tests.conformance.v201.coverage_table import breaches

import open63110.bindings.ocpp.v201 as folder
from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.rpc.version import Version
from open63110.bindings.ocpp.translation import Wire
from open63110.bindings.ocpp.v201.heartbeat import HEARTBEAT
from open63110.bindings.ocpp.v201.wire import WIRE

FOLDER = Path(folder.__file__).parent


def test_the_table_is_true() -> None:
    assert list(breaches(FOLDER, WIRE)) == []


def test_a_breach_of_each_rule_is_caught(tmp_path: Path) -> None:
    names = ("Authorize", "Reset", "Heartbeat", "ClearCache")
    wire = Wire(Version.V201, {name: types.ACTIONS[name] for name in names}, (HEARTBEAT,))
    (tmp_path / "coverage.toml").write_text(
        """
        Heartbeat = { state = "done", file = "nowhere.py" }
        Reset = { state = "partial", file = "coverage.toml" }
        ClearCache = { state = "someday", reason = "no time" }
        Juggle = { state = "planned" }
        """
    )
    assert set(breaches(tmp_path, wire)) == {
        "Authorize: missing",
        "Juggle: no action of this version",
        "Juggle: gives no reason",
        "ClearCache: someday is no state",
        "Reset: partial, but not translated",
        "Reset: gives no reason",
        "Heartbeat: names no file that is there",
    }
