# SPDX-License-Identifier: Apache-2.0
"""Any message about ways of energy, payments and batteries that OCPP 2.1 can carry, for properties."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from tests.conformance.v21.grid_messages import moment
from tests.conformance.v201.golden import CS, NOW

from open63110.model.battery import SwappedBattery, SwapStep
from open63110.model.settlement import PaymentStatus
from open63110.model.v2g import EnergyMode
from open63110.usecases.energy.v2g_session import AllowTransfer
from open63110.usecases.services.announce_web_payment import AnnounceWebPayment
from open63110.usecases.services.settle_payments import PaymentReported
from open63110.usecases.services.swap_batteries import BatterySwapReported, RequestBatterySwap
from open63110.usecases.services.validate_vat_number import VatNumberPresented

COMPANY = 'vatCompany:{"name":"Acme","address1":"Road 1","city":"Bonn","country":"Germany"}'
who = st.sampled_from(("ISO14443:04AB", "Central:FLEET"))
percent = st.floats(0, 100)


def words(most: int, least: int = 0) -> st.SearchStrategy[str]:
    """Any text."""
    return st.text(st.characters(codec="utf-8"), min_size=least, max_size=most)


batteries = st.lists(
    st.builds(
        SwappedBattery,
        bay=st.integers(0, 999),
        serial=words(50),
        soc=percent,
        soh=percent,
        produced=st.none() | moment,
        info=words(500),
    ),
    min_size=1,
    max_size=3,
).map(tuple)
cents = st.integers(-(10**9), 10**9).map(lambda one: Decimal(one).scaleb(-2))

SERVICES: dict[Any, st.SearchStrategy[Any]] = {
    AllowTransfer: st.builds(
        AllowTransfer,
        station=st.just(CS),
        reference=words(36, 1),
        modes=st.lists(st.sampled_from(EnergyMode), min_size=1, max_size=4).map(tuple),
    ),
    AnnounceWebPayment: st.builds(
        AnnounceWebPayment, station=st.just(CS), evse=st.integers(0, 999), timeout=st.integers(1, 3600)
    ),
    RequestBatterySwap: st.builds(RequestBatterySwap, station=st.just(CS), subject=who, request=st.integers(0, 2**31)),
    BatterySwapReported: st.builds(
        BatterySwapReported,
        station=st.just(CS),
        at=st.just(NOW),
        request=st.integers(0, 2**31),
        step=st.sampled_from(SwapStep),
        subject=who,
        batteries=batteries,
    ),
    PaymentReported: st.builds(
        PaymentReported,
        station=st.just(CS),
        at=moment,
        psp_reference=words(255, 1),
        status=st.sampled_from(PaymentStatus),
        amount=cents,
        reference=words(36),
        info=words(500),
        receipt=words(50),
        receipt_url=words(200),
        company=st.none() | st.just(COMPANY),
        vat_number=st.none() | st.just("vatNumber:DE123456789"),
    ),
    VatNumberPresented: st.builds(
        VatNumberPresented,
        station=st.just(CS),
        at=st.just(NOW),
        vat_number=st.just("vatNumber:DE123456789"),
        well_formed=st.just(True),
        evse=st.integers(0, 999),
    ),
}
