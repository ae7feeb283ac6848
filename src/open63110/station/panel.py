# SPDX-License-Identifier: Apache-2.0
"""What the display of a station shows now, worked out whenever somebody looks: a panel that is drawn, a test (8.3.8, 8.4.7)."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from open63110.kernel.ids import EvseNumber, StationId
from open63110.model.charging_tariff import StationTariff, TariffKind, in_force
from open63110.model.display import DisplayMessage, MessageContent, MessageState, StationMessage
from open63110.model.policy import Screen, StationPolicy
from open63110.ports import Where
from open63110.runtime.engine import Engine
from open63110.usecases.stations.set_displayed_information import shown

Shown = dict[EvseNumber, tuple[MessageContent, ...]]
"""By EVSE what is to be seen there, in the order in which it goes round."""


def shows(engine: Engine, station: StationId) -> Shown:
    """Return what is to be seen at each EVSE of a station; nothing while it has no power yet."""
    noun, now = engine.stations.get(station), engine.clock.now()
    if noun is None:
        return {}
    here = (Where("station", "=", station),)
    rows = engine.known.under_way.load(StationMessage, here, {})
    held = [one.message for one in sorted(rows, key=lambda one: (one.at, one.number))]
    tariffs = engine.known.under_way.load(StationTariff, here, {})
    policy = engine.policy
    screen = policy.screen if isinstance(policy, StationPolicy) else Screen()
    priced = tariffs if screen.most else []
    return {evse: shown([*held, *_prices(priced, evse, now)], noun, evse, now, screen.languages) for evse in noun.evses}


def _prices(tariffs: Sequence[StationTariff], evse: EvseNumber, now: datetime) -> Iterator[DisplayMessage]:
    """Yield what tariffs say at an EVSE: the default one while it is idle, that of a transfer while it lasts."""
    default = in_force(tariffs, evse, now)
    if default is not None and default.tariff is not None and default.tariff.texts:
        yield DisplayMessage(number=0, state=MessageState.IDLE, evse=evse, contents=default.tariff.texts)
    for one in tariffs:
        if one.kind is TariffKind.TRANSFER and one.tariff is not None and one.tariff.texts:
            yield DisplayMessage(number=0, transfer=one.transfer, contents=one.tariff.texts)
