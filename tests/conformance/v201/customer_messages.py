# SPDX-License-Identifier: Apache-2.0
"""What is said about customers, as samples for round trips (8.3.12)."""

from typing import Any

from hypothesis import strategies as st
from tests.conformance.v201.golden import CS, NOW

from open63110.kernel.messages import Message
from open63110.usecases.stations.delete_information import AskCustomerInformation, CustomerInformationReported

named = st.builds(
    "{}:{}".format, st.sampled_from(("Central", "ISO14443", "eMAID")), st.text("ABCdef019", min_size=1, max_size=20)
)

CUSTOMERS: dict[type[Message], st.SearchStrategy[Any]] = {
    AskCustomerInformation: st.builds(
        AskCustomerInformation,
        station=st.just(CS),
        subject=named | st.sampled_from(("CustomerIdentifier:C-1", "CertificateHash:SHA256:a1:b2:c3")),
        report=st.booleans(),
        clear=st.booleans(),
        request=st.integers(1, 2**31),
    ),
    CustomerInformationReported: st.builds(
        CustomerInformationReported,
        station=st.just(CS),
        at=st.just(NOW),
        request=st.integers(1, 2**31),
        page=st.integers(0, 200),
        more=st.booleans(),
        lines=st.lists(st.text(st.characters(codec="utf-8"), max_size=60), max_size=5).map(tuple),
    ),
}

LOST_OF_CUSTOMERS: dict[type[Message], set[str]] = {CustomerInformationReported: {"at", "lines", "text"}}
"""Lines come as text, which is held by reference."""
