# SPDX-License-Identifier: Apache-2.0
"""TransactionEvent (2.0.1): everything of an energy transfer; 2.1 adds fields and keeps these."""

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.fields import EMPTY, utc
from open63110.bindings.ocpp.translation import Door, Translation, find, given, text
from open63110.bindings.ocpp.v201 import readings
from open63110.bindings.ocpp.v201.fields import connector_of, evse_number, reference, sequence
from open63110.bindings.ocpp.v201.id_token import id_token, id_token_info, subject
from open63110.bindings.ocpp.v201.words import WORDS, Words
from open63110.kernel.ids import EvseNumber, SubjectRef
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.order import Outcome
from open63110.model.token import AuthorizationStatus
from open63110.model.transfer import (
    EnergyTransferEnded,
    EnergyTransferStarted,
    EnergyTransferUpdated,
    TransferFact,
    TransferState,
)
from open63110.runtime.orders import Verdict
from open63110.usecases.services.authorize_locally import AuthorizationAnswer, AuthorizeCredential, CredentialAnswered

STATE: dict[str, TransferState] = {
    "Charging": "charging",
    "EVConnected": "pending",
    "SuspendedEV": "suspended-ev",
    "SuspendedEVSE": "suspended-evse",
    "Idle": "idle",
}
WIRE_STATE = {ours: wire for wire, ours in STATE.items()} | {"discharging": "Charging", "ended": "Idle"}
DROPPED = ("numberOfPhasesUsed", "cableMaxCurrent", "timeSpentCharging", "customData")
"""From the wire: follow from the readings, or have no use case yet. Towards it, ``flags`` and ``number`` are the receiver's own
matter, ``connector`` is only told by a start, a credential by the event it came with, a reservation by the start."""

_NOBODY = {"NoAuthorization"}
"""Token types that name nobody: there is nothing to authorize."""

_STATION = EvseNumber(0)


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read one event; a credential in it is judged first, in the same turn."""
    fact = _FACTS[request.event_type](request, door)
    if fact.subject is None:
        return (fact,)
    judged = AuthorizeCredential(
        station=door.station, subject=fact.subject, evse=fact.evse, reference=fact.reference, presented=fact.at
    )
    return (judged, fact)


def _updated(request: Any, door: Door) -> EnergyTransferUpdated:
    info, evse = request.transaction_info, request.evse
    return EnergyTransferUpdated(
        station=door.station,
        at=utc(request.timestamp),
        reference=reference(info.transaction_id),
        seq=sequence(request.seq_no),
        evse=evse_number(evse.id) if evse else _STATION,
        subject=_subject(request.id_token, door),
        state=STATE[info.charging_state] if info.charging_state else None,
        trigger=request.trigger_reason,
        offline=request.offline is True,
        remote_start=given(info.remote_start_id),
        readings=readings.from_wire(request.meter_value),
    )


def _started(request: Any, door: Door) -> EnergyTransferStarted:
    info, evse = request.transaction_info, request.evse
    return EnergyTransferStarted(
        station=door.station,
        at=utc(request.timestamp),
        reference=reference(info.transaction_id),
        seq=sequence(request.seq_no),
        evse=evse_number(evse.id) if evse else _STATION,
        connector=connector_of(evse),
        subject=_subject(request.id_token, door),
        state=STATE[info.charging_state] if info.charging_state else "pending",
        trigger=request.trigger_reason,
        offline=request.offline is True,
        remote_start=given(info.remote_start_id),
        reservation=given(request.reservation_id),
        readings=readings.from_wire(request.meter_value),
    )


def _ended(request: Any, door: Door) -> EnergyTransferEnded:
    info, evse = request.transaction_info, request.evse
    return EnergyTransferEnded(
        station=door.station,
        at=utc(request.timestamp),
        reference=reference(info.transaction_id),
        seq=sequence(request.seq_no),
        evse=evse_number(evse.id) if evse else _STATION,
        subject=_subject(request.id_token, door),
        reason=text(info.stopped_reason) or "Local",
        trigger=request.trigger_reason,
        offline=request.offline is True,
        readings=readings.from_wire(request.meter_value),
    )


_FACTS: dict[str, Callable[[Any, Door], TransferFact]] = {"Started": _started, "Updated": _updated, "Ended": _ended}


def _subject(token: Any, door: Door) -> SubjectRef | None:
    return subject(token, door) if token and token.type not in _NOBODY else None


def answer(replies: Sequence[Reply], door: Door, words: Words = WORDS) -> Any:
    """Answer the credential, if there was one; the event itself is acknowledged by the answer's being sent."""
    judged = find(replies, AuthorizationAnswer)
    return types.TransactionEventResponse(id_token_info=id_token_info(judged, door, words)) if judged else EMPTY


def blank(_: Door) -> Any:
    """Acknowledge an event that could not be understood: it lies in quarantine, the station need not repeat it."""
    return EMPTY


def to_wire(fact: TransferFact, door: Door, words: Words = WORDS) -> types.TransactionEventRequest:
    """Tell about an energy transfer."""
    kinds: dict[type, Any] = {EnergyTransferStarted: "Started", EnergyTransferUpdated: "Updated", EnergyTransferEnded: "Ended"}
    state = getattr(fact, "state", None)
    wire_state: Any = WIRE_STATE[state] if state else UNSET
    reason: Any = fact.reason if isinstance(fact, EnergyTransferEnded) and fact.reason else UNSET
    remote = getattr(fact, "remote_start", None)
    reservation = getattr(fact, "reservation", None)
    connector = getattr(fact, "connector", 0) or UNSET
    trigger: Any = fact.trigger or "MeterValuePeriodic"
    return types.TransactionEventRequest(
        event_type=kinds[type(fact)],
        timestamp=fact.at,
        trigger_reason=trigger,
        seq_no=fact.seq,
        offline=True if fact.offline else UNSET,
        reservation_id=UNSET if reservation is None else reservation,
        transaction_info=types.TransactionType(
            transaction_id=fact.reference,
            charging_state=wire_state,
            stopped_reason=reason,
            remote_start_id=UNSET if remote is None else remote,
        ),
        evse=types.EVSEType(id=fact.evse, connector_id=connector) if fact.evse else UNSET,
        id_token=id_token(fact.subject, door, words) if fact.subject else UNSET,
        meter_value=readings.to_wire(fact.readings, words) or UNSET,
    )


def heard(response: Any, fact: TransferFact, door: Door) -> Verdict:
    """Tell the station what became of the credential."""
    info = response.id_token_info
    if info is UNSET or fact.subject is None:
        return Verdict(outcome=Outcome.ACCEPTED)
    said = CredentialAnswered(
        station=fact.station,
        at=door.now,
        subject=fact.subject,
        status=AuthorizationStatus(info.status),
        evse=fact.evse,
        group=subject(info.group_id_token, door),
        reference=fact.reference,
        language=text(info.language1),
    )
    return Verdict(outcome=Outcome.ACCEPTED, messages=(said,))


TRANSACTION_EVENT = Translation(
    action="TransactionEvent",
    sender=Role.STATION,
    often=True,
    carries=(EnergyTransferStarted, EnergyTransferUpdated, EnergyTransferEnded),
    from_wire=from_wire,
    answer=answer,
    blank=blank,
    to_wire=to_wire,
    heard=heard,
)
