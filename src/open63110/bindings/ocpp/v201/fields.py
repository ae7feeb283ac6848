# SPDX-License-Identifier: Apache-2.0
"""Fields that stand in many messages of OCPP 2.x, checked beyond what their schema says."""

from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp.fields import MOST
from open63110.kernel.errors import Malformed
from open63110.kernel.ids import ConnectorNumber, EvseNumber, TransferReference


def evse_number(number: Any) -> EvseNumber:
    """Return the number of an EVSE; 0 is the station.

    Raises:
        Malformed: no station has such an EVSE.
    """
    if 0 <= number <= MOST:
        one: EvseNumber = number  # calling a NewType costs more than the rest; so below
        return one
    raise Malformed(f"there is no EVSE {number}", code="OutOfRange", where="evseId")


def connector_number(number: int) -> ConnectorNumber:
    """Return the number of a connector; 0 is the EVSE.

    Raises:
        Malformed: no EVSE has such a connector.
    """
    if 0 <= number <= MOST:
        return ConnectorNumber(number)
    raise Malformed(f"there is no connector {number}", code="OutOfRange", where="connectorId")


def connector_of(evse: Any) -> ConnectorNumber:
    """Return the connector that an EVSE type names, 0 where none is."""
    if evse is UNSET or evse.connector_id is UNSET:
        return ConnectorNumber(0)
    return connector_number(evse.connector_id)


def reference(text: Any) -> TransferReference:
    """Return what a station calls an energy transfer.

    Raises:
        Malformed: it has no name; an empty one would ask the receiver to make one up, which only 1.6 may.
    """
    if text:
        name: TransferReference = text
        return name
    raise Malformed("the transaction id is empty", code="NoTransactionId", where="transactionId")


def sequence(number: int) -> int:
    """Return a sequence number.

    Raises:
        Malformed: it is negative; inside, such numbers order nothing.
    """
    if number >= 0:
        return number
    raise Malformed("the sequence number is negative", code="OutOfRange", where="seqNo")
