# SPDX-License-Identifier: Apache-2.0
"""What a DSO is shown: what came of its orders, and the power of its groups."""

import sys
from collections.abc import Iterator
from typing import Annotated, Any

from cyclopts import Parameter

from open63110.cli.lists import cell
from open63110.cli.rest import Csms, Key, Url, quoted
from open63110.cli.say import DONE, AsJson, say, table, tell


def compliance(
    order: str,
    *,
    csv: Annotated[bool, Parameter(negative=())] = False,
    url: Url = None,
    key: Key = None,
    json: AsJson = False,
) -> int:
    """Show what came of an order: when which station confirmed, and what was measured before and after.

    Args:
        order: Its id.
        csv: As CSV, a line for each station.
        url: Where the CSMS is.
        key: API key.
        json: Print it as JSON.
    """
    csms, path = Csms(url, key), f"dso-orders/{quoted(order)}/compliance"
    if csv:
        for piece in csms.chunks(path, {"format": "csv"}):
            sys.stdout.buffer.write(piece)
        sys.stdout.flush()
        return DONE
    report = csms.get(path)
    if json:
        tell(report)
        return DONE
    for line in _summary(report):
        say(line)
    stations = [[one["station"], cell(one["t_effect"]), "missing" if one["missing"] else ""] for one in report["stations"]]
    table("", ["station", "confirmed", ""], stations)
    return DONE


def _summary(report: dict[str, Any]) -> Iterator[str]:
    limit = "import is not limited" if report["p_max_import"] is None else f"at most {_kw(report['p_max_import'])}"
    yield f"{report['order_id']}: {report['status']}, {report['state']}; {limit} at {' '.join(report['places'])}"
    yield f"  from {report['start']} to {report['end'] or 'when it is cancelled'}"
    yield f"  accepted {report['t_ack']}, in effect {report['t_effect'] or 'not yet'}"
    yield f"  measured before {_kw(report['p_before'])}, after {_kw(report['p_after'])}; reachable {_kw(report['reachable'])}"
    yield f"  {len(report['stations'])} stations, {len(report['missing'])} missing"


def load(group: str, *, url: Url = None, key: Key = None, json: AsJson = False) -> int:
    """Show the power of a group as it is now.

    Args:
        group: Its id.
        url: Where the CSMS is.
        key: API key.
        json: Print it as JSON.
    """
    found = Csms(url, key).get(f"dso-groups/{quoted(group)}/load")
    if json:
        tell(found)
        return DONE
    say(f"{found['group']}: {_kw(found['power'])} measured, at most {_kw(found['most'])} could be drawn")
    rows = [
        [one["place"], _kw(one["power"]), _kw(one["most"]), str(one["stations"]), str(one["missing"])] for one in found["places"]
    ]
    table("", ["place", "power", "most", "stations", "missing"], rows)
    return DONE


def groups(*, url: Url = None, key: Key = None, json: AsJson = False) -> int:
    """Show the groups of places that may be addressed.

    Args:
        url: Where the CSMS is.
        key: API key.
        json: Print them as JSON.
    """
    items = Csms(url, key).get("dso-groups", {"limit": 1000})["items"]
    if json:
        tell(items)
    else:
        table(
            "", ["id", "dso", "name", "places"], [[one["id"], one["dso"], one["name"], _places(one["places"])] for one in items]
        )
    return DONE


def forecasts(*, url: Url = None, key: Key = None, json: AsJson = False) -> int:
    """Show the capacity that was published, block by block.

    Args:
        url: Where the CSMS is.
        key: API key.
        json: Print it as JSON.
    """
    items = Csms(url, key).get("dso-forecasts", {"limit": 1000})["items"]
    if json:
        tell(items)
        return DONE
    rows = [
        [one["group"], one["horizon"], block["type"], block["start"], block["end"], _kw(block["capacity"])]
        for one in items
        for block in one["blocks"]
    ]
    table("", ["group", "horizon", "type", "start", "end", "capacity"], rows)
    return DONE


def _places(places: list[dict[str, Any]]) -> str:
    return " ".join(_place(one) for one in places)


def _place(place: dict[str, Any]) -> str:
    part = place["zone"] or (f"feeder:{place['feeder']}" if place["feeder"] else "")
    return f"/{place['site']}/{part}" if part else f"/{place['site']}"


def _kw(watts: float | None) -> str:
    return "unknown" if watts is None else f"{watts / 1000:.4g} kW"
