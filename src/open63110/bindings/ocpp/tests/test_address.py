# SPDX-License-Identifier: Apache-2.0
"""URL forms of the field: ours, SteVe's, the bare identity; slashes and case forgiven."""

import pytest

from open63110.bindings.ocpp.address import station_of


@pytest.mark.parametrize(
    "path",
    [
        "/ocpp/CS-1",
        "/OCPP/CS-1",
        "/ocpp//CS-1/",
        "//ocpp/CS-1//",
        "/CS-1",
        "/CS-1/",
        "/steve/websocket/CentralSystemService/CS-1",
        "/steve/websocket/centralsystemservice/CS-1",
        "/ocpp/CS%2D1",
    ],
)
def test_the_forms_in_which_stations_are_configured_name_the_station(path: str) -> None:
    assert station_of(path) == "CS-1"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "//",
        "/ocpp",
        "/OCPP/",
        "/steve/websocket/CentralSystemService/",
        "/other/CS-1",
        "/ocpp/a/b",
        "/ocpp/a%3Ab",
        "/ocpp/" + "x" * 49,
        "/ocpp/%2F",
    ],
)
def test_what_names_no_station_is_refused_in_words(path: str) -> None:
    with pytest.raises(ValueError, match="station"):
        station_of(path)
