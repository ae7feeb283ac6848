# SPDX-License-Identifier: Apache-2.0
"""Who is told of alarms, and how he is reached: by e-mail or by webhook."""

from typing import Final, Literal

import msgspec

from open63110.kernel.errors import Malformed
from open63110.model.monitor import DEBUG
from open63110.model.notice import Channel
from open63110.model.policy import Policy

NOTIFY: Final = """
# Who is told of alarms is said in tables of their own, under any names; see docs/alarms.md.
# [notify.ops]
# kind = "webhook"
# url = "https://ops.example/alarms"
# secret = "..."                       signs what is posted
# severity = 3                         alarms up to this severity: 0 danger ... 9 debug
# stations = ["*"]                     of stations of these names
# [notify.duty]
# kind = "email"
# server = "smtp.example.org"
# sender = "csms@example.org"
# to = ["duty@example.org"]
"""
"""What stands of it in the file that explains itself."""


class Notify(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table [notify.NAME]."""

    kind: Literal["email", "webhook"]
    severity: int = 3
    """Alarms up to this severity: 0 danger … 9 debug."""
    stations: tuple[str, ...] = ("*",)
    """Names of stations; * stands for anything."""
    url: str = ""
    """Of a webhook: where alarms are posted."""
    secret: str = ""
    """… by which each post is signed (HMAC-SHA256)."""
    server: str = ""
    """Of e-mail: host of the SMTP server."""
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: str = ""
    sender: str = ""
    """From whom the e-mail is."""
    to: tuple[str, ...] = ()


def check_notify(notify: dict[str, Notify], policy: Policy) -> None:
    """See whether each says what it needs.

    Raises:
        Malformed: it does not; says where.
    """
    if policy.channels:
        raise Malformed("policy.channels is no setting; write tables [notify.NAME]", where="policy.channels")
    for name, one in notify.items():
        place = f"notify.{name}"
        if not 0 <= one.severity <= DEBUG:
            raise Malformed(f"{place}.severity is 0 to {DEBUG}", where=f"{place}.severity")
        if one.kind == "webhook":
            if not one.url.startswith(("https://", "http://")):
                raise Malformed(f"{place}.url is an address that begins with https://", where=f"{place}.url")
            if not one.secret:
                raise Malformed(f"{place}.secret is needed: nobody could tell posts from others'", where=f"{place}.secret")
        elif not (one.server and one.sender and one.to):
            raise Malformed(f"{place} needs server, sender and to", where=place)


def channels_of(notify: dict[str, Notify]) -> tuple[Channel, ...]:
    """Return what decisions know of them."""
    return tuple(Channel(name=name, severity=one.severity, stations=one.stations) for name, one in sorted(notify.items()))
