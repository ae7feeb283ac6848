# SPDX-License-Identifier: Apache-2.0
"""What the display of a station shows now, worked out whenever somebody looks: a panel that is drawn, or a test (8.3.8)."""

from open63110.kernel.ids import EvseNumber, StationId
from open63110.model.display import MessageContent, StationMessage
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
    rows = engine.known.under_way.load(StationMessage, (Where("station", "=", station),), {})
    held = [one.message for one in sorted(rows, key=lambda one: (one.at, one.number))]
    policy = engine.policy
    languages = policy.screen.languages if isinstance(policy, StationPolicy) else Screen().languages
    return {evse: shown(held, noun, evse, now, languages) for evse in noun.evses}
