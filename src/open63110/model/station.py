# SPDX-License-Identifier: Apache-2.0
"""A charging station: what is known of it, and the facts that change it."""

from datetime import datetime
from enum import StrEnum
from typing import Final, Literal

import msgspec

from open63110.kernel.ids import ConnectorNumber, EvseNumber, SessionNumber, StationId, SubjectRef, TransferReference
from open63110.kernel.messages import Event
from open63110.kernel.units import Amperes, Watts
from open63110.model.availability import Availability
from open63110.model.external import ExternalLimit
from open63110.model.installed import Profiles
from open63110.model.limit import Limits
from open63110.model.needs import Needs
from open63110.model.network import Move, NetworkProfile
from open63110.model.reading import Reading
from open63110.model.reservation import Reservation
from open63110.model.session import ServiceSession
from open63110.model.site import ZoneKey
from open63110.model.transfer import EnergyTransfer

CLOCK: Final = "clock"
"""Flag: the clock of the station is further off than the operator tolerates."""


class Registration(StrEnum):
    """How far a station has come in onboarding (8.3.15)."""

    NEW = "new"
    """Registered by the operator, or seen once; it has not booted here yet."""
    QUARANTINED = "quarantined"
    """Nobody registered it: it may wait, and is told nothing."""
    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DEREGISTERED = "deregistered"
    """It has left for good: it is not let in, unless somebody registers it anew (8.3.13)."""


ConnectorState = Literal["available", "occupied", "reserved", "unavailable", "faulted"]
"""The five states of OCPP 2.x; finer ones of 1.6 stand in Connector.detail."""


class Identity(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What a station says of itself when it boots."""

    vendor: str = ""
    model: str = ""
    serial: str = ""
    firmware: str = ""
    iccid: str = ""
    imsi: str = ""
    meter_serial: str = ""
    meter_type: str = ""


class Connector(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """One plug or socket of an EVSE."""

    state: ConnectorState
    at: datetime
    detail: str = ""
    """The wire's own word where it says more (Preparing, SuspendedEV, Finishing …)."""
    error: str = ""
    """Error code as reported; empty means none."""
    info: str = ""
    vendor_error: str = ""


class Grant(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """The right to charge at an EVSE, not used yet."""

    subject: SubjectRef
    method: str
    """local-list, cache, csms, remote, offline, none."""
    at: datetime
    until: datetime
    """Released then if nobody plugged in (EVConnectionTimeOut)."""
    remote_start: int | None = None
    group: SubjectRef | None = None


class Evse(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """An independently operated part of a station: one EV at a time."""

    number: EvseNumber
    connectors: dict[ConnectorNumber, Connector] = {}
    state: ConnectorState | None = None
    """Set where the wire reports the EVSE apart from its connectors."""
    grant: Grant | None = None
    readings: tuple[Reading, ...] = ()
    """What its meter last showed; kept by the station itself."""
    evse_id: str = ""
    """EVSEID, as drivers and roaming partners know it; empty: nobody said."""
    import_max: Watts | None = None
    """What it can give at most, as the operator says [W]; None: nobody said."""
    export_max: Watts | None = None
    wiring: str = ""
    """Its phases in the order of its terminals, as EvsePlan.wiring; empty: L1L2L3."""
    pilots: tuple[Amperes, ...] = ()
    """The currents it can offer beside 0, as EvsePlan.pilots."""
    needs: Needs | None = None
    """What the EV that stands here needs, said before its transfer began; None: nobody said."""


class Judgement(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What was answered to a credential last."""

    subject: SubjectRef
    status: str
    evse: int
    at: datetime


class LocalAuthorization(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """What a station may decide alone: its local list and what it remembers of answers (8.4.4)."""

    version: int = 0
    """Version of the local list that the station has; 0 means none, -1 means not supported."""
    entries: dict[str, str] = {}
    """Subject → status; kept by the station itself, a CSMS knows the version only."""
    cache: dict[str, str] = {}
    groups: dict[str, str] = {}
    """Subject → group, as a station learned it with a list or an answer."""
    unproven: frozenset[str] = frozenset()
    """Subjects a station let charge offline without knowing them, until the CSMS says what they are."""
    desired: int = 0
    """Version of the list the CSMS offered last."""
    digest: int = 0
    """Fingerprint of that list's content; 0 means an empty one."""
    offered: datetime | None = None
    """When the CSMS offered it."""
    judged: Judgement | None = None
    """The last judgement of the CSMS without a transfer, so that a repeated presentation is no new fact."""
    languages: dict[str, str] = {}
    """Subject → language that its holder reads, as a station learned it with a list or an answer."""


class Wakeup(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A named moment at which the station's unit of order wants to decide something."""

    at: datetime
    body: bytes
    """The command, encoded by the journal's codec."""


class Station(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """The unit of order: its facts are handled one after another."""

    id: StationId
    registration: Registration = Registration.NEW
    identity: Identity = Identity()
    wire: str = ""
    """The protocol of its last connection: ocpp1.6, ocpp2.0.1, ocpp2.1."""
    connected: datetime | None = None
    """Since when; None means not connected."""
    booted: datetime | None = None
    boot_reason: str = ""
    flags: tuple[str, ...] = ()
    """Standing remarks for the operator: clone, clock, …"""
    state: ConnectorState | None = None
    """The station as a whole, where the wire reports it (1.6 connector 0)."""
    evses: dict[EvseNumber, Evse] = {}
    local: LocalAuthorization = LocalAuthorization()
    note: str = ""
    """The operator's own words."""
    blocked_by: str = ""
    """Why no new session is admitted (e.g. a reboot that waits for idle); empty means free."""
    transfers: dict[TransferReference, EnergyTransfer] = {}
    """Open ones, and those that ended but whose story is not complete."""
    sessions: dict[SessionNumber, ServiceSession] = {}
    """Open ones."""
    wakeups: dict[str, Wakeup] = {}
    starts: tuple[tuple[int, TransferReference], ...] = ()
    """Natural keys of the latest starts that were given their reference here, oldest first (OCPP 1.6, I8)."""
    lacks: tuple[str, ...] = ()
    """What it cannot be asked over its last connection although use cases have it, in their words."""
    zone: ZoneKey | None = None
    """Where it stands; None: in no zone."""
    limits: Limits = Limits()
    """What power it may draw: desired beside reported."""
    via: tuple[str, ...] = ()
    """Levels below this one over which its last connection goes, the nearest first; none: it has a link to this very level."""
    feeder: str = ""
    """What feeds it; empty: what feeds its zone."""
    external: dict[str, ExternalLimit] = {}
    """What others than its CSMS allow, by place."""
    profiles: Profiles = Profiles()
    """Which charging profiles it says it holds, whoever set them."""
    availability: tuple[Availability, ...] = ()
    """What was ordered about the use of its parts; parts without an order are in use."""
    reservations: tuple[Reservation, ...] = ()
    """Those that hold."""
    clock_ahead: float = 0.0
    """Its clock minus ours [s], where it is doubted and that is known; 0: else."""
    networks: tuple[NetworkProfile, ...] = ()
    """Ways to CSMSs beside the one it was set up with; kept by the station itself."""
    move: Move | None = None
    """How far it is on its way to another CSMS; None: nobody ever sent it."""


class StationConnected(Event, frozen=True, kw_only=True, gc=False):
    """A socket of this station was accepted."""

    wire: str
    remote: str = ""
    secure: bool = False
    lacks: tuple[str, ...] = ()
    """What this wire has no words for, in those of the use cases."""
    via: tuple[str, ...] = ()
    """Levels below this one over which the link goes, the nearest first; none: it ends here."""


class StationDisconnected(Event, frozen=True, kw_only=True, gc=False):
    """Its socket closed or died."""

    reason: str = ""


TRIGGERED = "Triggered"
"""Reason of a boot that was only told once more, because the CSMS wanted to hear it: nothing has started."""


class StationBooted(Event, frozen=True, kw_only=True, gc=False):
    """The station says that it has started, and why. Whoever takes that for the end of something looks at TRIGGERED."""

    identity: Identity
    reason: str = ""


class ConnectorReported(Event, frozen=True, kw_only=True, gc=False):
    """The state of a connector (EVSE 0: of the station; connector 0: of the EVSE)."""

    evse: EvseNumber
    connector: ConnectorNumber
    state: ConnectorState
    detail: str = ""
    error: str = ""
    info: str = ""
    vendor_error: str = ""
    offline: bool = False


class RegistrationDecided(Event, frozen=True, kw_only=True, gc=False):
    """The CSMS, or its operator, said whether the station may work here."""

    registration: Registration
    reason: str = ""
    flags: tuple[str, ...] = ()
    """Added to the station's."""


class AuthorizationGranted(Event, frozen=True, kw_only=True, gc=False):
    """Somebody may charge at an EVSE."""

    evse: EvseNumber
    grant: Grant


class AuthorizationReleased(Event, frozen=True, kw_only=True, gc=False):
    """A grant was used up, taken back, or its time is over."""

    evse: EvseNumber
    reason: str = ""
    """started, timeout, cancelled."""
    remote_start: int | None = None
    """Of the order that the grant came from; None where somebody stood at the station."""


class EvPluggedIn(Event, frozen=True, kw_only=True, gc=False):
    """The hardware of a station sees an EV."""

    evse: EvseNumber
    connector: ConnectorNumber = ConnectorNumber(1)


class EvUnplugged(Event, frozen=True, kw_only=True, gc=False):
    """The hardware of a station sees the EV gone."""

    evse: EvseNumber
    connector: ConnectorNumber = ConnectorNumber(1)
