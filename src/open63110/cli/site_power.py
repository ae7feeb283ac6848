# SPDX-License-Identifier: Apache-2.0
"""`open63110 site power` and `site watch`: what flows at a site against what may, who limits it, and why a car waits (8.2.3)."""

import time
from collections.abc import Iterator
from typing import Annotated, Any

from cyclopts import Parameter

from open63110.cli.link import seconds
from open63110.cli.rest import Csms, Key, Url, quoted
from open63110.cli.say import DONE, AsJson, say, table, tell

PHASES = 3
COUNTED = (("active", "charging"), ("waiting", "waiting"), ("dark", "not reached"), ("refused", "refused its limit"))
"""States of EVSEs with what they are called."""


def power(site: str, *, url: Url = None, key: Key = None, json: AsJson = False) -> int:
    """Show the power of a site as it is now: each node against its limit and who set it, and every car with what it is promised.

    Args:
        site: Its id.
        url: Where the CSMS is.
        key: API key.
        json: Print it as JSON.
    """
    csms = Csms(url, key)
    now, cars = csms.get(f"sites/{quoted(site)}/power"), csms.get(f"sites/{quoted(site)}/promises")
    if json:
        tell({**now, "promises": cars})
        return DONE
    say(line(now))
    say()
    table("", ["place", "power", "at most", "by", "L1", "L2", "L3"], [_node(one) for one in now["nodes"]])
    say()
    table("", ["EVSE", "state", "power", "at most", "limited by", "promised", "departs", "why"], [_car(one) for one in cars])
    return DONE


def watch(
    site: str,
    *,
    every: str = "2s",
    for_: Annotated[str, Parameter(name="--for")] = "",
    url: Url = None,
    key: Key = None,
    json: AsJson = False,
) -> int:
    """Show the power of a site as it changes, a line each time, until Ctrl-C or for --for.

    Args:
        site: Its id.
        every: How often to look: 500ms, 1s, 5min.
        for_: Stop after so long: 30s, 5min; without it, on Ctrl-C.
        url: Where the CSMS is.
        key: API key.
        json: Print each as a line of JSON.
    """
    for now in _changes(Csms(url, key), f"sites/{quoted(site)}/power", seconds(every), seconds(for_) if for_ else None):
        if json:
            tell(now)
        else:
            say(line(now))
    return DONE


def _changes(csms: Csms, path: str, every: float, limit: float | None) -> Iterator[dict[str, Any]]:
    """Ask again and again; what is as it was is not told again."""
    began, last = time.monotonic(), None
    while True:
        now = csms.get(path)
        if now["at"] != last:
            yield now
        last = now["at"]
        if limit is not None and time.monotonic() - began + every > limit:
            return
        time.sleep(every)


def line(now: dict[str, Any]) -> str:
    """Write the power of a site as one line."""
    whole = now["nodes"][0] if now["nodes"] else {}
    states = [one["state"] for one in now["evses"]]
    counts = (
        (states.count(state), word) for state, word in (("active", "charging"), ("waiting", "waiting"), ("dark", "not reached"))
    )
    said = (
        now["at"][11:19],
        f"{_kw(whole.get('load'))}{_of(whole)}",
        " ".join(filter(None, _phases(whole))),
        ", ".join(f"{count} {word}" for count, word in counts if count) or "no car",
        {"on": "on plan", "away": "no plan: the planner is away"}.get(now["planner"], ""),
    )
    return "  ".join(filter(None, said))


def _of(node: dict[str, Any]) -> str:
    limit, by = node.get("limit"), _by(node.get("winner") or {})
    return "" if limit is None else f" of {_kw(limit)}{f' by {by}' if by else ''}"


def _by(winner: dict[str, Any]) -> str:
    """Say who limits; empty: what is built there."""
    if not winner.get("actor") and not winner.get("constraint"):
        return ""
    return " ".join(filter(None, (winner["source"], winner["actor"])))


def _phases(node: dict[str, Any]) -> list[str]:
    loads, limits = node.get("load_amperes") or [], node.get("amperes") or []
    found = []
    for place in range(PHASES):
        load = f"{loads[place]:.0f}" if len(loads) > place else ""
        limit = f"/{limits[place]:.0f}" if len(limits) > place else ""
        found.append(f"{load or '–'}{limit} A" if load or limit else "")
    return found


def _node(one: dict[str, Any]) -> list[str]:
    return [one["id"].replace("zone:", "zone "), _kw(one["load"]), _kw(one["limit"]), _by(one["winner"]), *_phases(one)]


def _car(one: dict[str, Any]) -> list[str]:
    limited = " ".join(filter(None, (one["limited_by"], one["limited_by_who"] and f"({one['limited_by_who']})")))
    return [
        f"{one['station']}/{one['evse']}",
        one["state"],
        _kw(one["measured"]),
        _kw(one["setpoint"]),
        limited,
        _promise(one),
        (one["departure"] or "")[:16].replace("T", " "),
        one["why"],
    ]


def _promise(one: dict[str, Any]) -> str:
    if one["promised"] is None:
        return ""
    wanted = "" if one["wanted"] is None else f" of {one['wanted'] / 1000:.1f}"
    return f"{one['promised'] / 1000:.1f}{wanted} kWh, {100 * one['confidence']:.0f} % sure"


def _kw(watts: float | None) -> str:
    return "–" if watts is None else f"{watts / 1000:.1f} kW"
