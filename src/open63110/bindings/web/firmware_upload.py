# SPDX-License-Identifier: Apache-2.0
"""The form by which people bring an image of firmware: what it is, and behind that its content, as it comes (8.3.6)."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any, Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from open63110.bindings.web import intake
from open63110.bindings.web.access import Caller
from open63110.bindings.web.commands import Patience
from open63110.bindings.web.display_forms import Told
from open63110.bindings.web.errors import TooLarge, Unauthenticated
from open63110.bindings.web.multipart import LONGEST_FIELDS, boundary_of, file_of
from open63110.bindings.web.parts import Parts
from open63110.bindings.web.to_many import door_of
from open63110.kernel.errors import Malformed, Trouble, Unknown
from open63110.kernel.messages import Command
from open63110.model.firmware import FirmwareImage
from open63110.model.order import Order, Outcome
from open63110.runtime.node import FirmwareDoor, Held
from open63110.runtime.principals import durable
from open63110.usecases.stations.update_firmware import PutFirmwareImage, RemoveFirmwareImage

UPLOAD: Final = "/do/firmware-images/upload"

AT_ONCE: Final = Patience(wait=0.0)

Said = dict[str, Any]

_NEEDED: Final = {
    "id": "give it a name",
    "vendor": "say whose stations it is for",
    "models": "say for which models it is",
    "version": "say which version it is",
}
"""What is said of what is missing, before all of the file has come."""


class FirmwareUpload:
    """Takes the form."""

    def __init__(self, parts: Parts, told: Told) -> None:
        """Ask as REST would."""
        self._parts, self._told = parts, told

    def routes(self) -> list[Route]:
        """Return where it is sent to."""
        return [Route(UPLOAD, self.upload, methods=["POST"])]

    async def upload(self, request: Request) -> Response:
        """Take an image, or nothing of it.

        Raises:
            Unauthenticated: nobody is logged in.
            Trouble: it is not taken.
        """
        caller, room = self._parts.access.person(request), self._parts.node.firmware
        if caller is None:
            raise Unauthenticated("log in first")
        if room is None:
            raise Unknown("there is no firmware here")
        most, pieces = _announced(request, room.largest), request.stream()
        try:
            return await self._taken(request, caller, room, pieces, most)
        except ClientDisconnect:
            return Response(status_code=400)
        except Trouble:
            with contextlib.suppress(ClientDisconnect):
                async for _ in pieces:  # a browser listens only once it has sent everything
                    pass
            raise

    async def _taken(
        self, request: Request, caller: Caller, room: FirmwareDoor, pieces: AsyncIterator[bytes], most: int
    ) -> Response:
        found = await file_of(pieces, boundary_of(request.headers.get("content-type", "")))
        self._parts.access.demand_csrf(caller, found.fields.pop("csrf", ""))
        said, door = _said(found.fields), door_of(self._parts.node.engine.table, PutFirmwareImage)
        with self._parts.commands.audited(caller, door, ""):
            self._parts.commands.demand(caller, door, "")
            if not found.name:
                raise Malformed("choose the file that is the image", code="NoFile", where="file")
            for name in _NEEDED:
                if name not in said:
                    raise Malformed(_NEEDED[name], where=name)
        async with room.held(found.pieces, most) as held:
            order = await self._ask(caller, PutFirmwareImage, {**said, "size": held.size, "sha256": held.sha256})
            if order.outcome is not Outcome.ACCEPTED:
                return self._told(request, order.detail, good=False, remedy=order.remedy, at=order.where)
            made = await self._kept(caller, room, said["id"], held)
        signed = "signed by a manufacturer" if made.trusted else "signed" if made.signed else "not signed"
        return self._told(request, f"{made.id} is here: {made.size:,} bytes, {signed}.")

    async def _ask(self, caller: Caller, kind: type[Command], said: Said) -> Order:
        door = door_of(self._parts.node.engine.table, kind)
        with self._parts.commands.audited(caller, door, ""):
            body = intake.taken(said, intake.body_of(kind))
            return (await self._parts.commands.ask(caller, door, "", body, AT_ONCE)).order

    async def _kept(self, caller: Caller, room: FirmwareDoor, id: str, held: Held) -> FirmwareImage:
        """Take the content for the image of which it was just said what it is; if it is not that, forget the image again."""
        note = self._parts.access.note
        try:
            made: FirmwareImage = room.keep(id, held, caller.principal.id)
        except Trouble as trouble:
            note(caller.principal, "PutFirmwareContent", id[:64], "rejected", f"{trouble.code}: {trouble.message}"[:500])
            await self._ask(caller, RemoveFirmwareImage, {"id": id})
            raise
        note(caller.principal, "PutFirmwareContent", id[:64], "accepted", f"{made.size} bytes")
        await durable(self._parts.node.engine)
        return made


def _announced(request: Request, largest: int) -> int:
    """Return how large the file may be, by the length that the form says it has [bytes].

    Raises:
        Malformed: it does not say.
        TooLarge: an image of that size is not taken.
    """
    said = request.headers.get("content-length", "")
    if not (said.isascii() and said.isdecimal() and len(said) < 16):
        raise Malformed("the form does not say how long it is", code="BadForm", where="Content-Length")
    if int(said) > largest + LONGEST_FIELDS:
        raise TooLarge(f"an image holds at most {largest:,} bytes", where="file")
    return min(int(said), largest)


def _said(form: dict[str, str]) -> Said:
    """Return what the form says of the image; a field left empty is not said at all."""
    said: Said = {name: form[name].strip() for name in ("id", "vendor", "version", "notes") if form.get(name, "").strip()}
    models = [one.strip() for one in form.get("models", "").replace("\n", ",").split(",")]
    signature = "".join(form.get("signature", "").split())
    certificate = form.get("certificate", "").replace("\r\n", "\n").strip()
    more = {"models": [one for one in models if one], "signature": signature, "certificate": certificate}
    return said | {name: value for name, value in more.items() if value}
