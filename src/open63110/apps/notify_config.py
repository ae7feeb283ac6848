# SPDX-License-Identifier: Apache-2.0
"""Who is told of alarms, and how he is reached: by e-mail or by webhook."""

import base64
import binascii
from typing import Final, Literal
from urllib.parse import SplitResult, urlsplit

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
# secret = "whsec_..."                 signs what is posted
# severity = 3                         alarms up to this severity: 0 danger ... 9 debug
# stations = ["*"]                     of stations of these names
# sites = ["*"]                        about the power of these sites
# [notify.duty]
# kind = "email"
# server = "smtp.example.org"
# sender = "csms@example.org"
# to = ["duty@example.org"]
"""
"""What stands of it in the file that explains itself."""


ENCODED: Final = "whsec_"
"""With this a secret begins that is written in base64."""


class Notify(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table [notify.NAME]."""

    kind: Literal["email", "webhook"]
    severity: int = 3
    """Alarms up to this severity: 0 danger … 9 debug."""
    stations: tuple[str, ...] = ("*",)
    """Names of stations; * stands for anything."""
    sites: tuple[str, ...] | None = None
    """Ids of sites whose power he is told about; unsaid: all, or none where only some stations are named."""
    url: str = ""
    """Of a webhook: where alarms are posted."""
    secret: str = ""
    """… by which each post is signed (HMAC-SHA256): after ``whsec_`` in base64, else the characters themselves."""
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
        Malformed: it does not; says where, and shows nothing that is secret.
    """
    if policy.channels:
        raise Malformed("policy.channels is no setting; write tables [notify.NAME]", where="policy.channels")
    for name, one in notify.items():
        place = f"notify.{name}"
        if not 0 <= one.severity <= DEBUG:
            raise Malformed(f"{place}.severity is 0 to {DEBUG}", where=f"{place}.severity")
        if one.kind == "webhook":
            _check_webhook(one, place)
        else:
            _check_email(one, place)


def _check_webhook(one: Notify, place: str) -> None:
    if _address(one.url) is None:
        words = f"{place}.url is an address that begins with https:// or http://, without a user and blanks"
        raise Malformed(words, where=f"{place}.url")
    if not one.secret:
        raise Malformed(f"{place}.secret is needed: nobody could tell posts from others'", where=f"{place}.secret")
    try:
        signing_key(one.secret)
    except binascii.Error as fault:
        raise Malformed(f"{place}.secret goes on in base64 after {ENCODED}", where=f"{place}.secret") from fault


def _address(url: str) -> SplitResult | None:
    """Read where to post, None: nothing can be posted there. A user in an address would be no log-in, but stand in the logs."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        return None
    return parts if usable and url.isascii() and url.isprintable() and " " not in url else None


def _check_email(one: Notify, place: str) -> None:
    if not (one.server and one.sender and one.to):
        raise Malformed(f"{place} needs server, sender and to", where=place)
    if not 0 < one.port < 65_536:
        raise Malformed(f"{place}.port is 1 to 65535", where=f"{place}.port")
    for field, addresses in (("sender", (one.sender,)), ("to", one.to)):
        if not all("@" in address and address.isprintable() for address in addresses):
            raise Malformed(f"{place}.{field} is no address of e-mail", where=f"{place}.{field}")
    for field in ("user", "password"):
        if not getattr(one, field).isascii():
            raise Malformed(f"{place}.{field} has characters with which nobody can log in by SMTP", where=f"{place}.{field}")


def signing_key(secret: str) -> bytes:
    """Return by what posts are signed, as Standard Webhooks has it.

    Raises:
        binascii.Error: what should be base64 is not.
    """
    if secret.startswith(ENCODED):
        return base64.b64decode(secret.removeprefix(ENCODED), validate=True)
    return secret.encode()


def channels_of(notify: dict[str, Notify]) -> tuple[Channel, ...]:
    """Return what decisions know of them."""
    return tuple(
        Channel(name=name, severity=one.severity, stations=one.stations, sites=sites_of(one))
        for name, one in sorted(notify.items())
    )


def sites_of(one: Notify) -> tuple[str, ...]:
    """Return of which sites he is told: of those he names; of all, if he is told of all stations; else of none."""
    if one.sites is not None:
        return one.sites
    return ("*",) if "*" in one.stations else ()
