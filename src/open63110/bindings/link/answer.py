# SPDX-License-Identifier: Apache-2.0
"""What a station answered to one order, as it is read by whoever says what that means to use cases."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from open63110.kernel.messages import Message, Reply

R = TypeVar("R", bound=Reply)


def find(answers: Sequence[Any], kind: type[R]) -> R | None:
    """Return the answer of a kind, None if there is none."""
    return next((one for one in answers if isinstance(one, kind)), None)


class Answer(NamedTuple):
    """An order and its answer."""

    order: Any
    """What was asked; a meaning knows of what kind it is."""
    yes: bool
    reason: str
    """Reason code; empty: a yes beyond which there is nothing to say."""
    said: Sequence[Any]
    """What the reply holds."""
    now: datetime
    """When it came."""

    def find(self, kind: type[R]) -> R | None:
        """Return what it says of a kind, None if it says nothing of that, or says no."""
        return find(self.said, kind) if self.yes else None

    @property
    def why(self) -> str:
        """Why not; empty: it is a yes."""
        return "" if self.yes else self.reason or "Refused"


Meaning = Callable[[Answer], Iterator[Message]]
"""What use cases hear of an answer, beyond the facts in it."""
