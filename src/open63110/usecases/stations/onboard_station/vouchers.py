# SPDX-License-Identifier: Apache-2.0
"""Whom the operator lets in without having registered him: by voucher, or by a list of identities and serial numbers."""

from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from open63110.kernel.errors import Malformed, Refused, Unknown
from open63110.kernel.messages import Effect
from open63110.model.policy import Policy
from open63110.model.station import StationBooted
from open63110.model.voucher import Voucher, VoucherChanged
from open63110.ports import Rows, Where
from open63110.usecases.stations.onboard_station.messages import PutVoucher, StationRegistered, WithdrawVoucher

LONGEST = 100
"""Characters of an id and of a serial number."""


def put(command: PutVoucher, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Expect a machine.

    Raises:
        Malformed: it names none, or its time is over.
        Refused: it has let a station in already.
    """
    voucher = command.voucher()
    if not 0 < len(voucher.id) <= LONGEST or not 0 < len(voucher.serial) <= LONGEST:
        raise Malformed("a voucher has an id and the serial number of a machine", code="NoSerial", where="serial")
    if voucher.until is not None and voucher.until <= now:
        raise Malformed("it would be over already", code="InvalidValue", where="until")
    known = rows.get(Voucher, voucher.id)
    if known is not None and known.used_by:
        raise Refused(f"it has let {known.used_by} in", code="Used", where="id")
    yield VoucherChanged(station=command.station, at=now, voucher=voucher)


def withdraw(command: WithdrawVoucher, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Take it back; a station that it has let in stays.

    Raises:
        Unknown: there is none of this id.
    """
    if rows.get(Voucher, command.id) is None:
        raise Unknown(f"there is no voucher {command.id}", code="UnknownVoucher", where="id")
    yield VoucherChanged(station=command.station, at=now, voucher=None, id=command.id)


def expected(event: StationBooted, rows: Rows, policy: Policy, now: datetime) -> Iterator[Effect]:
    """Register a stranger that the operator expects; yield nothing for any other."""
    found = _voucher(event, rows, now)
    if found is not None:
        yield VoucherChanged(station=event.station, at=now, voucher=replace(found, used_by=event.station, used=now))
        yield StationRegistered(station=event.station, at=now, note=found.note, serial=event.identity.serial)
    elif listed(event, policy):
        yield StationRegistered(station=event.station, at=now, serial=event.identity.serial)


def _voucher(event: StationBooted, rows: Rows, now: datetime) -> Voucher | None:
    serial = event.identity.serial.strip()
    found = rows.load(Voucher, Where("serial", "=", serial)) if serial else ()
    return next((one for one in found if one.lets_in(event.station, event.identity, now)), None)


def listed(event: StationBooted, policy: Policy) -> bool:
    """Tell whether identity or serial number of a machine stand on the operator's list."""
    names = {event.station.casefold(), event.identity.serial.strip().casefold()} - {""}
    return any(_covers(pattern.casefold(), name) for pattern in policy.admit for name in names)


def _covers(pattern: str, name: str) -> bool:
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern
