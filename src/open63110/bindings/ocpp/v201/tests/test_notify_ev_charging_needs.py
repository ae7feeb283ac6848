# SPDX-License-Identifier: Apache-2.0
"""An EV is promised a schedule only where there will be one (8.2.3)."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from tests.conformance.v201.golden import CS, NOW, door

from open63110.bindings.ocpp.translation import Wire
from open63110.bindings.ocpp.v21.wire import WIRE as V21
from open63110.bindings.ocpp.v201.wire import WIRE as V201
from open63110.kernel.errors import Malformed
from open63110.kernel.units import Watts
from open63110.model.limit import Limit, Limits
from open63110.model.needs import NeedsAnswer
from open63110.model.site import ZoneKey
from open63110.model.station import Station

ACTION = "NotifyEVChargingNeeds"
NOBODY = Station(id=CS)
ZONED = replace(NOBODY, zone=ZoneKey("site/zone"))
LIMITED = replace(NOBODY, limits=Limits(desired={"0": Limit(limit=Watts(5_000.0), since=NOW)}))


@pytest.mark.parametrize(
    ("wire", "nothing"), [(V201, ("Rejected", "NoPlanner")), (V21, ("NoChargingProfile", "NoPlanner"))], ids=["2.0.1", "2.1"]
)
def test_the_status_says_what_will_follow(wire: Wire, nothing: tuple[str, str]) -> None:
    def status(noun: Station, *replies: NeedsAnswer) -> Any:
        where = door(wire)
        where.noun = noun
        return wire.by_action[ACTION].answer(replies, where)

    assert status(NOBODY, NeedsAnswer(planned=True)).status == "Accepted"
    for noun in (ZONED, LIMITED):
        assert status(noun, NeedsAnswer(planned=True)).status == "Accepted"
        assert status(noun, NeedsAnswer()).status == "Processing"
    for said in (status(NOBODY, NeedsAnswer()), status(ZONED)):
        assert (said.status, said.status_info.reason_code) == nothing


@pytest.mark.parametrize("wire", [V201, V21], ids=["2.0.1", "2.1"])
@pytest.mark.parametrize("wrong", [{"energy_amount": -1}, {"ev_max_current": -5}])
def test_an_amount_below_nothing_is_refused(wire: Wire, wrong: dict[str, int]) -> None:
    types = wire.types[ACTION][0]
    said: dict[str, Any] = {"energyAmount": 1, "evMinCurrent": 6, "evMaxCurrent": 16, "evMaxVoltage": 230}
    names = {"energy_amount": "energyAmount", "ev_max_current": "evMaxCurrent"}
    said |= {names[key]: value for key, value in wrong.items()}
    request: Any = msgspec.convert(
        {"evseId": 1, "chargingNeeds": {"requestedEnergyTransfer": "AC_three_phase", "acChargingParameters": said}}, types
    )
    with pytest.raises(Malformed):
        wire.by_action[ACTION].from_wire(request, door(wire))
