# SPDX-License-Identifier: Apache-2.0
"""7.2.2: what no use case carries is kept, and what is odd about it is said."""

from datetime import UTC, datetime

import pytest

from open63110.kernel.ids import EvseNumber, StationId, TransferNumber, TransferReference
from open63110.kernel.roles import Role
from open63110.model.quarantine import MessageKept
from open63110.model.station import Evse, Station
from open63110.model.transfer import EnergyTransfer
from open63110.usecases.stations.keep_unplaced import USE_CASE, Kept, keep

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
CS = StationId("cs1")
TX = TransferReference("tx1")


def transfer(*, ended: bool = False) -> EnergyTransfer:
    return EnergyTransfer(
        station=CS, number=TransferNumber(1), reference=TX, evse=EvseNumber(1), began=NOW, ended=NOW if ended else None
    )


def station(*transfers: EnergyTransfer) -> Station:
    evses = {EvseNumber(1): Evse(number=EvseNumber(1))}
    return Station(id=CS, evses=evses, transfers={one.reference: one for one in transfers})


def message(evse: int = 0, request: int | None = None, reference: str = "") -> MessageKept:
    return MessageKept(
        station=CS,
        at=NOW,
        wire="ocpp2.0.1",
        action="NotifyReport",
        payload="{}",
        evse=evse,
        request=request,
        reference=TransferReference(reference),
    )


def test_the_csms_decides_it() -> None:
    assert USE_CASE.decide == {(Role.CSMS, MessageKept): keep}


def test_what_fits_the_picture_is_kept_as_it_came() -> None:
    said = message(evse=1, reference="tx1")
    assert list(keep(said, station(transfer()))) == [said, Kept(message=said, running=True)]


@pytest.mark.parametrize(
    ("said", "flags"),
    [
        (message(evse=2), ("unknown-evse",)),
        (message(reference="tx9"), ("unknown-transfer",)),
        (message(request=0), ("unasked",)),
        (message(evse=7, reference="tx9", request=4), ("unknown-evse", "unknown-transfer", "unasked")),
    ],
)
def test_what_does_not_fit_is_kept_and_flagged(said: MessageKept, flags: tuple[str, ...]) -> None:
    fact, reply = keep(said, station())
    assert isinstance(fact, MessageKept)
    assert fact.flags == flags
    assert fact.payload == said.payload
    assert reply == Kept(message=fact, running=False)


def test_an_evse_where_energy_flows_is_known_even_if_it_never_reported_a_connector() -> None:
    fact, reply = keep(message(evse=1), Station(id=CS, transfers={TX: transfer()}))
    assert isinstance(fact, MessageKept)
    assert fact.flags == ()
    assert reply == Kept(message=fact, running=True)


def test_a_transfer_that_has_ended_does_not_go_on() -> None:
    _, reply = keep(message(evse=1, reference="tx1"), station(transfer(ended=True)))
    assert isinstance(reply, Kept)
    assert not reply.running
    assert reply.message.flags == ()
