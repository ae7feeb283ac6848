# SPDX-License-Identifier: Apache-2.0
"""Any message about charging profiles of a station that OCPP 2.x can carry."""

from typing import Any, get_args

from hypothesis import strategies as st
from tests.conformance.v201.golden import CS

from open63110.kernel.messages import Message
from open63110.model.external import ExternalSource
from open63110.usecases.energy.smart_charging import AskProfiles, ClearProfile, ClearProfiles

purposes = st.sampled_from(("", "ChargingStationMaxProfile", "TxDefaultProfile", "TxProfile"))

PROFILES: dict[type[Message], st.SearchStrategy[Any]] = {
    AskProfiles: st.builds(
        AskProfiles,
        station=st.just(CS),
        request=st.integers(0, 2**31),
        evse=st.none() | st.integers(0, 999),
        purpose=purposes,
        level=st.none() | st.integers(0, 99),
        profiles=st.lists(st.integers(1, 2**31), max_size=3).map(tuple),
        sources=st.lists(st.sampled_from(get_args(ExternalSource)), max_size=3, unique=True).map(tuple),
    ),
    ClearProfiles: st.builds(
        ClearProfiles,
        station=st.just(CS),
        evse=st.none() | st.integers(0, 999),
        purpose=purposes,
        level=st.none() | st.integers(0, 99),
    ).filter(lambda one: one.evse is None or one.level is not None),
    ClearProfile: st.builds(ClearProfile, station=st.just(CS), profile=st.integers(-(2**31), 2**31).filter(bool)),
}
