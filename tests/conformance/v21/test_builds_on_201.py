# SPDX-License-Identifier: Apache-2.0
"""What decision 0003 rests on: 2.1 has every field of 2.0.1 under the same name, and demands no more of the sender."""

from typing import Any

import msgspec
import pytest
from msgspec import inspect

from open63110.bindings.ocpp._generated import v21, v201
from open63110.bindings.ocpp.v21.wire import WIRE
from open63110.bindings.ocpp.v201.wire import WIRE as OLDER
from open63110.model.needs import PriorityChanged
from open63110.usecases.energy.frequency_regulation import (
    AskDerControls,
    ClearDerControls,
    DerControlsReported,
    DerControlSwitched,
    GridAlarmReported,
    SendGridSignal,
    SetDerControl,
)
from open63110.usecases.energy.smart_charging import PrioritizeTransfer, PullLimit
from open63110.usecases.energy.v2g_session import AllowTransfer
from open63110.usecases.services.announce_web_payment import AnnounceWebPayment
from open63110.usecases.services.settle_payments import PaymentReported
from open63110.usecases.services.swap_batteries import BatterySwapReported, RequestBatterySwap
from open63110.usecases.services.tariff_at_station import AskStationTariffs, ClearStationTariffs, SetDefaultTariff
from open63110.usecases.services.tariff_of_transfer import ChangeTransferTariff
from open63110.usecases.services.validate_vat_number import VatNumberPresented
from open63110.usecases.stations.monitor_station.streams import AdjustStream, AskStreams, CloseStream, OpenStream, StreamSampled


def structs(module: Any) -> dict[str, inspect.StructType]:
    found = (getattr(module, name) for name in dir(module))
    own = (
        one for one in found if isinstance(one, type) and one.__module__ == module.__name__ and issubclass(one, msgspec.Struct)
    )
    return {one.__name__: info for one in own if isinstance(info := inspect.type_info(one), inspect.StructType)}


OLD, NEW = structs(v201), structs(v21)
EVENT_TYPE_IN_REPORTS = {"VariableMonitoringType": {"event_notification_type"}}
"""Mandatory in 2.1 only, which has a translation of its own for it."""


@pytest.mark.parametrize("name", sorted(OLD))
def test_every_field_is_still_there(name: str) -> None:
    old = {field.name: field.encode_name for field in OLD[name].fields}
    new = {field.name: field.encode_name for field in NEW[name].fields}
    assert old.items() <= new.items()


@pytest.mark.parametrize("name", sorted(OLD))
def test_no_field_is_demanded_that_was_not_there(name: str) -> None:
    optional = {field.name for field in OLD[name].fields if not field.required}
    known = {field.name for field in OLD[name].fields}
    demanded = {field.name for field in NEW[name].fields if field.required}
    assert demanded & optional == set()
    assert demanded - known == EVENT_TYPE_IN_REPORTS.get(name, set())


def test_nothing_translated_for_201_is_lost() -> None:
    assert OLDER.by_action.keys() <= WIRE.by_action.keys()
    assert OLDER.by_message.keys() <= WIRE.by_message.keys()
    streams = {OpenStream, CloseStream, AdjustStream, AskStreams, StreamSampled}
    grid = {AskDerControls, ClearDerControls, DerControlsReported, DerControlSwitched, GridAlarmReported, SendGridSignal}
    grid.add(SetDerControl)
    tariffs = {SetDefaultTariff, AskStationTariffs, ClearStationTariffs, ChangeTransferTariff}
    services = {AllowTransfer, AnnounceWebPayment, RequestBatterySwap, BatterySwapReported, PaymentReported, VatNumberPresented}
    energy = {PriorityChanged, PrioritizeTransfer, PullLimit}
    assert WIRE.by_message.keys() - OLDER.by_message.keys() == energy | streams | grid | tariffs | services
