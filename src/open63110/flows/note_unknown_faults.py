# SPDX-License-Identifier: Apache-2.0
"""From an alarm of a station (8.3.5) to the count of codes that nothing explains (8.3.11)."""

from collections.abc import Iterator

from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.usecase import Flow
from open63110.model.alarm import AlarmKind, StationAlarmChanged
from open63110.usecases.stations.provision_fault_codes import NoteFault

TOLD = frozenset({AlarmKind.EVENT, AlarmKind.FAULT})
"""Kinds whose codes are the station's."""


def then(event: StationAlarmChanged) -> Iterator[Message]:
    """Look at each that a station raised."""
    alarm = event.station_alarm
    if alarm is not None and event.change in {"raised", "repeated", "worse"} and alarm.kind in TOLD:
        codes = tuple(one for one in (alarm.vendor_code, alarm.code) if one)
        if codes:
            yield NoteFault(station=event.station, codes=codes, component=alarm.component.partition("@")[0])


FLOW = Flow(role=Role.CSMS, on=(StationAlarmChanged,), then=then)
