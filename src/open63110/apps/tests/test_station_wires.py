# SPDX-License-Identifier: Apache-2.0
"""A station reads in what it is to speak."""

from open63110.apps.station_config import Upwards
from open63110.apps.station_wires import wires_of
from open63110.bindings.ocpp.rpc.version import Version


def test_a_station_on_the_link_reads_in_no_ocpp() -> None:
    assert wires_of(Upwards(wire="link")) == {}


def test_the_versions_that_are_asked_for_are_read_in_newest_first() -> None:
    found = wires_of(Upwards(versions=("ocpp1.6", "ocpp2.1")))
    assert list(found) == [Version.V21, Version.V16]
    assert [one.version for one in found.values()] == list(found)
