# SPDX-License-Identifier: Apache-2.0
"""Where stations fetch firmware: each at an address of its own that nobody can guess, good until its order is over."""

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from open63110.kernel.errors import Expired, Trouble
from open63110.runtime.node import Node

PATH = "/firmware/{ticket}/{name}"


class Pickup:
    """Gives images to whoever was told where; whoever asks for anything else hears that there is nothing."""

    def __init__(self, node: Node) -> None:
        """Ask the node."""
        self._door = node.firmware

    def routes(self) -> Iterator[Route]:
        """Return the way in."""
        if self._door is not None:
            yield Route(PATH, self.give, methods=["GET"])

    async def give(self, request: Request) -> Response:
        """Give a file, or the part of it that is asked for."""
        assert self._door is not None  # noqa: S101 - there is no route without
        try:
            found = self._door.opened(request.path_params["ticket"], request.path_params["name"])
        except Expired:
            return PlainTextResponse("gone\n", 410)
        except Trouble:
            return PlainTextResponse("there is nothing here\n", 404)
        headers = {"ETag": f'"{found.sha256}"', "Cache-Control": "no-store"}
        return FileResponse(found.path, media_type="application/octet-stream", filename=found.name, headers=headers)
