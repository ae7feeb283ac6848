# SPDX-License-Identifier: Apache-2.0
"""What the use cases around a service session tell it; flows carry it over."""

from datetime import datetime

from open63110.kernel.ids import EvseNumber, SessionNumber, TransferReference
from open63110.kernel.messages import Command
from open63110.model.station import Grant


class FollowGrant(Command, frozen=True, kw_only=True, gc=False):
    """Somebody may charge at an EVSE."""

    evse: EvseNumber
    grant: Grant


class FollowRelease(Command, frozen=True, kw_only=True, gc=False):
    """A grant is gone without having been used."""

    evse: EvseNumber
    at: datetime


class FollowPlug(Command, frozen=True, kw_only=True, gc=False):
    """An EV is seen at an EVSE, or is gone."""

    evse: EvseNumber
    at: datetime
    plugged: bool


class FollowTransfer(Command, frozen=True, kw_only=True, gc=False):
    """Something was heard of an energy transfer."""

    reference: TransferReference
    at: datetime


class CloseSession(Command, frozen=True, kw_only=True, gc=False):
    """Its energy transfer ended a while ago, whether or not the EV has left."""

    session: SessionNumber
