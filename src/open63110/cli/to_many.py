# SPDX-License-Identifier: Apache-2.0
"""What many stations are told at once: which they are, and what became of it."""

from dataclasses import asdict, dataclass
from typing import Annotated, Any, Final

from cyclopts import Parameter

from open63110.cli.say import DONE, say, tell


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Which stations are meant: those for which all is true that is said."""

    stations: Annotated[
        list[str] | None, Parameter(negative=(), help="Ids, or prefixes that end in an asterisk. Repeatable.")
    ] = None
    vendor: Annotated[str, Parameter(help="Of the stations.")] = ""
    model: Annotated[str, Parameter(help="Of the stations.")] = ""
    site: Annotated[str, Parameter(help="Where they stand.")] = ""
    zone: Annotated[str, Parameter(help="Of the site.")] = ""

    def said(self) -> dict[str, Any]:
        """Return it as REST reads it."""
        return {**asdict(self), "stations": self.stations or []}


NOBODY_SAID: Final = Chosen()


def told_of_many(spread: dict[str, Any], *, as_json: bool) -> int:
    """Say what became of it, station by station."""
    if as_json:
        tell(spread)
        return DONE
    say(f"{spread['stations']} stations")
    for order in spread["orders"]:
        say(f"  {order['station']}: {order['outcome']} {order['reason']}  (order {order['id']})")
    for station, why in spread["refused"].items():
        say(f"  {station}: refused, {why}")
    return DONE
