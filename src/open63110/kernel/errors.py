# SPDX-License-Identifier: Apache-2.0
"""One tree of errors; every door owns a total table from here to its own codes.

Trouble
├── Refused          it was understood and will not be done
│   ├── NotAuthorized    the principal may not ask this
│   ├── NotSupported     the party cannot do this at all
│   └── Expired          its deadline has passed
├── Unknown          the thing named does not exist
├── Malformed        it could not be understood
└── Unavailable      a retry may help
"""

from typing import Self


class Trouble(Exception):
    """Anything a party is told about instead of an answer."""

    code = "Trouble"

    def __init__(self, message: str, *, code: str | None = None, where: str = "", remedy: str = "") -> None:
        """Say what was wrong, where, and what to do about it.

        Args:
            message: one sentence for a person; no secrets.
            code: stable name for programs; the class's own when None.
            where: path of the field or object at fault.
            remedy: what the asker can do.
        """
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.where = where
        self.remedy = remedy

    def alone(self) -> Self:
        """Return it without the frames it came through: whoever keeps it would keep them too, and all that they hold."""
        self.__context__ = self.__cause__ = None
        return self.with_traceback(None)


class Refused(Trouble):
    """It was understood and will not be done."""

    code = "Refused"


class NotAuthorized(Refused):
    """The principal may not ask this."""

    code = "NotAuthorized"


class NotSupported(Refused):
    """The party cannot do this at all."""

    code = "NotSupported"


class Expired(Refused):
    """Its deadline has passed."""

    code = "Expired"


class Unknown(Trouble):
    """The thing named does not exist."""

    code = "Unknown"


class Malformed(Trouble):
    """It could not be understood."""

    code = "Malformed"


class Unavailable(Trouble):
    """A retry may help."""

    code = "Unavailable"
