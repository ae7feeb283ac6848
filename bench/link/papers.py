# SPDX-License-Identifier: Apache-2.0
"""Certificates for both ends of a link, of an authority made for the run."""

from datetime import UTC, datetime
from pathlib import Path

from open63110.kernel.roles import Role
from open63110.pki.authority import Wish
from open63110.pki.folder import CERTIFICATE, PARTY_KEY, ROOT, Folder, Given
from open63110.pki.identity import Party

CSMS = "csms"


class Papers:
    """A folder with an authority and what it has issued, one folder per party."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self, stations: list[str], addresses: tuple[str, ...] = ("127.0.0.1",), csms: str = CSMS) -> None:
        """Issue certificates for a CSMS at these addresses, and for stations."""
        now = datetime.now(UTC)
        authority = Folder(self.folder / "authority")
        authority.make("bench", (), now)
        self._issue(authority, Wish(party=Party(csms, Role.CSMS), addresses=addresses, server_names=("localhost",)), now)
        for station in stations:
            self._issue(authority, Wish(party=Party(station, Role.STATION)), now)

    def _issue(self, authority: Folder, wish: Wish, now: datetime) -> Given:
        return authority.issue(wish, now, to=self.folder / wish.party.identity)

    def certificate(self, who: str) -> Path:
        """The chain of a party."""
        return self.folder / who / CERTIFICATE

    def key(self, who: str) -> Path:
        """Its key."""
        return self.folder / who / PARTY_KEY

    @property
    def root(self) -> Path:
        """Whom to believe."""
        return self.folder / "authority" / ROOT
