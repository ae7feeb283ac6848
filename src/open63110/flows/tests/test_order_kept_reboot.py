# SPDX-License-Identifier: Apache-2.0
"""From the end of the last transfer to the reboot that the CSMS kept for it (6.1 → 8.3.7, AT-8.3.7-2)."""

from tests.transfers import CS, E2, Csms, begin, finish, minute

from open63110.flows.order_kept_reboot import then
from open63110.kernel.messages import Command
from open63110.model.station import Identity, Station, StationBooted, StationConnected, StationDisconnected
from open63110.usecases.stations.reboot_station import RebootIfIdle, RebootMode, RebootStation

LINK = StationConnected(station=CS, at=minute(0), wire="ocpp1.6", lacks=("wait-for-idle",))
WISH = RebootStation(station=CS, mode=RebootMode.ON_IDLE)


def test_an_end_and_a_new_link_look_at_a_reboot_that_is_kept() -> None:
    for event in (finish(minute(9), 2000.0, 1), LINK):
        assert list(then(event, Station(id=CS, flags=("reboot-scheduled", "reboot-kept")))) == [RebootIfIdle(station=CS)]
        assert list(then(event, Station(id=CS, flags=("reboot-scheduled",)))) == []


def kept() -> Csms:
    """A CSMS that keeps a reboot for a station where two EVs charge."""
    csms = Csms()
    csms.hear(LINK)
    csms.hear(begin(minute(1), 1000.0))
    csms.hear(begin(minute(2), 5000.0, reference="tx-2", evse=E2))
    csms.hear(WISH)
    assert csms.station.blocked_by == "reboot"
    return csms


def ordered(csms: Csms, minutes: float = 0.5) -> list[Command]:
    """Let time pass; return the reboots that were ordered meanwhile."""
    csms.later(minutes)
    found: list[Command] = [one for one in csms.orders if isinstance(one, RebootStation)]
    csms.orders.clear()
    return found


def test_it_is_ordered_once_after_the_last_of_two_transfers_and_fulfilled_by_the_boot() -> None:
    csms = kept()
    csms.hear(finish(minute(5), 2000.0, 1))
    assert ordered(csms) == []
    csms.hear(finish(minute(6), 6000.0, 1, reference="tx-2", evse=E2))
    assert csms.orders == []  # the station is to get its acknowledgement first
    assert ordered(csms) == [WISH]
    csms.hear(StationDisconnected(station=CS, at=minute(7)))
    csms.hear(StationConnected(station=CS, at=minute(8), wire="ocpp1.6", lacks=LINK.lacks))
    csms.hear(StationBooted(station=CS, at=minute(8), identity=Identity()))
    assert (csms.station.blocked_by, csms.station.flags) == ("", ())
    assert ordered(csms, 60) == []


def test_it_survives_restarts() -> None:
    csms = kept()
    csms.restart()
    csms.hear(finish(minute(5), 2000.0, 1))
    csms.restart()
    csms.hear(finish(minute(6), 6000.0, 1, reference="tx-2", evse=E2))
    csms.restart()
    assert ordered(csms) == [WISH]


def test_it_is_ordered_again_until_the_station_has_booted() -> None:
    csms = kept()
    csms.hear(finish(minute(5), 2000.0, 1))
    csms.hear(finish(minute(6), 6000.0, 1, reference="tx-2", evse=E2))
    assert ordered(csms, 11) == [WISH, WISH, WISH]


def test_a_boot_before_the_end_fulfils_it_too() -> None:
    csms = kept()
    csms.hear(StationBooted(station=CS, at=minute(4), identity=Identity()))
    csms.hear(finish(minute(5), 2000.0, 1), finish(minute(6), 6000.0, 1, reference="tx-2", evse=E2))
    assert ordered(csms, 60) == []


def test_an_end_without_a_link_is_followed_by_the_order_once_the_link_is_back_and_no_boot_comes() -> None:
    csms = kept()
    csms.hear(finish(minute(5), 2000.0, 1))
    csms.hear(finish(minute(6), 6000.0, 1, reference="tx-2", evse=E2), StationDisconnected(station=CS, at=minute(6)))
    assert ordered(csms, 30) == []
    csms.hear(StationConnected(station=CS, at=minute(40), wire="ocpp1.6", lacks=LINK.lacks))
    assert ordered(csms) == []
    assert ordered(csms) == [WISH]
