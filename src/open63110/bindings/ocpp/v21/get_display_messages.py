# SPDX-License-Identifier: Apache-2.0
"""GetDisplayMessages (2.1): as in 2.0.1, and there are more states to ask for."""

from typing import Any

from msgspec.structs import replace

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.translation import Door
from open63110.bindings.ocpp.v21.display_message import STATES
from open63110.bindings.ocpp.v201 import get_display_messages as before
from open63110.usecases.stations.set_displayed_information import AskMessages


def to_wire(command: AskMessages, _: Door) -> Any:
    """Ask."""
    return types.GetDisplayMessagesRequest(**before.fields(command, STATES))


GET_DISPLAY_MESSAGES = replace(before.GET_DISPLAY_MESSAGES, to_wire=to_wire)
