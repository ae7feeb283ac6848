# SPDX-License-Identifier: Apache-2.0
"""A local CSMS as operators run it: the real program in a process of its own, with a link up and links down."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.e2e.link_house import Pki
from tests.e2e.local_house import given
from tests.process import PROGRAM, CsmsProcess

from open63110.apps.local_config import written

LOCAL = (PROGRAM[0], "local-csms")


class LocalProcess(CsmsProcess):
    """Starts, kills and restarts one local CSMS for the site mall."""

    written = staticmethod(written)

    def __init__(self, folder: Path, pki: Pki, upper: int, *, program: Sequence[str] = LOCAL, **settings: Any) -> None:
        """Write a configuration.

        Args:
            folder: made if it is not there.
            pki: gives its certificate.
            upper: port of the level above, on loopback.
            program: what is run with `--config FILE --json`.
            settings: tables of the configuration that differ.
        """
        folder.mkdir(parents=True, exist_ok=True)
        own = given(pki, "mall-lc")
        listener = {
            "kind": "link",
            "host": "127.0.0.1",
            "port": 0,
            "certificate": str(own.certificate),
            "key": str(own.key),
            "client_authorities": str(pki.folder.root_path),
            "revoked": str(pki.folder.revoked_path),
        }
        above = {
            "endpoints": [f"wss://localhost:{upper}/link"],
            "certificate": str(own.certificate),
            "key": str(own.key),
            "authorities": str(pki.folder.root_path),
            "longest_pause": 1.0,
        }
        usual = {"identity": "mall-lc", "site": "mall", "listeners": {"link": listener}, "upper": above}
        super().__init__(folder, program=program, **(usual | settings))

    @property
    def port(self) -> int:
        """Where stations open links."""
        return self.ports["link"]


def module(name: str) -> tuple[str, ...]:
    """Return the program that a module of the tests is."""
    return (sys.executable, "-m", name)
