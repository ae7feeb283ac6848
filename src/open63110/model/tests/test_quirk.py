# SPDX-License-Identifier: Apache-2.0
"""What holds for a station that is not like others: by name, maker, model and firmware, the more particular first."""

from typing import Any

import pytest

from open63110.kernel.ids import StationId
from open63110.kernel.units import Seconds
from open63110.model.quirk import SETTINGS, Quirk, applied, seconds_of
from open63110.model.station import Identity

CS = StationId("CS-7")
BOX = Identity(vendor="Acme", model="Box 2", firmware="1.4.2")


@pytest.mark.parametrize(
    ("quirk", "fits"),
    [
        ({"vendor": "Acme"}, True),
        ({"vendor": "acme"}, False),
        ({"vendor": "A*", "model": "Box*", "firmware": "1.*"}, True),
        ({"vendor": "A*", "model": "Box*", "firmware": "2.*"}, False),
        ({"stations": ("X-*", "CS-*")}, True),
        ({"stations": ("X-*",), "vendor": "Acme"}, False),
        ({"stations": ("CS-7",), "model": "Pole"}, False),
    ],
)
def test_a_quirk_fits_where_all_that_it_says_of_whom_is_so(quirk: dict[str, Any], fits: bool) -> None:
    assert Quirk(name="q", **quirk).fits(CS, BOX) == fits


def test_of_a_station_that_never_booted_only_its_name_is_known() -> None:
    assert not Quirk(name="q", vendor="?*").fits(CS, Identity())
    assert Quirk(name="q", stations=("CS-7",)).fits(CS, Identity())


def test_the_more_particular_goes_before_the_more_general_and_a_name_before_all() -> None:
    quirks = (
        Quirk(name="a-name", stations=("CS-7",), ping_every=Seconds(0.0)),
        Quirk(name="maker", vendor="Acme", answer_timeout=Seconds(60.0), ping_every=Seconds(10.0), heartbeat=Seconds(30.0)),
        Quirk(name="box", vendor="Acme", model="Box*", answer_timeout=Seconds(90.0), ping_every=Seconds(20.0)),
        Quirk(name="other", vendor="Other", silent_after=Seconds(5.0)),
    )
    found = [(one.setting, one.seconds, one.quirk) for one in applied(quirks, CS, BOX)]
    assert found == [("answer_timeout", 90.0, "box"), ("ping_every", 0.0, "a-name"), ("heartbeat", 30.0, "maker")]
    assert seconds_of("heartbeat", Seconds(300.0), quirks, CS, BOX) == 30.0
    assert seconds_of("silent_after", Seconds(900.0), quirks, CS, BOX) == 900.0
    assert set(SETTINGS) <= set(Quirk.__struct_fields__)
