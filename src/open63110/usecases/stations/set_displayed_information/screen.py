# SPDX-License-Identifier: Apache-2.0
"""At the station: which texts are to be seen at an EVSE at a moment, and in which language (8.3.8)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from open63110.kernel.ids import EvseNumber, SubjectRef
from open63110.model.display import DisplayMessage, MessageContent, MessageFormat, MessagePriority, MessageState
from open63110.model.language import best
from open63110.model.station import Evse, Station
from open63110.model.transfer import EnergyTransfer

_SUSPENDED = frozenset({"suspended-ev", "suspended-evse"})


def shown(
    messages: Iterable[DisplayMessage], station: Station, evse: EvseNumber, now: datetime, languages: Sequence[str] = ()
) -> tuple[MessageContent, ...]:
    """Return what is to be seen at an EVSE, in the order in which it goes round.

    Args:
        messages: all that the station holds, oldest first.
        station: as it is.
        evse: 1, 2 …
        now: by the station's clock.
        languages: of the display, the usual one first, where the user's is not known.
    """
    states = states_at(station, evse)
    seen = [one for one in messages if _visible(one, station, evse, states, now)]
    front = [one for one in seen if one.rank is MessagePriority.ALWAYS_FRONT]
    before = [one for one in seen if one.rank is MessagePriority.IN_FRONT]
    wanted = (*wishes(station, evse), *languages)
    chosen = front or before or seen
    return tuple(content for group in _alike(chosen) for content in _in_language(group, wanted))


def states_at(station: Station, evse: EvseNumber) -> frozenset[MessageState]:
    """Return what an EVSE does, in the words of messages."""
    noun = station.evses.get(evse)
    reported = {station.state, noun.state if noun else None, *_plugs(noun)}
    for word in (MessageState.FAULTED, MessageState.UNAVAILABLE):
        if word.value in reported:
            return frozenset({word})
    transfer = running(station, evse)
    if transfer is None:
        return frozenset({MessageState.IDLE})
    if transfer.state == "discharging":
        return frozenset({MessageState.DISCHARGING})
    if transfer.state in _SUSPENDED:
        return frozenset({MessageState.SUSPENDED, MessageState.CHARGING})
    return frozenset({MessageState.CHARGING})


def running(station: Station, evse: EvseNumber) -> EnergyTransfer | None:
    """Return the energy transfer that goes on at an EVSE, None if none does."""
    here = (one for one in station.transfers.values() if one.evse == evse and one.ended is None and one.began is not None)
    return next(here, None)


def wishes(station: Station, evse: EvseNumber) -> tuple[str, ...]:
    """Return in which language whoever stands at an EVSE reads; nothing: nobody knows."""
    noun, transfer = station.evses.get(evse), running(station, evse)
    subject: SubjectRef | None = transfer.subject if transfer else noun.grant.subject if noun and noun.grant else None
    language = station.local.languages.get(subject, "") if subject else ""
    return (language,) if language else ()


def _plugs(evse: Evse | None) -> Iterator[str]:
    return (one.state for one in evse.connectors.values()) if evse else iter(())


def _visible(one: DisplayMessage, station: Station, evse: EvseNumber, states: frozenset[MessageState], now: datetime) -> bool:
    transfer = running(station, evse) if one.transfer else None
    return (
        (one.start is None or one.start <= now)
        and not one.over(now)
        and one.evse in {0, evse}
        and (one.state is None or one.state in states)
        and (not one.transfer or (transfer is not None and transfer.reference == one.transfer))
    )


def _alike(messages: Sequence[DisplayMessage]) -> list[list[DisplayMessage]]:
    """Put together what differs in language only."""
    found: list[list[DisplayMessage]] = []
    for one in messages:
        group = next((group for group in found if group[0].alike(one)), None)
        if group is None:
            found.append([one])
        else:
            group.append(one)
    return found


def _in_language(group: Sequence[DisplayMessage], wanted: Sequence[str]) -> Iterator[MessageContent]:
    """Yield what one user is shown of messages that differ in language only: texts before QR codes."""
    for codes in (False, True):
        there = [one.language for message in group for one in _of_kind(message, codes=codes) if one.language]
        fits = best(wanted, there)
        for message in group:
            yield from _chosen(_of_kind(message, codes=codes), fits, there)


def _of_kind(message: DisplayMessage, *, codes: bool) -> list[MessageContent]:
    return [one for one in message.contents if (one.format is MessageFormat.QR_CODE) is codes]


def _chosen(contents: Sequence[MessageContent], fits: str | None, there: Sequence[str]) -> list[MessageContent]:
    """Return what is in the language that fits, else what is in none, else what is in the first there is."""
    everybodys = [one for one in contents if not one.language]
    language = fits or (there[0] if there and not everybodys else None)
    mine = [one for one in contents if language and one.language.lower() == language.lower()]
    return mine or everybodys
