# SPDX-License-Identifier: Apache-2.0
"""Clause 7.2.2, messages of vendors: those that the operator has admitted are known at both ends, all are kept."""

from datetime import UTC, datetime

import pytest

from open63110.kernel.errors import Malformed, Refused, Unavailable
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Reply
from open63110.kernel.roles import Role
from open63110.model.policy import Policy
from open63110.model.station import Registration, Station
from open63110.usecases.stations.exchange_vendor_messages import (
    USE_CASE,
    SendVendorMessage,
    VendorAnswer,
    VendorMessageReceived,
    ask,
    hear,
    known,
    obey,
)

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CS = StationId("CS-1")
THERE = Station(id=CS, registration=Registration.ACCEPTED, connected=NOW)
POLICY = Policy(vendors={"com.Example": ("Ping", "Pong"), "org.any": ()})
CASES = [
    ("com.example", "ping", "Accepted"),
    ("com.example", "", "UnknownMessageId"),
    ("com.example", "pang", "UnknownMessageId"),
    ("org.any", "whatever", "Accepted"),
    ("org.any", "", "Accepted"),
    ("net.nobody", "ping", "UnknownVendorId"),
]


def wish(vendor: str = "org.any", message: str = "", data: str = "") -> SendVendorMessage:
    return SendVendorMessage(station=CS, vendor=vendor, message=message, data=data)


@pytest.mark.parametrize(("vendor", "message", "status"), CASES)
def test_what_is_known_is_what_the_settings_say(vendor: str, message: str, status: str) -> None:
    assert known(POLICY.vendors, vendor, message) == status
    heard = VendorMessageReceived(station=CS, at=NOW, vendor=vendor, message=message, data="1")
    fact, answer = hear(heard, POLICY)
    assert (fact.status, fact.data) == (status, "1")  # type: ignore[union-attr] # the fact
    assert answer == VendorAnswer(status=status)
    if status == "Accepted":
        assert list(ask(wish(vendor, message), THERE, POLICY)) == [wish(vendor, message)]
        assert [one for one in obey(wish(vendor, message), POLICY, NOW) if isinstance(one, Reply)] == [VendorAnswer()]
        return
    for refused in (ask(wish(vendor, message), THERE, POLICY), obey(wish(vendor, message), POLICY, NOW)):
        with pytest.raises(Refused) as caught:
            list(refused)
        assert caught.value.code == status


def test_nobody_is_known_by_default() -> None:
    assert known(Policy().vendors, "org.any", "") == "UnknownVendorId"


@pytest.mark.parametrize("wrong", [{"data": "{"}, {"data": "[" * 100_000}, {"message": "x" * 51}])
def test_what_no_wire_can_carry_is_malformed(wrong: dict[str, str]) -> None:
    with pytest.raises(Malformed):
        list(ask(wish(**wrong), THERE, POLICY))


def test_who_is_away_is_not_told() -> None:
    with pytest.raises(Unavailable):
        list(ask(wish(), Station(id=CS), POLICY))


def test_the_operator_asks() -> None:
    (door,) = USE_CASE.doors
    assert (door.verb, door.roles) == ("send-vendor-message", frozenset({Role.OPERATOR}))
