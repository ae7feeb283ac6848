# SPDX-License-Identifier: Apache-2.0
"""Credentials as literals, for tests of use cases that ask the operator about them."""

from collections.abc import Sequence

from open63110.kernel.ids import SubjectRef
from open63110.model.token import Token


class Wallet:
    """What the operator knows of credentials."""

    def __init__(self, *tokens: Token, uses: int = 0) -> None:
        self.tokens, self.uses = {one.ref: one for one in tokens}, uses

    def token(self, ref: SubjectRef) -> Token | None:
        return self.tokens.get(ref)

    def in_use(self, ref: SubjectRef) -> int:
        return self.uses

    def erased(self, ref: SubjectRef) -> bool:
        """None was deleted."""
        return False

    def local_tokens(self) -> Sequence[Token]:
        return tuple(self.tokens.values())
