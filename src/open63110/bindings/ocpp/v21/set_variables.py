# SPDX-License-Identifier: Apache-2.0
"""SetVariables (2.1): as in 2.0.1, with longer values."""

from typing import Any, Final

from msgspec.structs import replace

from open63110.bindings.ocpp.translation import Door
from open63110.bindings.ocpp.v201 import set_variables as before
from open63110.model.variables import SetVariables

LONGEST: Final = 2_500
"""Characters of a value."""


def parts(command: SetVariables, _: Door) -> Any:
    """Part it as the station takes it."""
    return before.parted(command, LONGEST)


SET_VARIABLES = replace(before.SET_VARIABLES, parts=parts)
