# SPDX-License-Identifier: Apache-2.0
"""The service session: all that one EV user gets, from the first sign of a service to its last.

Clause:     6.2
Asked by:   EV user, by plugging in, presenting a credential or being started from outside; charging station (reports)
Done by:    CSMS
Leaves:     one session a service, that knows every state it was in, and closes once all that belongs to it is known
"""

from open63110.kernel.roles import Role
from open63110.kernel.usecase import UseCase
from open63110.model.session import SessionAdvanced, SessionClosed, SessionOpened, SessionRecorded
from open63110.usecases.sessions.service_session import csms, evolve
from open63110.usecases.sessions.service_session.csms import PROGRESS, current
from open63110.usecases.sessions.service_session.messages import (
    CloseSession,
    FollowGrant,
    FollowPlug,
    FollowRelease,
    FollowTransfer,
)

__all__ = ["PROGRESS", "CloseSession", "FollowGrant", "FollowPlug", "FollowRelease", "FollowTransfer", "current"]

USE_CASE = UseCase(
    clause="6.2",
    title="Service session",
    decide={
        (Role.CSMS, FollowGrant): csms.follow_grant,
        (Role.CSMS, FollowRelease): csms.follow_release,
        (Role.CSMS, FollowPlug): csms.follow_plug,
        (Role.CSMS, FollowTransfer): csms.follow_transfer,
        (Role.CSMS, CloseSession): csms.close,
    },
    evolve={
        SessionOpened: evolve.opened,
        SessionAdvanced: evolve.advanced,
        SessionClosed: evolve.closed,
        SessionRecorded: evolve.recorded,
    },
)
