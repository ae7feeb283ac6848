# SPDX-License-Identifier: Apache-2.0
"""SetDisplayMessage (2.1): as in 2.0.1, and a message may be in several languages, hold QR codes, and say more states."""

from typing import Any, Final, get_args

from msgspec.structs import replace

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.translation import Door
from open63110.bindings.ocpp.v21 import display_message
from open63110.bindings.ocpp.v201 import set_display_message as before
from open63110.kernel.errors import Trouble
from open63110.usecases.stations.set_displayed_information import SetMessage

DROPPED = before.DROPPED

STATUSES: Final = frozenset(get_args(types.DisplayMessageStatusEnumType))


def refuse(trouble: Trouble, _: Door) -> Any:
    """Say why not."""
    return before.refusal(trouble, STATUSES)


def to_wire(command: SetMessage, _: Door) -> Any:
    """Have a text shown."""
    return types.SetDisplayMessageRequest(message=display_message.info(command.wanted(), command.part))


SET_DISPLAY_MESSAGE = replace(before.SET_DISPLAY_MESSAGE, lacks=(), refuse=refuse, to_wire=to_wire)
