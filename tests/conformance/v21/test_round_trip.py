# SPDX-License-Identifier: Apache-2.0
"""What goes out on OCPP 2.1 comes in the same at the other end; it carries what 2.0.1 carries, and severities."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conformance.v21.grid_messages import GRID
from tests.conformance.v21.service_messages import SERVICES
from tests.conformance.v21.tariffs import PRICED
from tests.conformance.v201.display_messages import DISPLAYED_LATER
from tests.conformance.v201.golden import CS, NOW
from tests.conformance.v201.messages import ANY, LOST, there_and_back, without, words
from tests.conformance.v201.monitor_messages import moment, set_monitor, whole

from open63110.bindings.ocpp.profiles import profile_id
from open63110.bindings.ocpp.v21.wire import WIRE
from open63110.kernel.ids import EvseNumber
from open63110.kernel.units import Watts
from open63110.model.monitor import MonitorKind, StreamTerms
from open63110.model.needs import PriorityChanged
from open63110.usecases.energy.smart_charging import LimitPower, PrioritizeTransfer, PullLimit
from open63110.usecases.stations.monitor_station.monitors import SetMonitor
from open63110.usecases.stations.monitor_station.streams import AdjustStream, AskStreams, CloseStream, OpenStream, StreamSampled

portions = st.builds(StreamTerms, interval=st.none() | st.integers(1, 10**6).map(float), values=st.none() | st.integers(1, 10**6))
CARRIED: dict[Any, st.SearchStrategy[Any]] = {
    **ANY,
    **DISPLAYED_LATER,
    **GRID,
    **PRICED,
    **SERVICES,
    PriorityChanged: st.builds(
        PriorityChanged, station=st.just(CS), at=st.just(NOW), reference=words(36, 1), active=st.booleans()
    ),
    SetMonitor: st.builds(
        msgspec.structs.replace,
        set_monitor(*MonitorKind),
        stream_every=st.none() | st.integers(1, 10**6).map(float),
        stream_values=st.none() | st.integers(1, 10**6),
    ),
    OpenStream: st.builds(OpenStream, station=st.just(CS), number=whole, monitor=whole, terms=portions),
    CloseStream: st.builds(CloseStream, station=st.just(CS), number=whole),
    AdjustStream: st.builds(
        AdjustStream,
        station=st.just(CS),
        number=whole,
        every=st.integers(1, 99).map(float),
        values=st.none() | st.integers(1, 99),
    ),
    AskStreams: st.builds(AskStreams, station=st.just(CS)),
    StreamSampled: st.builds(
        lambda at, number, pairs, pending: StreamSampled(
            station=CS,
            at=at,
            number=number,
            offsets=tuple(offset for offset, _ in pairs),
            values=tuple(said for _, said in pairs),
            pending=pending,
        ),
        moment,
        whole,
        st.lists(st.tuples(st.floats(0, 1e6), words(2500)), min_size=1, max_size=9),
        whole,
    ),
    PrioritizeTransfer: st.builds(PrioritizeTransfer, station=st.just(CS), reference=words(36, 1), active=st.booleans()),
    PullLimit: st.builds(
        lambda evse, transfer: PullLimit(
            station=CS, evse=evse, transfer=transfer, profile=profile_id(EvseNumber(evse), 1, bound=transfer)
        ),
        evse=st.integers(1, 999),
        transfer=st.booleans(),
    ),
}


def test_every_message_that_can_be_carried_is_tried() -> None:
    assert CARRIED.keys() == WIRE.by_message.keys()


@pytest.mark.parametrize("kind", CARRIED, ids=lambda kind: kind.__name__)
def test_what_is_sent_is_understood(kind: Any) -> None:
    lost = LOST.get(kind, set()) - {"severity"}

    @settings(max_examples=40, deadline=None)
    @given(CARRIED[kind])
    def comes_back(message: Any) -> None:
        *_, back = there_and_back(WIRE, message)
        assert type(back) is kind
        assert without(back, lost) == without(message, lost)

    comes_back()


@given(st.integers(0, 100_000), st.none() | st.integers(0, 100_000))
def test_a_limit_that_is_set_as_a_dynamic_one_and_updated_is_understood(tenths: int, back: int | None) -> None:
    export = None if back is None else Watts(back / 10)
    limit = LimitPower(station=CS, evse=EvseNumber(1), limit=Watts(tenths / 10), export=export, dynamic="W")
    for sent in (limit, msgspec.structs.replace(limit, update=True)):
        (found,) = there_and_back(WIRE, sent)
        assert isinstance(found, LimitPower)
        assert (found.limit, found.dynamic, found.update) == (sent.limit, "W", sent.update)
        assert found.export == sent.export
