# SPDX-License-Identifier: Apache-2.0
"""Ids of the nouns: distinct types, so that a station is never taken for a session."""

from typing import NewType

StationId = NewType("StationId", str)
"""The identity of a charging station on every wire: at most 48 characters, no colon (spec 1.4)."""

EvseNumber = NewType("EvseNumber", int)
"""1..n within a station; 0 means the station as a whole."""

ConnectorNumber = NewType("ConnectorNumber", int)
"""1..n within an EVSE; 0 means the EVSE as a whole."""

TransferReference = NewType("TransferReference", str)
"""What the wire calls an energy transfer session: unique within its station (OCPP: transaction id)."""

TransferNumber = NewType("TransferNumber", int)
"""What we call an energy transfer session: rises, never repeats; OCPP 1.6 gets it as its transaction id."""

SessionNumber = NewType("SessionNumber", int)
"""A service session: rises, never repeats."""

SubjectRef = NewType("SubjectRef", str)
"""A credential without its value. Facts name people by this only, so that erasure can forget them (8.3.12)."""

OrderId = NewType("OrderId", str)
"""One instance of a command that was given to a party."""

PrincipalId = NewType("PrincipalId", str)
"""Who asks at a door: a person, a system, or a station."""

STATION_ID_MAX = 48


def station_id(text: str) -> StationId:
    """Check an identity that came from outside.

    Raises:
        ValueError: it is empty, too long, or holds a character that no wire carries safely.
    """
    if not 0 < len(text) <= STATION_ID_MAX:
        message = f"a station id has 1 to {STATION_ID_MAX} characters, this one has {len(text)}"
        raise ValueError(message)
    if not all(c.isalnum() or c in "*-_=+|@.,~" for c in text):
        message = "a station id holds letters, digits and * - _ = + | @ . , ~ only"
        raise ValueError(message)
    return StationId(text)
