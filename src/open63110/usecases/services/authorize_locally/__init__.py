# SPDX-License-Identifier: Apache-2.0
"""Authorize with locally presented credentials: RFID, key code, contract; online, from lists, offline.

Clause:     8.4.4
Asked by:   EV user at the charging station
Done by:    charging station, CSMS
Leaves:     the right to charge, granted or refused with the finest status the wire has
"""

from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door, UseCase
from open63110.model.authorization import GroupLearned
from open63110.model.station import AuthorizationGranted, AuthorizationReleased, StationBooted
from open63110.model.token import CredentialJudged
from open63110.model.transfer import EnergyTransferStarted, EnergyTransferUpdated
from open63110.usecases.services.authorize_locally import credentials, evolve, judge, lists, station
from open63110.usecases.services.authorize_locally.messages import (
    AskLocalListVersion,
    AuthorizationAnswer,
    AuthorizeCredential,
    CacheCleared,
    ClearAuthorizationCache,
    CredentialAnswered,
    CredentialPresented,
    DecideAlone,
    DoubtTransfer,
    LocalListEntry,
    LocalListOffered,
    LocalListReplaced,
    LocalListReported,
    LocalListVersionAnswer,
    PutToken,
    ReconcileLocalList,
    RemoveToken,
    SendLocalList,
    TransferDoubted,
)

__all__ = [
    "USE_CASE",
    "AskLocalListVersion",
    "AuthorizationAnswer",
    "AuthorizeCredential",
    "CacheCleared",
    "ClearAuthorizationCache",
    "CredentialAnswered",
    "CredentialPresented",
    "DecideAlone",
    "DoubtTransfer",
    "LocalListEntry",
    "LocalListOffered",
    "LocalListReplaced",
    "LocalListReported",
    "LocalListVersionAnswer",
    "PutToken",
    "ReconcileLocalList",
    "RemoveToken",
    "SendLocalList",
    "TransferDoubted",
]

_OPERATOR = frozenset({Role.OPERATOR})

USE_CASE = UseCase(
    clause="8.4.4",
    title="Authorization with locally presented credentials",
    decide={
        (Role.CSMS, AuthorizeCredential): judge.judge,
        (Role.CSMS, DoubtTransfer): judge.doubt,
        (Role.CSMS, PutToken): credentials.put,
        (Role.CSMS, RemoveToken): credentials.remove,
        (Role.CSMS, SendLocalList): lists.send,
        (Role.CSMS, AskLocalListVersion): lists.ask_version,
        (Role.CSMS, LocalListReported): lists.reported,
        (Role.CSMS, LocalListReplaced): lists.replaced,
        (Role.CSMS, ReconcileLocalList): lists.reconcile,
        (Role.CSMS, ClearAuthorizationCache): lists.clear_cache,
        (Role.CSMS, CacheCleared): lists.cache_cleared,
        (Role.STATION, CredentialPresented): station.presented,
        (Role.STATION, CredentialAnswered): station.answered,
        (Role.STATION, DecideAlone): station.decide_alone,
        (Role.STATION, SendLocalList): station.take_list,
        (Role.STATION, AskLocalListVersion): station.tell_version,
        (Role.STATION, ClearAuthorizationCache): station.forget,
    },
    evolve={
        AuthorizationGranted: evolve.granted,
        AuthorizationReleased: evolve.released,
        EnergyTransferStarted: evolve.used,
        EnergyTransferUpdated: evolve.used,
        CredentialJudged: evolve.judged,
        CredentialAnswered: evolve.answered,
        GroupLearned: evolve.group_learned,
        CacheCleared: evolve.cache_cleared,
        TransferDoubted: evolve.doubted,
        LocalListOffered: evolve.list_offered,
        LocalListReported: evolve.list_reported,
        LocalListReplaced: evolve.list_replaced,
        StationBooted: evolve.booted,
    },
    doors=(
        Door(command=PutToken, noun="token", verb="put", roles=_OPERATOR),
        Door(command=RemoveToken, noun="token", verb="remove", roles=_OPERATOR),
        Door(command=SendLocalList, noun="station", verb="send-local-list", roles=_OPERATOR),
        Door(command=AskLocalListVersion, noun="station", verb="ask-local-list-version", roles=_OPERATOR),
        Door(command=ClearAuthorizationCache, noun="station", verb="clear-authorization-cache", roles=_OPERATOR),
    ),
)
