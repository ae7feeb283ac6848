# SPDX-License-Identifier: Apache-2.0
"""What people send from the pages of displays and of fault codes."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response

from open63110.bindings.web import intake
from open63110.bindings.web.access import Caller
from open63110.bindings.web.commands import Patience
from open63110.bindings.web.parts import Parts
from open63110.bindings.web.to_many import ForMany, Spread, ToMany, Which, door_of
from open63110.kernel.errors import Malformed
from open63110.model.order import OPEN, Outcome
from open63110.usecases.stations.provision_fault_codes import ImportFaultCatalogue
from open63110.usecases.stations.set_displayed_information import ClearMessage, SetMessage

Form = dict[str, str]
Taker = Callable[[Request, Caller, Form], Awaitable[Response]]

AT_ONCE = Patience(wait=0.0)


class Told(Protocol):
    """Says what became of a form."""

    def __call__(self, request: Request, said: str, *, good: bool = True, **more: str) -> Response:
        """Say it in the place the page keeps for it."""


class DisplayForms:
    """Takes forms about displays and fault codes."""

    def __init__(self, parts: Parts, told: Told) -> None:
        """Ask as REST would."""
        self._parts, self._told = parts, told
        self._spread = ToMany(parts.node, parts.access, parts.commands)

    def takers(self) -> Mapping[str, Taker]:
        """Return where forms are sent to."""
        return {"/do/displays/set": self.set, "/do/displays/clear": self.clear, "/do/fault-codes/import": self.take_in}

    async def set(self, request: Request, caller: Caller, form: Form) -> Response:
        """Show a text at the stations that are named."""
        message = {name: form[name].strip() for name in ("rank", "state") if form.get(name, "").strip()}
        times = {name: _moment(form[name]) for name in ("start", "end") if form.get(name, "").strip()}
        said = ForMany(which=_which(form), message={**message, **times, "contents": _contents(form)})
        return self._told_of(request, "Set message", await self._spread.spread(caller, SetMessage, said))

    async def clear(self, request: Request, caller: Caller, form: Form) -> Response:
        """Show a text no more.

        Raises:
            Malformed: the number is none.
        """
        number = form.get("number", "")
        if not number.isdecimal():
            raise Malformed("a message has a number", where="number")
        said = ForMany(which=_which(form), message={"number": int(number)})
        return self._told_of(request, "Clear message", await self._spread.spread(caller, ClearMessage, said))

    def _told_of(self, request: Request, what: str, spread: Spread) -> Response:
        """Say at how many stations it is so, waits, or was refused, and why."""
        if not spread.stations:
            return self._told(request, f"{what}: no station is meant that is on board.", good=False)
        done = [one for one in spread.orders if one.outcome is Outcome.ACCEPTED]
        waits = [one for one in spread.orders if one.outcome in OPEN]
        others = {one.reason for one in spread.orders if one not in done and one not in waits}
        reasons = sorted(others | set(spread.refused.values()))
        counted = {"sent": len(waits), "kept until they come": len(done)}
        words = ", ".join(f"{count} {name}" for name, count in counted.items() if count)
        refused = spread.stations - len(done) - len(waits)
        why = f"; {refused} refused: {', '.join(reasons)}" if refused else ""
        return self._told(request, f"{what} at {spread.stations} stations: {words or 'none'}{why}.", good=not refused)

    async def take_in(self, request: Request, caller: Caller, form: Form) -> Response:
        """Take a catalogue in; what a browser made of the ends of lines is undone, for the sake of the signature."""
        node, commands = self._parts.node, self._parts.commands
        door = door_of(node.engine.table, ImportFaultCatalogue)
        content = form.get("content", "").replace("\r\n", "\n")
        said = {"content": content, "signature": form.get("signature", "").strip(), "replace": "replace" in form}
        with commands.audited(caller, door, ""):
            commands.demand(caller, door, "")
            body = intake.taken(said, intake.body_of(ImportFaultCatalogue))
            order = (await commands.ask(caller, door, "", body, AT_ONCE)).order
        if order.outcome is Outcome.ACCEPTED:
            return self._told(request, "The catalogue is taken in.", reload="yes")
        return self._told(request, f"{order.reason}: {order.detail}", good=False, remedy=order.remedy, at=order.where)


def _which(form: Form) -> Which:
    said: dict[str, Any] = {name: form.get(name, "").strip() for name in ("vendor", "model", "site", "zone")}
    return Which(stations=tuple(form.get("stations", "").split()), **said)


def _moment(text: str) -> str:
    """Read what a browser says of a moment without a zone: it is UTC, as the page says."""
    return f"{text.strip()}:00Z" if len(text.strip()) == len("2030-12-31T23:59") else text.strip()


def _contents(form: Form) -> list[dict[str, str]]:
    """Return the texts that are filled in, each field named by its language, and a QR code."""
    texts = [
        {"language": name.partition(".")[2], "text": words.strip()}
        for name, words in form.items()
        if name.startswith("text.") and words.strip()
    ]
    code = form.get("code", "").strip()
    return texts + ([{"format": "qr-code", "text": code}] if code else [])
