# SPDX-License-Identifier: Apache-2.0
"""Say whether a number for value added tax will do that somebody entered at a station, for his receipt.

Clause:     8.4.8
Asked by:   charging station
Done by:    CSMS
Leaves:     an answer: no for what has not the form of its country; else as the operator chose. No register is asked
"""

from collections.abc import Iterator

from open63110.kernel.ids import EvseNumber, SubjectRef
from open63110.kernel.messages import Effect, Event, Reply
from open63110.kernel.roles import Role
from open63110.kernel.usecase import UseCase
from open63110.model.policy import Policy

MALFORMED, NO_REGISTER = "InvalidVatNumber", "NoRegister"
"""Reasons of a no."""


class VatNumberPresented(Event, frozen=True, kw_only=True, gc=False):
    """Somebody entered the number of his company at a station."""

    vat_number: SubjectRef
    """Stands for it: a number may be that of a person."""
    well_formed: bool
    """It has the form that its country gives such numbers."""
    evse: EvseNumber = EvseNumber(0)
    """Where; 0: at the station."""


class VatNumberAnswer(Reply, frozen=True, kw_only=True, gc=False):
    """Whether it will do."""

    vat_number: SubjectRef
    accepted: bool
    reason: str = ""
    """Of a no."""
    evse: EvseNumber = EvseNumber(0)


class VatNumberAnswered(Event, frozen=True, kw_only=True, gc=False):
    """At the station: its CSMS has said whether a number will do; the terminal follows this fact."""

    vat_number: SubjectRef
    accepted: bool
    reason: str = ""
    evse: EvseNumber = EvseNumber(0)


def judge(event: VatNumberPresented, policy: Policy) -> Iterator[Effect]:
    """Look at its form, then at what the operator chose."""
    yield event
    reason = MALFORMED if not event.well_formed else "" if policy.vat_numbers == "well-formed" else NO_REGISTER
    yield VatNumberAnswer(vat_number=event.vat_number, accepted=not reason, reason=reason, evse=event.evse)


def ask(event: VatNumberPresented) -> Iterator[Effect]:
    """At the station: ask its CSMS."""
    yield event


def hear(event: VatNumberAnswered) -> Iterator[Effect]:
    """At the station: have its terminal told."""
    yield event


USE_CASE = UseCase(
    clause="8.4.8",
    title="SDR information production: whose receipt it is",
    decide={
        (Role.CSMS, VatNumberPresented): judge,
        (Role.STATION, VatNumberPresented): ask,
        (Role.STATION, VatNumberAnswered): hear,
    },
)
