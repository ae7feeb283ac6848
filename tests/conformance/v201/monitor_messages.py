# SPDX-License-Identifier: Apache-2.0
"""Any message about monitors that OCPP 2.x can carry, for properties."""

from datetime import UTC, datetime
from typing import Any, Final

from hypothesis import strategies as st
from tests.conformance.v201.golden import CS

from open63110.kernel.messages import Message
from open63110.model.device import Component, VariableAddress
from open63110.model.monitor import Monitor, MonitorKind
from open63110.usecases.stations.monitor_station import StationEventReported
from open63110.usecases.stations.monitor_station.monitors import (
    AskMonitors,
    ClearMonitors,
    MonitorsReported,
    SetMonitor,
    SetMonitoringBase,
    SetMonitoringLevel,
)

names = st.text("ABCdef019", min_size=1, max_size=20)
number = st.integers(1, 999)
whole = st.integers(0, 2**63 - 1)
value = st.floats(-1e15, 1e15, allow_nan=False)
moment = st.datetimes(datetime(2001, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - it adds it
addresses = st.builds(
    VariableAddress,
    component=st.builds(Component, name=names, instance=st.just("") | names, evse=number, connector=st.integers(0, 9)),
    name=names,
    instance=st.just("") | names,
)
monitors = st.builds(
    Monitor,
    address=addresses,
    kind=st.sampled_from((MonitorKind.UPPER, MonitorKind.DELTA, MonitorKind.PERIODIC)),
    value=value,
    severity=st.integers(0, 9),
    id=whole,
    transaction=st.booleans(),
    origin=st.just("custom"),
    stream=st.none(),
)


def words(most: int) -> st.SearchStrategy[str]:
    """Any text up to a length."""
    return st.text(st.characters(codec="utf-8"), max_size=most)


def set_monitor(*kinds: MonitorKind) -> st.SearchStrategy[SetMonitor]:
    """Any monitor of some kinds, without a stream."""
    return st.builds(
        SetMonitor,
        station=st.just(CS),
        variable=addresses.map(str),
        kind=st.sampled_from(kinds),
        value=value,
        severity=st.integers(0, 9),
        transaction=st.booleans(),
        stream_every=st.none(),
        stream_values=st.none(),
        id=whole,
        by=st.just(""),
    )


WATCHED: Final[dict[type[Message], st.SearchStrategy[Any]]] = {
    StationEventReported: st.builds(
        StationEventReported,
        station=st.just(CS),
        at=moment,
        component=names | st.builds("{}/{}".format, names, names) | st.builds("{}:{}".format, names, number),
        variable=names | st.builds("{}/{}".format, names, names),
        severity=st.integers(0, 9),
        actual=words(2500),
        code=words(50),
        text=words(500),
        cleared=st.booleans(),
        event_id=whole,
        cause=st.none() | whole,
        evse=number,
        monitor=st.none() | whole,
        transfer=words(36),
        trigger=st.sampled_from(("alerting", "delta", "periodic")),
    ),
    SetMonitor: set_monitor(
        MonitorKind.UPPER, MonitorKind.LOWER, MonitorKind.DELTA, MonitorKind.PERIODIC, MonitorKind.CLOCK_ALIGNED
    ),
    ClearMonitors: st.builds(
        ClearMonitors,
        station=st.just(CS),
        ids=st.lists(whole, min_size=1, max_size=5).map(tuple),
        variable=st.just(""),
        kind=st.none(),
    ),
    AskMonitors: st.builds(
        AskMonitors,
        station=st.just(CS),
        request=st.integers(0, 2**31 - 1),
        kinds=st.sampled_from(((), ("threshold",), ("delta", "periodic"))),
        variables=st.lists(addresses.map(str), max_size=3).map(tuple),
        compare=st.just(False),
    ),
    MonitorsReported: st.builds(
        MonitorsReported,
        station=st.just(CS),
        at=moment,
        request=st.integers(0, 2**31 - 1),
        seq=whole,
        more=st.booleans(),
        monitors=st.lists(monitors, max_size=4, unique_by=lambda one: one.address).map(tuple),
    ),
    SetMonitoringBase: st.builds(
        SetMonitoringBase, station=st.just(CS), base=st.sampled_from(("all", "factory-default", "hard-wired-only"))
    ),
    SetMonitoringLevel: st.builds(SetMonitoringLevel, station=st.just(CS), severity=st.integers(0, 9)),
}
