# SPDX-License-Identifier: Apache-2.0
"""What is said while a charging station comes on board."""

from datetime import datetime

from open63110.kernel.messages import Command, Event, Reply
from open63110.model.station import Identity, Registration
from open63110.model.voucher import Voucher


class RegisterStation(Command, frozen=True, kw_only=True, gc=False):
    """Expect a station under this identity. Of a known one it renews note and serial number, and takes a clone mark off."""

    note: str = ""
    serial: str = ""
    """When given, a boot with another serial number is a clone. Empty: the next one to boot is believed."""


class AdmitStation(Command, frozen=True, kw_only=True, gc=False):
    """Let a quarantined or rejected station work here, from its next boot on."""


class RejectStation(Command, frozen=True, kw_only=True, gc=False):
    """Refuse a station from its next boot on."""

    reason: str = ""


class PutVoucher(Command, frozen=True, kw_only=True, gc=False):
    """Let a machine in when it comes, by its serial number. station is empty."""

    id: str
    serial: str
    identity: str = ""
    """Under which identity it has to come; empty: any."""
    vendor: str = ""
    """Empty: any; so with the model."""
    model: str = ""
    site: str = ""
    """Where it will stand; empty: nobody says so."""
    zone: str = ""
    until: datetime | None = None
    """After that it is let in no more; None: for ever."""
    note: str = ""

    def voucher(self) -> Voucher:
        """Return it as it is kept."""
        return Voucher(
            id=self.id.strip(),
            serial=self.serial.strip(),
            identity=self.identity,
            vendor=self.vendor,
            model=self.model,
            site=self.site,
            zone=self.zone,
            until=self.until,
            note=self.note,
        )


class WithdrawVoucher(Command, frozen=True, kw_only=True, gc=False):
    """Expect the machine no more. station is empty."""

    id: str


class RotateCredential(Command, frozen=True, kw_only=True, gc=False):
    """Give a station a secret that nobody else knows, in the place of the one it has."""


class StationRegistered(Event, frozen=True, kw_only=True, gc=False):
    """The operator expects a station under this identity."""

    note: str = ""
    serial: str = ""


class CloneRefused(Event, frozen=True, kw_only=True, gc=False):
    """Another device booted under the identity of a known station and was turned away."""

    identity: Identity
    """What the other device says of itself."""


class LinkContested(Event, frozen=True, kw_only=True, gc=False):
    """Links of this station pushed each other out again and again: two devices seem to use its identity. Nobody was refused."""

    remotes: tuple[str, ...] = ()
    """Addresses and ports of the last two."""


class RegistrationAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """What a station is told when it boots."""

    registration: Registration
    interval: float
    """Heartbeat interval if accepted, else when to ask again [s]."""
    now: datetime
    reason: str = ""


class RegistrationAnswered(Event, frozen=True, kw_only=True, gc=False):
    """A station heard what the CSMS said to its boot."""

    registration: Registration
    interval: float
    now: datetime
    """The CSMS's clock when it answered; with ``within``, when this was heard."""
    within: float | None = None
    """The error of that is at most this [s]; None: nobody measured how long the answer was under way."""


class PoweredUp(Event, frozen=True, kw_only=True, gc=False):
    """The hardware of a station came up. Cars and faults that it sees, it reports after this."""

    reason: str = "PowerUp"
    """OCPP 2.x BootReason words."""
    identity: Identity = Identity()
    """Empty: the same device as at the last power-up."""
    connectors: tuple[int, ...] = ()
    """How many connectors EVSE 1, 2 … have; empty: as at the last power-up."""


class ReportBoot(Command, frozen=True, kw_only=True, gc=False):
    """At the station: say once more that it has booted, because the CSMS wants to hear it."""


class BootAgain(Command, frozen=True, kw_only=True, gc=False):
    """At the station: knock once more at a CSMS that has not accepted it yet."""
