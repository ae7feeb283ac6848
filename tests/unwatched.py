# SPDX-License-Identifier: Apache-2.0
"""Hardware that has nothing monitors could watch, for tests of other things."""

from open63110.model.device import VariableAddress


class Unwatched:
    """To be inherited."""

    def values(self) -> dict[VariableAddress, float | str]:
        """Return nothing."""
        return {}
