# SPDX-License-Identifier: Apache-2.0
"""Keep the power of charging stations within limits, and within safe ones when nobody is heard (8.2.3, 7.10).

Clause:     8.2.3
Asked by:   operator, DSO, a zone whose stations share a limit
Done by:    CSMS, charging station
Leaves:     a limit that the station has confirmed and keeps to, with what remains of it once the link is gone
"""

from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door, UseCase
from open63110.model.external import ExternalLimitCleared, ExternalLimitSet
from open63110.model.needs import EvPlanStated, NeedsStated, PriorityChanged
from open63110.usecases.energy.smart_charging import csms, ev_plan, evolve, external, priority, silence, station, zones
from open63110.usecases.energy.smart_charging.csms import FAIL_SAFE_VALUE, OFFLINE_DURATION
from open63110.usecases.energy.smart_charging.messages import (
    AbilitiesAnswer,
    AbilitiesLearned,
    AskAbilities,
    AskLimit,
    DeriveFailSafe,
    EvPlanRefused,
    EvseCapped,
    FailSafeEntered,
    FailSafeLeft,
    LimitAccepted,
    LimitAnswer,
    LimitCleared,
    LimitDiffers,
    LimitInForce,
    LimitPower,
    LimitRefused,
    LimitSent,
    LimitWithdrawn,
    LimitZone,
    OfferSchedule,
    PrioritizeTransfer,
    RateUnitLearned,
    ReconcileLimits,
    SilenceNoted,
    UseFailSafe,
    WithdrawLimit,
    WithdrawZoneLimit,
    ZoneLimitAnswer,
)
from open63110.usecases.energy.smart_charging.station import offer

__all__ = [
    "FAIL_SAFE_VALUE",
    "OFFLINE_DURATION",
    "USE_CASE",
    "AbilitiesAnswer",
    "AbilitiesLearned",
    "AskAbilities",
    "AskLimit",
    "DeriveFailSafe",
    "EvPlanRefused",
    "EvseCapped",
    "FailSafeEntered",
    "FailSafeLeft",
    "LimitAccepted",
    "LimitAnswer",
    "LimitCleared",
    "LimitDiffers",
    "LimitInForce",
    "LimitPower",
    "LimitRefused",
    "LimitSent",
    "LimitWithdrawn",
    "LimitZone",
    "OfferSchedule",
    "PrioritizeTransfer",
    "RateUnitLearned",
    "ReconcileLimits",
    "SilenceNoted",
    "UseFailSafe",
    "WithdrawLimit",
    "WithdrawZoneLimit",
    "ZoneLimitAnswer",
    "offer",
]

_WHO = frozenset({Role.OPERATOR, Role.DSO})

USE_CASE = UseCase(
    clause="8.2.3",
    title="Smart charging management",
    decide={
        (Role.CSMS, LimitPower): csms.ask,
        (Role.CSMS, WithdrawLimit): csms.withdraw,
        (Role.CSMS, AskLimit): csms.question,
        (Role.CSMS, ReconcileLimits): csms.reconcile,
        (Role.CSMS, LimitInForce): csms.hear_in_force,
        (Role.CSMS, LimitRefused): csms.hear_refused,
        (Role.CSMS, LimitCleared): csms.hear_cleared,
        (Role.CSMS, FailSafeEntered): csms.hear_fail_safe,
        (Role.CSMS, FailSafeLeft): csms.hear_fail_safe,
        (Role.CSMS, ExternalLimitSet): external.hear_set,
        (Role.CSMS, ExternalLimitCleared): external.hear_cleared,
        (Role.CSMS, EvPlanStated): ev_plan.hear,
        (Role.CSMS, PriorityChanged): priority.hear_priority,
        (Role.CSMS, PrioritizeTransfer): priority.prioritize,
        (Role.CSMS, OfferSchedule): csms.offer_schedule,
        (Role.CSMS, AbilitiesLearned): csms.hear_abilities,
        (Role.CSMS, DeriveFailSafe): silence.derive,
        (Role.CSMS, LimitZone): zones.ask,
        (Role.CSMS, WithdrawZoneLimit): zones.withdraw,
        (Role.STATION, LimitPower): station.obey,
        (Role.STATION, WithdrawLimit): station.withdraw,
        (Role.STATION, AskLimit): station.tell,
        (Role.STATION, NeedsStated): station.need,
        (Role.STATION, AskAbilities): station.tell_abilities,
        (Role.STATION, EvseCapped): station.capped,
        (Role.STATION, UseFailSafe): station.look,
    },
    evolve={
        LimitAccepted: evolve.accepted,
        LimitSent: evolve.sent,
        LimitInForce: evolve.in_force,
        LimitRefused: evolve.refused,
        LimitWithdrawn: evolve.withdrawn,
        LimitCleared: evolve.cleared,
        FailSafeEntered: evolve.fail_safe_entered,
        FailSafeLeft: evolve.fail_safe_left,
        SilenceNoted: evolve.silence_noted,
        RateUnitLearned: evolve.unit_learned,
        AbilitiesLearned: evolve.abilities_learned,
        LimitDiffers: evolve.differs,
        ExternalLimitSet: external.limit_set,
        ExternalLimitCleared: external.limit_cleared,
        EvPlanStated: ev_plan.stated,
        PriorityChanged: priority.priority_changed,
        EvseCapped: evolve.capped,
    },
    doors=(
        Door(command=LimitPower, noun="station", verb="limit", roles=_WHO),
        Door(command=WithdrawLimit, noun="station", verb="withdraw-limit", roles=_WHO),
        Door(command=AskLimit, noun="station", verb="ask-limit", roles=frozenset({Role.OPERATOR})),
        Door(command=PrioritizeTransfer, noun="station", verb="prioritize", roles=frozenset({Role.OPERATOR})),
        Door(command=LimitZone, noun="zone", verb="limit", roles=_WHO),
        Door(command=WithdrawZoneLimit, noun="zone", verb="withdraw-limit", roles=_WHO),
    ),
)
