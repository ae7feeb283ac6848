# SPDX-License-Identifier: Apache-2.0
"""What cannot be shown: at any display, over a station's wire, and at a display as it is (8.3.8)."""

from datetime import datetime
from typing import Final

from open63110.kernel.errors import Malformed, NotSupported, Unknown
from open63110.model.display import (
    LONGEST_TEXT,
    MOST_CONTENTS,
    PARTS,
    MessageContent,
    MessageFormat,
    MessageState,
)
from open63110.model.language import best, is_language
from open63110.model.policy import Screen
from open63110.model.station import Station
from open63110.usecases.stations.set_displayed_information.messages import SetMessage

MUTE: Final = frozenset({"ocpp1.6"})
"""Wires that have no words for displays."""

SEVERAL_CONTENTS: Final = "several-contents"
"""Among Station.lacks: a message is in one language, so one in several goes as several."""

QR_CODES: Final = "qr-codes"
"""Among Station.lacks: it cannot be told to draw them."""

MORE_STATES: Final = "more-states"
"""Among Station.lacks: suspended and discharging are no states of its messages."""

LONG_TEXTS: Final = "long-texts"
"""Among Station.lacks: a text has at most `SHORTER_TEXT` characters."""

SHORTER_TEXT: Final = 512

LATER_STATES: Final = frozenset({MessageState.SUSPENDED, MessageState.DISCHARGING})

CONTROLS: Final = frozenset("\n\t")
"""Characters that a text may hold although nobody sees them."""


def check(command: SetMessage, now: datetime) -> None:
    """Look at what nobody could show.

    Raises:
        Malformed: texts, languages or times will not do.
    """
    if not 0 < len(command.contents) <= MOST_CONTENTS:
        raise Malformed(f"a message has 1 to {MOST_CONTENTS} contents", code="InvalidValue", where="contents")
    for place, one in enumerate(command.contents):
        _check_content(one, f"contents[{place}]")
    said = [(one.language.lower(), one.format is MessageFormat.QR_CODE) for one in command.contents]
    if len(set(said)) < len(said):
        raise Malformed("a message has one text, and one QR code, in each language", code="InvalidValue", where="contents")
    if command.end is not None and command.end <= max(now, command.start or now):
        raise Malformed("it would end before it is ever shown", code="InvalidValue", where="end")


def _check_content(content: MessageContent, where: str) -> None:
    if content.language and not is_language(content.language):
        raise Malformed(f"{content.language[:20]!r} is no language as en or de-CH", code="BadLanguage", where=f"{where}.language")
    shown = content.text.strip()
    if not shown or len(content.text) > LONGEST_TEXT:
        raise Malformed(f"a text has 1 to {LONGEST_TEXT} characters", code="InvalidValue", where=f"{where}.text")
    if not all(one.isprintable() or one in CONTROLS for one in content.text):
        raise Malformed("a text holds no control characters", code="InvalidValue", where=f"{where}.text")
    if content.format is MessageFormat.ASCII and not content.text.isascii():
        raise Malformed("that is more than ASCII", code="InvalidValue", where=f"{where}.text", remedy="say format utf8")


def check_number(command: SetMessage) -> None:
    """At the CSMS: leave numbers for the parts of messages.

    Raises:
        Malformed: it is none that a whole message may have.
    """
    if not 0 <= command.number < PARTS:
        raise Malformed(f"a number lies between 1 and {PARTS - 1}", code="InvalidValue", where="number")


def demand_words(command: SetMessage, station: Station) -> None:
    """See to it that a station can be told over its last wire.

    Raises:
        NotSupported: it has no words for displays, or not for this.
    """
    demand_display(station)
    lacks = station.lacks
    if QR_CODES in lacks and any(one.format is MessageFormat.QR_CODE for one in command.contents):
        raise NotSupported(f"{station.wire} has no QR codes", code="NotSupportedMessageFormat", where="contents")
    if MORE_STATES in lacks and command.state in LATER_STATES:
        raise NotSupported(f"{station.wire} knows no state {command.state}", code="NotSupportedState", where="state")
    if LONG_TEXTS in lacks and any(len(one.text) > SHORTER_TEXT for one in command.contents):
        words = f"{station.wire} carries texts of at most {SHORTER_TEXT} characters"
        raise NotSupported(words, code="TooLong", where="contents")


def demand_display(station: Station) -> None:
    """See to it that displays can be spoken of at all.

    Raises:
        NotSupported: the wire of the last connection has no words for them.
    """
    if station.wire in MUTE:
        raise NotSupported(f"{station.wire} has no messages for displays", code="NoDisplay", remedy="a vendor's own DataTransfer")


def demand_ability(command: SetMessage, screen: Screen, station: Station) -> None:
    """At the station: see to it that its display can show this.

    Raises:
        NotSupported: there is no display, or none of that name; format, priority, state or language is none of its own.
        Unknown: no such energy transfer goes on, or there is no such EVSE.
    """
    if not screen.most:
        raise NotSupported("there is no display here", code="NoDisplay")
    if command.display not in {"", screen.name}:
        raise NotSupported(f"there is no display {command.display}", code="UnknownDisplay", where="display")
    if any(one.format not in screen.formats for one in command.contents):
        raise NotSupported("it cannot show such a format", code="NotSupportedMessageFormat", where="contents")
    if command.rank not in screen.priorities:
        raise NotSupported("it knows no such priority", code="NotSupportedPriority", where="rank")
    if command.state is not None and command.state not in screen.states:
        raise NotSupported("it knows no such state", code="NotSupportedState", where="state")
    if screen.languages and any(one.language and best((one.language,), screen.languages) is None for one in command.contents):
        raise NotSupported("it knows no such language", code="LanguageNotSupported", where="contents")
    if command.evse and command.evse not in station.evses:
        raise Unknown(f"{station.id} has no EVSE {command.evse}", code="UnknownEvse", where="evse")
    demand_transfer(command, station)


def demand_transfer(command: SetMessage, station: Station) -> None:
    """See to it that what is shown for an energy transfer has one.

    Raises:
        Unknown: no such transfer goes on.
    """
    transfer = station.transfers.get(command.transfer) if command.transfer else None
    if command.transfer and (transfer is None or transfer.ended is not None):
        raise Unknown(f"no transfer {command.transfer} goes on", code="UnknownTransaction", where="transfer")
