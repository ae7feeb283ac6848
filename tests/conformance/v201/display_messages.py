# SPDX-License-Identifier: Apache-2.0
"""Any message about texts on displays that OCPP 2.0.1 can carry, for properties."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st
from tests.conformance.v201.golden import CS, NOW

from open63110.model.display import (
    DisplayMessage,
    MessageContent,
    MessageFormat,
    MessagePriority,
    MessagesReported,
    MessageState,
)
from open63110.usecases.stations.set_displayed_information import AskMessages, ClearMessage, SetMessage

MOMENT = st.none() | st.datetimes(datetime(2001, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=36)
LANGUAGES = st.sampled_from(("", "en", "de-CH"))
EARLY_STATES = (MessageState.CHARGING, MessageState.FAULTED, MessageState.IDLE, MessageState.UNAVAILABLE)
EARLY_FORMATS = (MessageFormat.ASCII, MessageFormat.HTML, MessageFormat.URI, MessageFormat.UTF8)


def shown(contents: st.SearchStrategy[Any], states: tuple[MessageState, ...]) -> dict[str, st.SearchStrategy[Any]]:
    """The fields of a message, given its contents."""
    return {
        "number": st.integers(1, 999_999),
        "rank": st.sampled_from(MessagePriority),
        "state": st.none() | st.sampled_from(states),
        "start": MOMENT,
        "end": MOMENT,
        "transfer": st.just("") | WORDS,
        "evse": st.integers(0, 999),
        "display": st.sampled_from(("", "Roof")),
        "contents": contents,
    }


def content(formats: tuple[MessageFormat, ...], longest: int) -> st.SearchStrategy[MessageContent]:
    """Any content."""
    text = st.text(st.characters(codec="utf-8"), min_size=1, max_size=longest)
    return st.builds(MessageContent, format=st.sampled_from(formats), language=LANGUAGES, text=text)


def messages(fields: dict[str, st.SearchStrategy[Any]], states: tuple[MessageState, ...]) -> dict[Any, st.SearchStrategy[Any]]:
    """What is said about messages with such fields."""
    return {
        SetMessage: st.builds(SetMessage, station=st.just(CS), **fields),
        ClearMessage: st.builds(ClearMessage, station=st.just(CS), number=st.integers(1, 999_999)),
        AskMessages: st.builds(
            AskMessages,
            station=st.just(CS),
            numbers=st.lists(st.integers(1, 999_999), max_size=3).map(tuple),
            rank=st.none() | st.sampled_from(MessagePriority),
            state=st.none() | st.sampled_from(states),
            request=st.integers(0, 2**31),
        ),
        MessagesReported: st.builds(
            MessagesReported,
            station=st.just(CS),
            at=st.just(NOW),
            request=st.integers(0, 2**31),
            messages=st.lists(st.builds(DisplayMessage, **fields), max_size=3).map(tuple),
            more=st.booleans(),
        ),
    }


ONE = content(EARLY_FORMATS, 512).map(lambda one: (one,))
DISPLAYED = messages(shown(ONE, EARLY_STATES), EARLY_STATES)
SEVERAL = st.lists(content(tuple(MessageFormat), 1024), min_size=1, max_size=5).map(tuple)
DISPLAYED_LATER = messages(shown(SEVERAL, tuple(MessageState)), tuple(MessageState))
"""In 2.1."""
