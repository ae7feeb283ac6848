# SPDX-License-Identifier: Apache-2.0
"""What many stations are told at once: which they are, and what became of it."""

from typing import Annotated, Any

from cyclopts import Parameter

from open63110.cli.say import DONE, say, tell

Conditions = Annotated[list[str] | None, Parameter(negative=())]


def which_of(stations: list[str] | None, vendor: str, model: str, site: str, zone: str) -> dict[str, Any]:
    """Return which stations are meant, as REST reads it."""
    return {"stations": stations or [], "vendor": vendor, "model": model, "site": site, "zone": zone}


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
