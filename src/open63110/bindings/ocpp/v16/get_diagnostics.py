# SPDX-License-Identifier: Apache-2.0
"""GetDiagnostics (1.6): the CSMS fetches diagnostics; every station of 1.6 has it, with the security whitepaper or without."""

from collections.abc import Sequence
from typing import Final

from msgspec import UNSET

from open63110.bindings.ocpp import logs
from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.fields import utc
from open63110.bindings.ocpp.translation import Door, Translation, given, text
from open63110.kernel.errors import Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.kernel.units import Seconds
from open63110.model.logs import LogKind
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.stations.retrieve_logs import RetrieveLog

NOTHING: Final = "NothingToSend"
"""There are no diagnostics of that time: the response names no file."""

DROPPED = ("most", "within", "request")
"""Beside what no version has: which request it is. The newest counts, and takes the place of the one before."""


def from_wire(request: types.GetDiagnosticsRequest, door: Door) -> tuple[Message, ...]:
    """Read of what time, and where they are to go."""
    oldest, latest, pause = given(request.start_time), given(request.stop_time), given(request.retry_interval)
    usual = RetrieveLog(station=door.station)
    return (
        RetrieveLog(
            station=door.station,
            kind=LogKind.DIAGNOSTICS,
            oldest=None if oldest is None else utc(oldest),
            latest=None if latest is None else utc(latest),
            retries=usual.retries if request.retries is UNSET else request.retries,
            retry_after=usual.retry_after if pause is None else Seconds(float(pause)),
            location=request.location,
        ),
    )


def answer(replies: Sequence[Reply], _: Door) -> types.GetDiagnosticsResponse:
    """Name the file."""
    return types.GetDiagnosticsResponse(file_name=logs.promised(replies).name[: logs.LONGEST] or UNSET)


def refuse(_: Trouble, __: Door) -> types.GetDiagnosticsResponse:
    """Name no file: 1.6 has no other word for no."""
    return types.GetDiagnosticsResponse()


def to_wire(command: RetrieveLog, _: Door) -> types.GetDiagnosticsRequest:
    """Ask for them."""
    return types.GetDiagnosticsRequest(
        location=command.location,
        retries=command.retries,
        retry_interval=round(command.retry_after),
        start_time=command.oldest or UNSET,
        stop_time=command.latest or UNSET,
    )


def heard(response: types.GetDiagnosticsResponse, command: RetrieveLog, door: Door) -> Verdict:
    """Understand the answer: without a file nothing comes."""
    name = text(response.file_name)
    reason = "" if name else NOTHING
    said = logs.answered(command, door, yes=bool(name), name=name, canceled=bool(name), reason=reason)
    return Verdict(outcome=Outcome.ACCEPTED if name else Outcome.REJECTED, reason=reason, messages=(said,))


GET_DIAGNOSTICS = Translation(
    action="GetDiagnostics",
    sender=Role.CSMS,
    carries=(RetrieveLog,),
    only=lambda command: command.kind is LogKind.DIAGNOSTICS,
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
