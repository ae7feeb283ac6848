# SPDX-License-Identifier: Apache-2.0
"""`open63110 link`: have a link of one's own to a CSMS, and watch over it what may be known."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter

from open63110.cli.say import DONE, AsJson, NotUnderstood, note, say, tell

if TYPE_CHECKING:
    from open63110.bindings.link.patterns.own_messages import Published

TopicName = Literal["power", "limit", "state", "session", "tariff"]
_UNITS = {"": 1.0, "ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0}

app = App(
    name="link",
    help_format="plaintext",
    help_epilogue="For example: open63110 link watch wss://csms.example:8890/link --topic power --at /mall/north --every 1s",
)


@app.command
def watch(
    to: str,
    *,
    topic: TopicName = "power",
    at: str = "/",
    every: str = "1s",
    max_age: str = "0",
    snapshot: bool = True,
    certificate: Path = Path("certificate.pem"),
    key: Path = Path("key.pem"),
    authorities: Path = Path("authority.pem"),
    server_name: str = "",
    for_: Annotated[str, Parameter(name="--for")] = "",
    json: AsJson = False,
) -> int:
    """Show values as they change, until Ctrl-C or for --for; what the certificate's role may not see is left out.

    Args:
        to: Where the CSMS takes links: wss://host:port/link.
        topic: What to watch: power, limit, state, session, tariff.
        at: Of this place and all below: / is everything, /mall a site, /mall/north a zone, /mall/north/CS1 a station.
        every: Least time between two values of one thing: 500ms, 1s, 5min.
        max_age: Tell a value again after this, though nothing changed; 0: never.
        snapshot: Begin with what is known already.
        certificate: Of whom watches: a PEM file, as `open63110 pki issue --role dso` makes it (also fo, csp, rm).
        key: Of that certificate.
        authorities: Who is believed about the CSMS: a PEM file.
        server_name: The name in the certificate of the CSMS, if it is not the one of the address.
        for_: Stop after so long: 30s, 5min; without it, on Ctrl-C.
        json: Print each value as a line of JSON.
    """
    import asyncio

    from open63110.apps.watching import Way, watch
    from open63110.bindings.link.patterns.subscriptions import Wish
    from open63110.bindings.link.patterns.topics import Topic
    from open63110.cli.until import until_told
    from open63110.kernel.address import parse

    way = Way(to=to, certificate=certificate, key=key, authorities=authorities, server_name=server_name)
    wish = Wish(
        address=parse(at), topic=Topic[topic.upper()], interval=seconds(every), max_age=seconds(max_age), snapshot=snapshot
    )
    limit = seconds(for_) if for_ else None

    async def work(stop: asyncio.Event) -> None:
        if limit is not None:
            asyncio.get_running_loop().call_later(limit, stop.set)
        await watch(way, wish, _as_json if json else _as_text, stop=stop, note=note)

    until_told(work)
    return DONE


def seconds(text: str) -> float:
    """Read a length of time [s].

    Raises:
        NotUnderstood: it is none.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|min|h|)", text.strip())
    if found is None:
        raise NotUnderstood(f"{text!r} is no length of time; write it as 500ms, 1s, 5min or 2h")
    return float(found[1]) * _UNITS[found[2]]


def _as_json(one: "Published") -> None:
    tell(
        {
            "address": str(one.address),
            "topic": one.topic.name.lower(),
            "at": f"{one.at:%Y-%m-%dT%H:%M:%S.%f}Z" if one.at is not None else None,
            "fields": one.fields,
            "snapshot": one.snapshot,
            "skipped": one.skipped,
        }
    )


def _as_text(one: "Published") -> None:
    if one.at is None:
        say(f"{'':8}  {one.address}  gone")
        return
    fields = "  ".join(f"{name} {_plain(value)}" for name, value in one.fields.items())
    skipped = f"  ({one.skipped} in between)" if one.skipped else ""
    say(f"{one.at:%H:%M:%S}  {one.address}  {fields}{skipped}")


def _plain(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.10g}" if isinstance(value, int | float) else str(value) or "–"
