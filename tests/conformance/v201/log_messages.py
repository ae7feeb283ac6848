# SPDX-License-Identifier: Apache-2.0
"""Any message about logs that OCPP 2.x can carry, and what gets lost of it on the way."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st
from tests.conformance.v201.golden import CS

from open63110.bindings.ocpp.logs import STATES
from open63110.kernel.messages import Message
from open63110.model.logs import LogKind
from open63110.usecases.stations.retrieve_logs import LogProgressed, RetrieveLog

moment = st.datetimes(datetime(2001, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
places = st.text("abc/019", min_size=1, max_size=400).map("https://csms.example/{}".format)
kinds = st.sampled_from((LogKind.DIAGNOSTICS, LogKind.SECURITY))
uploads = tuple(one for one in STATES if one is not None)


def logs(kind: st.SearchStrategy[LogKind], request: st.SearchStrategy[int]) -> st.SearchStrategy[RetrieveLog]:
    """Return requests of logs, in whole seconds."""
    return st.builds(
        RetrieveLog,
        station=st.just(CS),
        kind=kind,
        oldest=st.none() | moment,
        latest=st.none() | moment,
        retries=st.integers(0, 20),
        retry_after=st.integers(0, 86_400).map(float),
        request=request,
        location=places,
    )


LOGS: dict[type[Message], st.SearchStrategy[Any]] = {
    RetrieveLog: logs(kinds, st.integers(1, 2**31 - 1)),
    LogProgressed: st.builds(
        LogProgressed,
        station=st.just(CS),
        at=moment,
        state=st.sampled_from(uploads),
        request=st.none() | st.integers(1, 2**31 - 1),
    ),
}

LOST_OF_LOGS: dict[type[Message], set[str]] = {
    RetrieveLog: {"most", "within"},
    LogProgressed: {"at"},  # no time on the wire
}
