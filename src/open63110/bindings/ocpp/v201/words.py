# SPDX-License-Identifier: Apache-2.0
"""Which words a version of OCPP 2.x has; 2.1 has more of them, and gives its own where a translation is shared."""

from typing import Final, NamedTuple, get_args

from open63110.bindings.ocpp._generated import v201 as types
from open63110.model.token import Credential


class Words(NamedTuple):
    """What may be said on a wire, beyond what the structure of a message tells."""

    token_kinds: frozenset[str] | None
    """Kinds of credentials; None: any."""
    longest_token: int
    """Characters of a credential's value."""
    measurands: frozenset[str]

    def names(self, credential: Credential) -> bool:
        """Tell whether a credential can be named."""
        known = self.token_kinds is None or credential.kind in self.token_kinds
        return known and len(credential.value) <= self.longest_token


WORDS: Final = Words(frozenset(get_args(types.IdTokenEnumType)), 36, frozenset(get_args(types.MeasurandEnumType)))
