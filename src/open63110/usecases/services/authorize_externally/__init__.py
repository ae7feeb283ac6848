# SPDX-License-Identifier: Apache-2.0
"""Authorize by external means: an app, a call centre, a web page starts and stops.

Clause:     8.4.5
Asked by:   CSP, EV user's device, operator
Done by:    CSMS, charging station
Leaves:     a session started or stopped, or a refusal, and the asker told which
"""

from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door, UseCase
from open63110.model.authorization import ReleaseGrant, StopRemotely
from open63110.usecases.services.authorize_externally import csms, station
from open63110.usecases.services.authorize_externally.messages import (
    ConnectorUnlocked,
    ForgetRemoteStart,
    RemoteStartAnswered,
    RemoteStopObeyed,
    StartRemotely,
    UnlockConnector,
)

__all__ = [
    "USE_CASE",
    "ConnectorUnlocked",
    "ForgetRemoteStart",
    "ReleaseGrant",
    "RemoteStartAnswered",
    "RemoteStopObeyed",
    "StartRemotely",
    "StopRemotely",
    "UnlockConnector",
]

_ASKERS = frozenset({Role.OPERATOR, Role.CSP, Role.EVU_DEVICE})

USE_CASE = UseCase(
    clause="8.4.5",
    title="Authorization by external means",
    decide={
        (Role.CSMS, StartRemotely): csms.start,
        (Role.CSMS, RemoteStartAnswered): csms.start_answered,
        (Role.CSMS, ForgetRemoteStart): csms.forget_start,
        (Role.CSMS, ReleaseGrant): csms.release,
        (Role.CSMS, StopRemotely): csms.stop,
        (Role.CSMS, UnlockConnector): csms.unlock,
        (Role.STATION, StartRemotely): station.start,
        (Role.STATION, ReleaseGrant): csms.release,
        (Role.STATION, StopRemotely): station.stop,
        (Role.STATION, UnlockConnector): station.unlock,
    },
    doors=(
        Door(command=StartRemotely, noun="session", verb="start", roles=_ASKERS),
        Door(command=StopRemotely, noun="session", verb="stop", roles=_ASKERS),
        Door(command=UnlockConnector, noun="station", verb="unlock", roles=frozenset({Role.OPERATOR})),
    ),
)
