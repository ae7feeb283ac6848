# SPDX-License-Identifier: Apache-2.0
"""Clause 8.4.8, whose receipt it is: a number will do by its form, and only where the operator chose so."""

from datetime import UTC, datetime

import pytest

from open63110.kernel.ids import EvseNumber, StationId, SubjectRef
from open63110.model.policy import Policy
from open63110.usecases.services import validate_vat_number
from open63110.usecases.services.validate_vat_number import (
    MALFORMED,
    NO_REGISTER,
    USE_CASE,
    VatNumberAnswer,
    VatNumberAnswered,
    VatNumberPresented,
)

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CS = StationId("CS-1")


def shown(*, well_formed: bool = True) -> VatNumberPresented:
    return VatNumberPresented(station=CS, at=NOON, vat_number=SubjectRef("s1"), well_formed=well_formed, evse=EvseNumber(2))


@pytest.mark.parametrize(
    ("well_formed", "policy", "reason"),
    [
        (True, Policy(), NO_REGISTER),
        (True, Policy(vat_numbers="well-formed"), ""),
        (False, Policy(), MALFORMED),
        (False, Policy(vat_numbers="well-formed"), MALFORMED),
    ],
)
def test_a_number_is_judged_by_its_form_and_by_what_the_operator_chose(well_formed: bool, policy: Policy, reason: str) -> None:
    event = shown(well_formed=well_formed)
    kept, reply = validate_vat_number.judge(event, policy)
    assert kept == event
    assert reply == VatNumberAnswer(vat_number=SubjectRef("s1"), accepted=not reason, reason=reason, evse=EvseNumber(2))


def test_the_station_asks_and_has_its_terminal_told() -> None:
    assert list(validate_vat_number.ask(shown())) == [shown()]
    answered = VatNumberAnswered(station=CS, at=NOON, vat_number=SubjectRef("s1"), accepted=True)
    assert list(validate_vat_number.hear(answered)) == [answered]
    assert not USE_CASE.doors
