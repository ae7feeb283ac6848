# SPDX-License-Identifier: Apache-2.0
"""A service detail record: what one service session consumed, so that it can be billed (8.4.8, DD-7)."""

from datetime import datetime
from typing import ClassVar, Literal

import msgspec

from open63110.kernel.ids import EvseNumber, SessionNumber, StationId, SubjectRef
from open63110.kernel.messages import Event
from open63110.kernel.units import WattHours
from open63110.model.reading import SignedReading

ServiceKind = Literal["reservation", "parking", "energy_import", "energy_export", "flexibility", "other"]


class Service(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One service in a record."""

    kind: ServiceKind
    began: datetime
    ended: datetime
    quantity: float
    unit: str
    """Wh or s."""
    transaction: str = ""
    """Which transaction it is: transfer reference and part, ``ref/1``."""


class Meter(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """Register readings the energy was computed from."""

    id: str = ""
    start: WattHours | None = None
    stop: WattHours | None = None
    export_start: WattHours | None = None
    export_stop: WattHours | None = None


class Sdr(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One record; immutable once produced. A correction is a new record that names it."""

    id: str
    session: SessionNumber
    station: StationId
    evse: EvseNumber
    began: datetime
    ended: datetime
    energy: WattHours
    """Imported by the EV [Wh]."""
    exported: WattHours = WattHours(0.0)
    subject: SubjectRef | None = None
    contract: str = ""
    auth_method: str = ""
    services: tuple[Service, ...] = ()
    meter: Meter = Meter()
    signed: tuple[SignedReading, ...] = ()
    transfers: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    corrects: str = ""
    """Id of the record this one replaces; empty for a first record."""
    produced: datetime | None = None


class SdrProduced(Event, frozen=True, kw_only=True, gc=False):
    """A record was made; it is never made again for the same facts."""

    about: ClassVar[str] = "sdr"
    sdr: Sdr
