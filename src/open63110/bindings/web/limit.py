# SPDX-License-Identifier: Apache-2.0
"""How large a request may be: told as every other trouble is, whether its length is announced or not."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from open63110.bindings.web.drop import RECEIVE
from open63110.bindings.web.errors import TooLarge, body_of
from open63110.bindings.web.firmware_upload import UPLOAD
from open63110.bindings.web.operations import JsonResponse

MOST_BODY = 4_194_304
"""Bytes of a request: a local list of some ten thousand credentials."""

FILES = ("/api/v1/files/", "/api/v1/firmware-images/")
"""Where files are put: they are written as they come, and bounded there."""

FORMS = frozenset({UPLOAD})
"""Forms with files, likewise."""


class BodyLimit:
    """Stops reading at a measure."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass through what is small enough."""
        if scope["type"] != "http" or _holds_file(scope):
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdigit() and int(announced) > MOST_BODY:
            fault = TooLarge(f"a request holds at most {MOST_BODY} bytes")
            await JsonResponse(body_of(fault), 413, headers={"Connection": "close"})(scope, receive, send)
            return
        got = 0

        async def counted() -> Message:
            nonlocal got
            message = await receive()
            got += len(message.get("body", b""))
            if got > MOST_BODY:
                raise TooLarge(f"a request holds at most {MOST_BODY} bytes")
            return message

        await self._app(scope, counted, send)


def _holds_file(scope: Scope) -> bool:
    """Tell whether it is a file, also a log of a station, which is written as it comes, and bounded there."""
    path, method = str(scope["path"]), scope["method"]
    return path.startswith(RECEIVE) or (method == "PUT" and path.startswith(FILES)) or (method == "POST" and path in FORMS)
