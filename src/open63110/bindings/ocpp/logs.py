# SPDX-License-Identifier: Apache-2.0
"""GetLog and LogStatusNotification: the same in OCPP 1.6 with the security whitepaper, 2.0.1 and 2.1, but for their words."""

from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any, Final

from msgspec import UNSET

from open63110.bindings.ocpp.fields import EMPTY, utc
from open63110.bindings.ocpp.translation import Door, Translation, find, given, stored, text
from open63110.kernel.errors import NotSupported, Trouble
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.kernel.units import Seconds
from open63110.model.logs import LogKind, LogState
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.stations.retrieve_logs import LogAnswered, LogProgressed, LogPromised, RetrieveLog

CANCELED: Final = "AcceptedCanceled"

NAMES: Final[Mapping[LogKind, str]] = {
    LogKind.DIAGNOSTICS: "DiagnosticsLog",
    LogKind.SECURITY: "SecurityLog",
    LogKind.DATA_COLLECTOR: "DataCollectorLog",
}
_KINDS: Final = {wire: ours for ours, wire in NAMES.items()}

STATES: Final[Mapping[LogState | None, str]] = {
    None: "Idle",
    LogState.UPLOADING: "Uploading",
    LogState.UPLOADED: "Uploaded",
    LogState.FAILED: "UploadFailure",
    LogState.PERMISSION_DENIED: "PermissionDenied",
    LogState.BAD_MESSAGE: "BadMessage",
    LogState.NOT_SUPPORTED: "NotSupportedOperation",
    LogState.CANCELED: CANCELED,
}
_BY_NAME: Final = {wire: ours for ours, wire in STATES.items()}

DROPPED = ("most", "within")
"""How much at most, and until when, no version has a field for."""

LONGEST: Final = 255
"""Characters of the name of a file."""


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read which log, of what time, and where it is to go."""
    oldest, latest = given(request.log.oldest_timestamp), given(request.log.latest_timestamp)
    usual = RetrieveLog(station=door.station)
    pause = given(request.retry_interval)
    return (
        RetrieveLog(
            station=door.station,
            kind=_KINDS[request.log_type],
            oldest=None if oldest is None else utc(oldest),
            latest=None if latest is None else utc(latest),
            retries=usual.retries if request.retries is UNSET else request.retries,
            retry_after=usual.retry_after if pause is None else Seconds(float(pause)),
            request=request.request_id,
            location=request.log.remote_location,
        ),
    )


def promised(replies: Sequence[Reply]) -> LogPromised:
    """Return what the station's use case promises."""
    return find(replies, LogPromised) or LogPromised()


def because(trouble: Trouble) -> str:
    """Return a reason code of OCPP 2.x."""
    return trouble.code[:20]


def get_log(types: ModuleType, kinds: frozenset[LogKind], refuse: Callable[[Trouble, Door], Any], **how: Any) -> Translation:
    """Return the translation of GetLog of one version.

    Args:
        types: of that version.
        kinds: which logs it knows.
        refuse: a refusal as a response.
        how: more of the translation.
    """

    def answer(replies: Sequence[Reply], _: Door) -> Any:
        said = promised(replies)
        return types.GetLogResponse(status=CANCELED if said.canceled else "Accepted", filename=said.name[:LONGEST] or UNSET)

    def to_wire(command: RetrieveLog, door: Door) -> Any:
        if command.kind not in kinds:
            raise NotSupported(f"{door.version} has no {command.kind} log", code="NoSuchLog", where="kind")
        parameters = types.LogParametersType(
            remote_location=command.location, oldest_timestamp=command.oldest or UNSET, latest_timestamp=command.latest or UNSET
        )
        return types.GetLogRequest(
            log=parameters,
            log_type=NAMES[command.kind],
            request_id=command.request,
            retries=command.retries,
            retry_interval=round(command.retry_after),
        )

    return Translation(
        action="GetLog",
        sender=Role.CSMS,
        carries=(RetrieveLog,),
        from_wire=from_wire,
        answer=answer,
        refuse=refuse,
        to_wire=to_wire,
        heard=heard,
        **how,
    )


def heard(response: Any, command: RetrieveLog, door: Door) -> Verdict:
    """Understand the answer; that another request was given up for it is no less a yes."""
    yes = response.status in {"Accepted", CANCELED}
    info = given(getattr(response, "status_info", UNSET))
    reason = "" if response.status == "Accepted" else response.status if info is None else info.reason_code
    return Verdict(
        outcome=Outcome.ACCEPTED if yes else Outcome.REJECTED,
        reason=reason,
        messages=(answered(command, door, yes=yes, name=text(response.filename), canceled=response.status == CANCELED),),
    )


def answered(command: RetrieveLog, door: Door, *, yes: bool, name: str, canceled: bool = False, reason: str = "") -> LogAnswered:
    """Return what the use case hears of an answer."""
    return LogAnswered(
        station=command.station,
        at=door.now,
        request=command.request,
        accepted=yes,
        name=name,
        canceled=canceled,
        reason=reason or ("" if yes else "Rejected"),
    )


def log_status(types: ModuleType, **how: Any) -> Translation:
    """Return the translation of LogStatusNotification of one version."""
    known = set(types.UploadLogStatusEnumType.__args__)

    def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
        return (
            LogProgressed(station=door.station, at=door.now, state=_BY_NAME[request.status], request=given(request.request_id)),
        )

    def to_wire(event: LogProgressed, door: Door) -> Any:
        word = STATES.get(event.state, "")
        if word not in known:
            raise NotSupported(f"{door.version} has no word for {event.state}", code="NoSuchStatus", where="state")
        return types.LogStatusNotificationRequest(status=word, request_id=UNSET if event.request is None else event.request)

    return Translation(
        action="LogStatusNotification",
        sender=Role.STATION,
        carries=(LogProgressed,),
        from_wire=from_wire,
        answer=lambda _, __: EMPTY,
        to_wire=to_wire,
        heard=stored,
        **how,
    )
