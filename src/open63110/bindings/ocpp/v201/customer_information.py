# SPDX-License-Identifier: Apache-2.0
"""CustomerInformation (2.0.1): what does a station keep of a customer? It says so, deletes it, or both (8.3.12)."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v201 as types
from open63110.bindings.ocpp.translation import Door, Translation, given
from open63110.bindings.ocpp.v201.id_token import id_token, subject
from open63110.bindings.ocpp.v201.status_info import because, judged
from open63110.bindings.ocpp.v201.words import WORDS, Words
from open63110.kernel.errors import Malformed, Trouble, Unknown
from open63110.kernel.ids import SubjectRef
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.deletion import CERTIFICATE, CUSTOMER
from open63110.model.token import Credential
from open63110.runtime.orders import Verdict
from open63110.usecases.stations.delete_information import AskCustomerInformation

LONGEST = 64
"""Characters of an identifier of a customer."""


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read who is meant, and what is wanted.

    Raises:
        Malformed: nobody is named.
    """
    ref = _named(request, door)
    return (
        AskCustomerInformation(
            station=door.station, subject=ref, report=request.report, clear=request.clear, request=request.request_id
        ),
    )


def _named(request: Any, door: Door) -> SubjectRef:
    """Return whom a request names; where it does so more than once, the first that says most."""
    token, certificate = subject(request.id_token, door), given(request.customer_certificate)
    if token is not None:
        return token
    if certificate is not None:
        parts = (
            certificate.hash_algorithm,
            certificate.issuer_name_hash,
            certificate.issuer_key_hash,
            certificate.serial_number,
        )
        return door.subjects.ref(Credential(kind=CERTIFICATE, value=":".join(map(str, parts))))
    identifier = given(request.customer_identifier)
    if not identifier:
        raise Malformed("no customer is named", code="NoCustomer", where="customerIdentifier")
    return door.subjects.ref(Credential(kind=CUSTOMER, value=identifier))


def answer(_: Sequence[Reply], __: Door) -> types.CustomerInformationResponse:
    """Say that it is done, and that what is wanted follows."""
    return types.CustomerInformationResponse(status="Accepted")


def refuse(trouble: Trouble, _: Door) -> types.CustomerInformationResponse:
    """Say why not: what could not be meant is invalid."""
    status: Any = "Invalid" if isinstance(trouble, Malformed) else "Rejected"
    return types.CustomerInformationResponse(status=status, status_info=because(trouble.code))


def to_wire(command: AskCustomerInformation, door: Door, words: Words = WORDS) -> types.CustomerInformationRequest:
    """Ask, or order.

    Raises:
        Unknown: what the reference stood for was deleted.
        NotSupported: 2.0.1 cannot name such a credential.
    """
    who = door.subjects.credential(command.subject)
    if who is None:
        raise Unknown("the credential was erased", code="ErasedCredential", where="subject")
    certificate: Any = UNSET
    identifier: Any = UNSET
    token: Any = UNSET
    if who.kind == CERTIFICATE:
        certificate = _certificate(who.value)
    elif who.kind == CUSTOMER:
        identifier = who.value[:LONGEST]
    else:
        token = id_token(command.subject, door, words)
    return types.CustomerInformationRequest(
        request_id=command.request,
        report=command.report,
        clear=command.clear,
        customer_certificate=certificate,
        customer_identifier=identifier,
        id_token=token,
    )


def _certificate(value: str) -> Any:
    algorithm, name, key, serial = value.split(":")
    kind: Any = algorithm
    return types.CertificateHashDataType(hash_algorithm=kind, issuer_name_hash=name, issuer_key_hash=key, serial_number=serial)


def heard(response: Any, _: AskCustomerInformation, __: Door) -> Verdict:
    """Understand whether it does as was asked; what it reports comes by itself."""
    return judged(response)


CUSTOMER_INFORMATION = Translation(
    action="CustomerInformation",
    sender=Role.CSMS,
    carries=(AskCustomerInformation,),
    from_wire=from_wire,
    answer=answer,
    refuse=refuse,
    to_wire=to_wire,
    heard=heard,
)
