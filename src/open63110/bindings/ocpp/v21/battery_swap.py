# SPDX-License-Identifier: Apache-2.0
"""BatterySwap (2.1): batteries went in or out at a station."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.fields import EMPTY, utc
from open63110.bindings.ocpp.translation import Door, Translation, given, stored, text
from open63110.bindings.ocpp.v21.words import WORDS
from open63110.bindings.ocpp.v201.fields import evse_number
from open63110.bindings.ocpp.v201.id_token import id_token, subject
from open63110.kernel.ids import SubjectRef
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.battery import SwappedBattery, SwapStep
from open63110.usecases.services.swap_batteries import BatterySwapReported

DROPPED = ("IdToken.additionalInfo",)

STEPS: dict[SwapStep, Any] = {SwapStep.IN: "BatteryIn", SwapStep.OUT: "BatteryOut", SwapStep.OUT_TIMEOUT: "BatteryOutTimeout"}
OF_STEP = {wire: ours for ours, wire in STEPS.items()}


def token(ref: SubjectRef, door: Door) -> types.IdTokenType:
    """Return the token a reference stands for.

    Raises:
        Unknown: its subject was erased.
        NotSupported: the wire cannot name it.
    """
    found = id_token(ref, door, WORDS)
    return types.IdTokenType(id_token=found.id_token, type=found.type)


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read who, and which; the wire does not say when."""
    return (
        BatterySwapReported(
            station=door.station,
            at=door.now,
            request=request.request_id,
            step=OF_STEP[request.event_type],
            subject=subject(request.id_token, door) or SubjectRef(""),
            batteries=tuple(map(_read, request.battery_data)),
        ),
    )


def _read(one: Any) -> SwappedBattery:
    produced = given(one.production_date)
    return SwappedBattery(
        bay=evse_number(one.evse_id),
        serial=one.serial_number,
        soc=one.soc,
        soh=one.soh,
        produced=None if produced is None else utc(produced),
        info=text(one.vendor_info),
    )


def answer(_: Sequence[Reply], __: Door) -> Any:
    """Acknowledge; the response has no fields."""
    return EMPTY


def blank(_: Door) -> Any:
    """Acknowledge what could not be understood."""
    return EMPTY


def to_wire(event: BatterySwapReported, door: Door) -> types.BatterySwapRequest:
    """Tell it.

    Raises:
        Unknown: the credential was erased.
        NotSupported: the wire cannot name it.
    """
    return types.BatterySwapRequest(
        battery_data=tuple(map(_battery, event.batteries)),
        event_type=STEPS[event.step],
        id_token=token(event.subject, door),
        request_id=event.request,
    )


def _battery(one: SwappedBattery) -> types.BatteryDataType:
    return types.BatteryDataType(
        evse_id=one.bay,
        serial_number=one.serial,
        soc=one.soc,
        soh=one.soh,
        production_date=UNSET if one.produced is None else one.produced,
        vendor_info=one.info or UNSET,
    )


BATTERY_SWAP = Translation(
    action="BatterySwap",
    sender=Role.STATION,
    carries=(BatterySwapReported,),
    from_wire=from_wire,
    answer=answer,
    blank=blank,
    to_wire=to_wire,
    heard=stored,
)
