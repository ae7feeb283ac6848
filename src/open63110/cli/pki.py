# SPDX-License-Identifier: Apache-2.0
"""`open63110 pki`: a small authority of one's own, and the certificates it gives to stations and systems."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter, validators

from open63110.cli.say import AsJson, say, table, tell
from open63110.kernel.roles import PEOPLE, Role

if TYPE_CHECKING:
    RoleName = str
    ReasonName = Literal["unspecified", "key-compromise", "affiliation-changed", "superseded", "cessation-of-operation"]
else:
    RoleName = Literal[tuple(str(role) for role in Role if role not in PEOPLE)]
    ReasonName = Literal["unspecified", "key-compromise", "affiliation-changed", "superseded", "cessation-of-operation"]

Several = Parameter(negative=())
Days = Annotated[int, Parameter(validator=validators.Number(gte=1, lte=36_525))]
USUAL = Path("pki")

app = App(
    name="pki",
    help_format="plaintext",
    help_epilogue="For example: open63110 pki init; open63110 pki issue CS1 --role station; "
    "open63110 pki issue csms --role csms --server-name localhost",
)


@app.command
def init(
    *,
    folder: Path = USUAL,
    name: str = "open63110 authority",
    permit: Annotated[list[str] | None, Several] = None,
    json: AsJson = False,
) -> None:
    """Make an authority: a root with a P-256 key that holds for ten years.

    It may name servers of closed networks only: localhost, *.local, *.internal, *.home.arpa and private addresses.

    Args:
        folder: The folder to make; its key must stay there.
        name: Of the authority, for people.
        permit: A domain, address or network it may name as well; repeatable.
        json: Print the result as JSON.
    """
    from open63110.apps.clock import SystemClock
    from open63110.pki.folder import Folder

    place = Folder(folder)
    made = place.make(name, permit or [], SystemClock().now())
    ends = made.not_valid_after_utc
    if json:
        tell({"authority": str(place.root_path), "revocations": str(place.revoked_path), "ends": f"{ends:%Y-%m-%dT%H:%M:%SZ}"})
        return
    say(f"authority    {place.root_path}, until {ends:%Y-%m-%d}")
    say(f"revocations  {place.revoked_path}")


@app.command
def issue(
    identity: str,
    *,
    role: RoleName,
    days: Days = 365,
    csr: Path | None = None,
    server_name: Annotated[list[str] | None, Several] = None,
    address: Annotated[list[str] | None, Several] = None,
    folder: Path = USUAL,
    to: Path | None = None,
    json: AsJson = False,
) -> None:
    """Give a station or system a certificate, and a key unless it has made its own.

    Args:
        identity: Who it is, as its peers will know it; of a station its id.
        role: What it is.
        days: How long the certificate holds.
        csr: PEM file with the request of a party that has made its own key.
        server_name: DNS name under which others connect to it; repeatable.
        address: IP address under which others connect to it; repeatable.
        folder: Where the authority is.
        to: Folder for the files; without it one under parties/ in the authority's.
        json: Print the result as JSON.
    """
    from open63110.apps.clock import SystemClock
    from open63110.pki.authority import Wish
    from open63110.pki.folder import Folder
    from open63110.pki.identity import party

    wish = Wish(
        party=party(identity, Role(role)),
        server_names=tuple(server_name or ()),
        addresses=tuple(address or ()),
        life=timedelta(days=days),
    )
    given = Folder(folder).issue(wish, SystemClock().now(), request=csr.read_bytes() if csr else None, to=to)
    if json:
        tell(_told(given))
        return
    say(f"certificate  {given.certificate}, until {given.ends:%Y-%m-%d}")
    if given.key:
        say(f"key          {given.key}")
    say(f"authority    {given.authority}")
    say(f"serial       {given.serial}")


@app.command(name="list")
def issued(*, folder: Path = USUAL, json: AsJson = False) -> None:
    """Show every certificate the authority has signed, oldest first.

    Args:
        folder: Where the authority is.
        json: Print them as JSON.
    """
    from open63110.pki.folder import Folder

    found = Folder(folder).issued()
    if json:
        tell([_told(one) for one in found])
        return
    rows = [
        [one.serial, one.identity, one.role, f"{one.ends:%Y-%m-%d}", f"{one.revoked:%Y-%m-%d}" if one.revoked else ""]
        for one in found
    ]
    table("", ["serial", "identity", "role", "ends", "revoked"], rows)


@app.command
def revoke(serial: str, *, reason: ReasonName = "unspecified", folder: Path = USUAL, json: AsJson = False) -> None:
    """Take a certificate back: write it into the authority's list of revocations.

    Args:
        serial: As `open63110 pki list` shows it, whole or a beginning that only one has.
        reason: Why.
        folder: Where the authority is.
        json: Print the result as JSON.
    """
    from open63110.apps.clock import SystemClock
    from open63110.pki.folder import Folder

    place = Folder(folder)
    done = place.revoke(serial, reason, SystemClock().now())
    if json:
        tell(_told(done) | {"revocations": str(place.revoked_path)})
    else:
        say(f"revoked {done.identity} ({done.role}), {done.serial}; {place.revoked_path} says so")


def _told(struct: Any) -> dict[str, Any]:
    import msgspec

    told: dict[str, Any] = msgspec.to_builtins(struct, enc_hook=str)
    return told
