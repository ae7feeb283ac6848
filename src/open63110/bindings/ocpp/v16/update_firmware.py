# SPDX-License-Identifier: Apache-2.0
"""UpdateFirmware (1.6): the CSMS has a station fetch and install new firmware that is not signed.

It cannot be refused: a station that will not has to say so with an error, or later with a status. It bears no number, and
neither do the statuses that follow from it.
"""

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v16 as types
from open63110.bindings.ocpp.fields import EMPTY, utc
from open63110.bindings.ocpp.firmware import location_of
from open63110.bindings.ocpp.translation import Door, Translation, given
from open63110.kernel.errors import NotSupported
from open63110.kernel.messages import Message
from open63110.kernel.roles import Role
from open63110.kernel.units import Seconds
from open63110.model.order import Outcome
from open63110.runtime.orders import Verdict
from open63110.usecases.stations.update_firmware import UpdateFirmware


def from_wire(request: types.UpdateFirmwareRequest, door: Door) -> tuple[Message, ...]:
    """Read where it lies."""
    return (
        UpdateFirmware(
            station=door.station,
            location=request.location,
            retrieve_at=utc(request.retrieve_date),
            retries=given(request.retries) or 0,
            retry_interval=Seconds(float(given(request.retry_interval) or 0)),
            unsigned=True,
        ),
    )


def answer(_: object, __: Door) -> object:
    """Acknowledge; the response has no fields."""
    return EMPTY


def to_wire(command: UpdateFirmware, door: Door) -> types.UpdateFirmwareRequest:
    """Order it.

    Raises:
        NotSupported: it is to be installed at a time of its own.
    """
    if command.install_at is not None:
        raise NotSupported("OCPP 1.6 installs what is not signed at once", code="NoInstallTime", where="install_at")
    return types.UpdateFirmwareRequest(
        location=location_of(command),
        retrieve_date=command.retrieve_at or door.now,
        retries=command.retries or UNSET,
        retry_interval=round(command.retry_interval) or UNSET,
    )


def heard(_: types.UpdateFirmwareResponse, __: UpdateFirmware, ___: Door) -> Verdict:
    """Know that it has come; whether it is done only statuses say."""
    return Verdict(outcome=Outcome.ACCEPTED)


UPDATE_FIRMWARE = Translation(
    action="UpdateFirmware",
    sender=Role.CSMS,
    carries=(UpdateFirmware,),
    from_wire=from_wire,
    answer=answer,
    to_wire=to_wire,
    heard=heard,
)
