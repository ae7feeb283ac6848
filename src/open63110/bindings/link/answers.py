# SPDX-License-Identifier: Apache-2.0
"""What an answer means to whoever asked: at a station to its use cases, at a CSMS to the order and to its use cases."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec

from open63110.bindings.link.answer import Answer, Meaning, find
from open63110.bindings.link.answers_grid import OF_GRID
from open63110.bindings.link.answers_shown import SHOWN
from open63110.bindings.link.errors import ErrorCode
from open63110.bindings.link.monitoring import OF_MONITORS
from open63110.kernel.errors import Expired, Malformed, NotAuthorized, NotSupported, Refused, Trouble, Unavailable, Unknown
from open63110.kernel.messages import Command, Event, Message, Reply
from open63110.model.authorization import StopRemotely
from open63110.model.inventory import InventoryAnswer, InventoryReported, TakeInventory
from open63110.model.order import Outcome
from open63110.model.transfer import TransferFact
from open63110.model.variables import (
    ReadVariables,
    SettingsAnswer,
    SetVariables,
    ValuesAnswer,
    VariablesRead,
    VariablesSet,
    answered,
    read_outcome,
    told_of,
)
from open63110.model.variables import outcome_of as outcome_of_settings
from open63110.runtime.orders import Verdict
from open63110.usecases.energy.smart_charging import (
    AskLimit,
    LimitAnswer,
    LimitCleared,
    LimitInForce,
    LimitPower,
    LimitRefused,
    WithdrawLimit,
)
from open63110.usecases.services.authorize_externally import RemoteStartAnswered, StartRemotely
from open63110.usecases.services.authorize_locally import (
    AskLocalListVersion,
    AuthorizationAnswer,
    AuthorizeCredential,
    CacheCleared,
    ClearAuthorizationCache,
    CredentialAnswered,
    LocalListReported,
    LocalListVersionAnswer,
    SendLocalList,
)
from open63110.usecases.services.reserve_evse import CancelReservation, ReservationEnded, ReservationMade, ReserveEvse
from open63110.usecases.services.validate_vat_number import VatNumberAnswer, VatNumberAnswered
from open63110.usecases.stations.change_availability import (
    AvailabilityChanged,
    AvailabilityPlanned,
    AvailabilityRefused,
    ChangeAvailability,
)
from open63110.usecases.stations.migrate_station import MigrateStation, MoveChanged
from open63110.usecases.stations.monitor_station import Acknowledged, TimeAnswer
from open63110.usecases.stations.monitor_station.monitors import MonitorAnswer
from open63110.usecases.stations.monitor_station.streams import OpenStream, StreamAnswered
from open63110.usecases.stations.onboard_station import RegistrationAnswer, RegistrationAnswered, TimeTold
from open63110.usecases.stations.reboot_station import RebootPlanned, RebootScheduled, RebootStation
from open63110.usecases.stations.retrieve_logs import LogAnswered, LogPromised, RetrieveLog
from open63110.usecases.stations.set_log_criteria import (
    AskLogCriteria,
    ClearLogCriteria,
    LogCriteriaAnswer,
    LogCriteriaAnswered,
    LogCriteriaListed,
    LogCriteriaReported,
    SetLogCriteria,
)
from open63110.usecases.stations.update_firmware import FirmwareOrderAnswer, UnpublishAnswer

CLIPPED = "Clipped"
"""Reason code of a limit that was accepted although the station keeps to less; the words beside it say to how much."""

_STATUS: tuple[tuple[type[Trouble], ErrorCode], ...] = (
    (NotAuthorized, ErrorCode.NOT_AUTHORIZED),
    (NotSupported, ErrorCode.NOT_SUPPORTED),
    (Expired, ErrorCode.EXPIRED),
    (Refused, ErrorCode.REFUSED),
    (Unknown, ErrorCode.REFUSED),
    (Malformed, ErrorCode.MALFORMED),
    (Unavailable, ErrorCode.OVERLOADED),
    (Trouble, ErrorCode.INTERNAL),
)

_BY_CODE = {
    "UnknownType": ErrorCode.UNKNOWN_TYPE,
    "BadSignature": ErrorCode.BAD_SIGNATURE,
    "UnknownKey": ErrorCode.UNKNOWN_KEY,
    "Undecryptable": ErrorCode.UNDECRYPTABLE,
}
"""Troubles with a code of their own."""

_OUTCOMES = {
    ErrorCode.NOT_AUTHORIZED: Outcome.NOT_AUTHORIZED,
    ErrorCode.NOT_SUPPORTED: Outcome.NOT_SUPPORTED,
    ErrorCode.UNKNOWN_TYPE: Outcome.NOT_SUPPORTED,
    ErrorCode.EXPIRED: Outcome.EXPIRED,
}


def status_of(trouble: Trouble) -> ErrorCode:
    """Return the error code that tells a peer about a trouble."""
    own = _BY_CODE.get(trouble.code)
    return own if own is not None else next(code for kind, code in _STATUS if isinstance(trouble, kind))


def outcome_of(status: int) -> Outcome:
    """Return what the status of a reply means for an order."""
    return _OUTCOMES.get(status, Outcome.REJECTED) if status else Outcome.ACCEPTED  # type: ignore[call-overload] # a later code


# -- at a station --


def told(said: Message, answers: Sequence[Any], now: datetime) -> Iterator[Event]:
    """Yield what a station's use cases hear of the CSMS's answers to what it said."""
    for one in answers:
        match one:
            case RegistrationAnswer():
                yield RegistrationAnswered(
                    station=said.station, at=now, registration=one.registration, interval=one.interval, now=one.now
                )
            case TimeAnswer():
                yield TimeTold(station=said.station, at=now, now=one.now)
            case VatNumberAnswer():
                yield VatNumberAnswered(
                    station=said.station,
                    at=now,
                    vat_number=one.vat_number,
                    accepted=one.accepted,
                    reason=one.reason,
                    evse=one.evse,
                )
            case Acknowledged() if isinstance(said, OpenStream):
                yield StreamAnswered(station=said.station, at=now, number=said.number, accepted=True)
            case AuthorizationAnswer() if isinstance(said, AuthorizeCredential | TransferFact) and said.subject is not None:
                yield CredentialAnswered(
                    station=said.station,
                    at=now,
                    subject=said.subject,
                    status=one.status,
                    evse=said.evse,
                    group=one.token.group if one.token else None,
                    reference=said.reference,
                    language=one.token.language if one.token else "",
                )


# -- at a CSMS --


def verdict(order: Command, status: int, words: str, code: str, answers: Sequence[Any], now: datetime) -> Verdict:
    """Return how a station answered an order.

    Args:
        order: what was asked.
        status: of the reply.
        words: of the reply.
        code: the reason the station gives, by name.
        answers: what the reply holds.
        now: when it came.
    """
    outcome = outcome_of(status)
    reason = code if status else next((said for one in answers if isinstance(one, Reply) and (said := one.remark())), "")
    refused = find(answers, MonitorAnswer)
    if refused is not None and refused.status != "accepted":
        outcome = Outcome.NOT_SUPPORTED if refused.status == "unsupported-kind" else Outcome.REJECTED
        reason, words = refused.status, refused.reason
    clipped = find(answers, LimitAnswer)
    if clipped is not None and clipped.limit is not None and isinstance(order, LimitPower) and clipped.by != "command":
        reason, words = CLIPPED, f"{clipped.limit:g} W by {clipped.by}"
    said = _refusal(answers)
    if said and not status:
        outcome, reason = Outcome.REJECTED, said
    facts = tuple(one for one in answers if isinstance(one, Event))
    meant = _MEANS.get(type(order))
    more = tuple(meant(Answer(order, outcome is Outcome.ACCEPTED, reason, answers, now))) if meant else ()
    text = msgspec.json.encode(_written(order, answers, now)).decode() if answers else ""
    told = _told_of_each(more)
    if told is not None and outcome is Outcome.ACCEPTED:
        outcome, reason, words = told
    return Verdict(
        outcome=outcome, reason=reason or (_name(status) if status else ""), detail=words, messages=(*facts, *more), answer=text
    )


def _written(order: Command, answers: Sequence[Any], now: datetime) -> Sequence[Any]:
    """Return what a reply holds as it may be written down: what was read without its secrets."""
    if not isinstance(order, ReadVariables):
        return answers
    return [
        ValuesAnswer(values=told_of(order, one.values, now).values) if isinstance(one, ValuesAnswer) else one for one in answers
    ]


def _told_of_each(messages: Sequence[Message]) -> tuple[Outcome, str, str] | None:
    """Return how an order ends of which each part has an end of its own; None: this was none."""
    for one in messages:
        if isinstance(one, VariablesSet):
            return outcome_of_settings(one.results)
        if isinstance(one, VariablesRead):
            return read_outcome(one.values)
    return None


def _refusal(answers: Sequence[Any]) -> str:
    """Return why an answer says no although its status does not: whoever asked hears more than a reason; empty: it says yes."""
    order, withdrawn = find(answers, FirmwareOrderAnswer), find(answers, UnpublishAnswer)
    if order is not None:
        return order.refused
    return withdrawn.remark() if withdrawn is not None else ""


def _name(status: int) -> str:
    try:
        return ErrorCode(status).name
    except ValueError:
        return str(status)


def _start(answer: Answer) -> Iterator[Message]:
    order = answer.order
    yield RemoteStartAnswered(
        station=order.station,
        at=answer.now,
        subject=order.subject,
        evse=order.evse,
        accepted=answer.yes,
        remote_start=order.remote_start,
        group=order.group,
        reason=answer.reason,
    )


def _list(answer: Answer) -> Iterator[Message]:
    if answer.yes:
        yield LocalListReported(station=answer.order.station, at=answer.now, version=answer.order.version)
    elif answer.reason == "VersionMismatch":
        yield AskLocalListVersion(station=answer.order.station)


def _version(answer: Answer) -> Iterator[Message]:
    said = answer.find(LocalListVersionAnswer)
    if said is not None:
        yield LocalListReported(station=answer.order.station, at=answer.now, version=max(-1, said.version))


def _cache(answer: Answer) -> Iterator[Message]:
    if answer.yes:
        yield CacheCleared(station=answer.order.station, at=answer.now)


def _reboot(answer: Answer) -> Iterator[Message]:
    said = answer.find(RebootPlanned)
    if said is not None and said.scheduled:
        yield RebootScheduled(station=answer.order.station, at=answer.now, evse=answer.order.evse)


def _availability(answer: Answer) -> Iterator[Message]:
    order, said = answer.order, answer.find(AvailabilityPlanned)
    part = {"operative": order.operative, "evse": order.evse, "connector": order.connector}
    if answer.yes:
        scheduled = said is not None and said.scheduled
        yield AvailabilityChanged(station=order.station, at=answer.now, scheduled=scheduled, **part)
    else:
        yield AvailabilityRefused(station=order.station, at=answer.now, reason=answer.reason, **part)


def _reserved(answer: Answer) -> Iterator[Message]:
    if answer.yes:
        yield ReservationMade(station=answer.order.station, at=answer.now, reservation=answer.order.made())


def _unreserved(answer: Answer) -> Iterator[Message]:
    order = answer.order
    if answer.yes:
        yield ReservationEnded(station=order.station, at=answer.now, reservation=order.reservation, reason="cancelled")


def _moved(answer: Answer) -> Iterator[Message]:
    if answer.yes:
        yield MoveChanged(station=answer.order.station, at=answer.now, move=answer.order.move(answer.now))


def _limit(answer: Answer) -> Iterator[Message]:
    order, now = answer.order, answer.now
    if not answer.yes:
        yield LimitRefused(station=order.station, at=now, evse=order.evse, reason=answer.reason)
        return
    said = answer.find(LimitAnswer)
    limit, by = (said.limit, said.by) if said is not None and said.limit is not None else (order.limit, "command")
    yield LimitInForce(station=order.station, at=now, evse=order.evse, limit=limit, by=by, asked=order.wanted(now))


def _withdrawn(answer: Answer) -> Iterator[Message]:
    if answer.yes:
        yield LimitCleared(station=answer.order.station, at=answer.now, evse=answer.order.evse)


def _asked(answer: Answer) -> Iterator[Message]:
    order, said = answer.order, answer.find(LimitAnswer)
    if said is not None and said.limit is not None:
        yield LimitInForce(station=order.station, at=answer.now, evse=order.evse, limit=said.limit, by=said.by)


def _log(answer: Answer) -> Iterator[Message]:
    said = find(answer.said, LogPromised) or LogPromised()
    yield LogAnswered(
        station=answer.order.station,
        at=answer.now,
        request=answer.order.request,
        accepted=answer.yes,
        name=said.name,
        canceled=said.canceled,
        reason="" if answer.yes else answer.reason,
    )


def _criteria(answer: Answer) -> Iterator[Message]:
    order, said = answer.order, answer.find(LogCriteriaAnswer)
    if said is not None:
        id = order.id if isinstance(order, ClearLogCriteria) else order.criteria.id
        yield LogCriteriaAnswered(
            station=order.station, at=answer.now, id=id, accepted=True, effective=said.effective, reduced=said.reduced
        )


def _listed(answer: Answer) -> Iterator[Message]:
    said = answer.find(LogCriteriaListed)
    if said is not None:
        yield LogCriteriaReported(station=answer.order.station, at=answer.now, criteria=said.criteria)


def _variables_set(answer: Answer) -> Iterator[Message]:
    said = answer.find(SettingsAnswer)
    if said is not None:
        yield answered(answer.order, said.results, answer.now)


def _variables_read(answer: Answer) -> Iterator[Message]:
    said = answer.find(ValuesAnswer)
    if said is not None:
        yield told_of(answer.order, said.values, answer.now)


def _inventory(answer: Answer) -> Iterator[Message]:
    said = answer.find(InventoryAnswer)
    if said is not None and said.empty:
        yield InventoryReported(station=answer.order.station, at=answer.now, request=answer.order.request)


_MEANS: dict[type[Command], Meaning] = {
    **SHOWN,
    **OF_GRID,
    StartRemotely: _start,
    SendLocalList: _list,
    AskLocalListVersion: _version,
    ClearAuthorizationCache: _cache,
    RebootStation: _reboot,
    ChangeAvailability: _availability,
    ReserveEvse: _reserved,
    MigrateStation: _moved,
    CancelReservation: _unreserved,
    LimitPower: _limit,
    WithdrawLimit: _withdrawn,
    AskLimit: _asked,
    **OF_MONITORS,
    RetrieveLog: _log,
    SetVariables: _variables_set,
    ReadVariables: _variables_read,
    TakeInventory: _inventory,
    SetLogCriteria: _criteria,
    ClearLogCriteria: _criteria,
    AskLogCriteria: _listed,
    StopRemotely: lambda *_: iter(()),
}
"""What use cases hear of the answer to an order, beyond the facts in it."""
