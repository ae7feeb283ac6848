# SPDX-License-Identifier: Apache-2.0
"""Authorize at the station's end: what it hears of a credential, and of a certificate that came with it."""

from typing import Any

import pytest
from msgspec import UNSET
from tests.conformance.v201.golden import CS, NOW, door

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.v201.authorize import heard
from open63110.bindings.ocpp.v201.wire import WIRE
from open63110.kernel.ids import EvseNumber, SubjectRef, TransferReference
from open63110.usecases.services.authorize_locally import AuthorizeCredential, CredentialAnswered

ASKED = AuthorizeCredential(station=CS, subject=SubjectRef("eMAID:A1"), evse=EvseNumber(1), reference=TransferReference("tx1"))


@pytest.mark.parametrize(
    ("status", "certificate", "told"),
    [
        ("Accepted", UNSET, "Accepted"),
        ("Accepted", "Accepted", "Accepted"),
        ("Accepted", "CertificateRevoked", "Invalid"),
        ("Blocked", "CertChainError", "Blocked"),
    ],
)
def test_a_certificate_that_failed_makes_its_credential_invalid(status: Any, certificate: Any, told: str) -> None:
    info = types.IdTokenInfoType(status=status, group_id_token=types.IdTokenType(id_token="G1", type="Central"))
    verdict = heard(types.AuthorizeResponse(id_token_info=info, certificate_status=certificate), ASKED, door(WIRE))
    (said,) = verdict.messages
    assert isinstance(said, CredentialAnswered)
    assert (said.status, said.subject, said.evse, said.reference) == (told, "eMAID:A1", 1, "tx1")
    assert (said.group, said.at) == ("Central:G1", NOW)
