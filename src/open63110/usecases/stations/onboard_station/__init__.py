# SPDX-License-Identifier: Apache-2.0
"""Onboard a charging station.

Clause:     8.3.15
Asked by:   charging station (it boots), operator (registers, admits, rejects)
Done by:    CSMS
Leaves:     a station that is accepted and configured, one that waits in quarantine and was told nothing, or a refusal
"""

from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door, UseCase
from open63110.model.station import RegistrationDecided, StationBooted, StationConnected, StationDisconnected
from open63110.usecases.stations.onboard_station import clock, csms, evolve, rotation, station, vouchers
from open63110.usecases.stations.onboard_station.clock import ClockSet, TimeTold, correction, metering, step
from open63110.usecases.stations.onboard_station.csms import may_speak
from open63110.usecases.stations.onboard_station.messages import (
    AdmitStation,
    BootAgain,
    CloneRefused,
    LinkContested,
    PoweredUp,
    PutVoucher,
    RegisterStation,
    RegistrationAnswer,
    RegistrationAnswered,
    RejectStation,
    ReportBoot,
    RotateCredential,
    StationRegistered,
    WithdrawVoucher,
)

__all__ = [
    "USE_CASE",
    "AdmitStation",
    "BootAgain",
    "ClockSet",
    "CloneRefused",
    "LinkContested",
    "PoweredUp",
    "PutVoucher",
    "RegisterStation",
    "RegistrationAnswer",
    "RegistrationAnswered",
    "RejectStation",
    "ReportBoot",
    "RotateCredential",
    "StationRegistered",
    "TimeTold",
    "WithdrawVoucher",
    "correction",
    "may_speak",
    "metering",
    "step",
]

_OPERATOR = frozenset({Role.OPERATOR})

USE_CASE = UseCase(
    clause="8.3.15",
    title="Onboarding the CS",
    decide={
        (Role.CSMS, RegisterStation): csms.register,
        (Role.CSMS, RotateCredential): rotation.ask,
        (Role.CSMS, PutVoucher): vouchers.put,
        (Role.CSMS, WithdrawVoucher): vouchers.withdraw,
        (Role.CSMS, AdmitStation): csms.admit,
        (Role.CSMS, RejectStation): csms.reject,
        (Role.CSMS, StationConnected): csms.link_up,
        (Role.CSMS, StationDisconnected): csms.link_down,
        (Role.CSMS, LinkContested): csms.hear_contest,
        (Role.CSMS, StationBooted): csms.hear_boot,
        (Role.STATION, PoweredUp): station.power_up,
        (Role.STATION, StationConnected): station.link_up,
        (Role.STATION, StationDisconnected): station.link_down,
        (Role.STATION, RegistrationAnswered): station.hear_answer,
        (Role.STATION, BootAgain): station.boot_again,
        (Role.STATION, ReportBoot): station.report_boot,
        (Role.STATION, TimeTold): clock.hear_time,
        (Role.STATION, ClockSet): clock.hear_set,
    },
    evolve={
        StationRegistered: evolve.registered,
        RegistrationDecided: evolve.decided,
        CloneRefused: evolve.clone_seen,
        LinkContested: evolve.clone_seen,
        StationConnected: evolve.connected,
        StationDisconnected: evolve.disconnected,
        StationBooted: evolve.booted,
        PoweredUp: evolve.powered_up,
        RegistrationAnswered: evolve.answered,
        ClockSet: clock.clock_set,
    },
    doors=(
        Door(command=RegisterStation, noun="station", verb="register", roles=_OPERATOR),
        Door(command=AdmitStation, noun="station", verb="admit", roles=_OPERATOR),
        Door(command=RejectStation, noun="station", verb="reject", roles=_OPERATOR),
        Door(command=RotateCredential, noun="station", verb="rotate-credential", roles=_OPERATOR),
        Door(command=PutVoucher, noun="voucher", verb="put", roles=_OPERATOR),
        Door(command=WithdrawVoucher, noun="voucher", verb="withdraw", roles=_OPERATOR),
    ),
)
