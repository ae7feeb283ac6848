# SPDX-License-Identifier: Apache-2.0
"""Opens the web door within the loop that runs everything else."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn

from open63110.bindings.web.app import create
from open63110.bindings.web.settings import WebSettings
from open63110.runtime.node import Node

GOODBYE = 3
"""How long answers under way may take when the door closes [s]."""

BACKLOG = 512

MOST_CONNECTIONS = 2000
"""Requests and live views at a time; more are told to come back (503)."""


class _Server(uvicorn.Server):
    """Leaves signals to the program, and says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        """Get ready."""
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen."""
        await super().startup(sockets)
        self.up.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take none."""
        yield


@contextlib.asynccontextmanager
async def serving(node: Node, web: WebSettings) -> AsyncIterator[int]:
    """Answer requests until the block is left.

    Args:
        node: whose door it is.
        web: where to listen.

    Yields:
        The port it listens on.

    Raises:
        OSError: the address is taken, or not ours.
    """
    listener = _bound(web.host, web.port)
    secure = bool(web.certificate) or web.public_url.startswith("https:")
    app = create(node, secure=secure)
    server = _Server(_config(app, web))
    try:
        async with asyncio.TaskGroup() as tasks:
            feeding = tasks.create_task(app.state.door.run())
            serving_task = tasks.create_task(server.serve(sockets=[listener]))
            try:
                await server.up.wait()
                yield listener.getsockname()[1]
            finally:
                app.state.door.close()
                server.should_exit = True
                await asyncio.wait((serving_task,))
                app.state.door.end()
                feeding.cancel()
    finally:
        listener.close()


def _bound(host: str, port: int) -> socket.socket:
    """Bind before anything else, so that a taken port is our caller's error and not the end of the process."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named, or asyncio leaves Nagle's delay on
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


def _config(app: "object", web: WebSettings) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type] # an ASGI application
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        proxy_headers=bool(web.public_url),
        forwarded_allow_ips="127.0.0.1",
        timeout_graceful_shutdown=GOODBYE,
        timeout_keep_alive=30,
        backlog=BACKLOG,
        limit_concurrency=MOST_CONNECTIONS,
        h11_max_incomplete_event_size=32_768,
        ssl_certfile=web.certificate or None,
        ssl_keyfile=web.key or None,
    )
