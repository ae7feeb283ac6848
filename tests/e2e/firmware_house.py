# SPDX-License-Identifier: Apache-2.0
"""A manufacturer who signs firmware, a CSMS that has his images, and simulated stations that really fetch and check them."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from tests.e2e.bulk_house import content
from tests.e2e.house import House, house, slack
from tests.e2e.link_player import home
from tests.e2e.test_at_simulated import VERSIONS, Standing, way

from open63110.apps.site import Capture, Site, StationPlan
from open63110.apps.station_firmware import Bench, Faults
from open63110.bindings.ocpp.line import Dialling
from open63110.bindings.ocpp.rpc.version import Version
from open63110.kernel.ids import StationId
from open63110.kernel.units import Seconds, WattHours, Watts
from open63110.model.firmware import Campaign, FirmwareState, FirmwareUpdate, MemberState
from open63110.model.policy import StationPolicy
from open63110.model.station import Registration
from open63110.model.token import Credential
from open63110.pki.firmware_signature import Manufacturers, sign
from open63110.ports import Where
from open63110.simulator.ev import Ev, Make
from open63110.simulator.hardware import SimulatedStation
from open63110.station.firmware import Header, image

FACTOR = 60.0
MODELS = {"v16": "Classic", "v201": "Modern", "v21": "Newest", "link": "Newest"}
"""What the simulated stations of a wire say they are."""


class Manufacturer:
    """A root, and signers below it."""

    def __init__(self, folder: Path, name: str = "Maker") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.roots, self.revoked = folder, folder / f"{name}.pem", folder / f"{name}.crl"
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.root = self._certificate(self._name, self._key, ca=True)
        self.roots.write_bytes(self.root.public_bytes(Encoding.PEM))
        self.signer = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self.signer_certificate()

    def signer_certificate(self, life: timedelta = timedelta(days=30)) -> x509.Certificate:
        """Admit somebody who signs."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "signer")])
        return self._certificate(name, self.signer, ca=False, life=life)

    def _certificate(self, name: x509.Name, key: Any, *, ca: bool, life: timedelta = timedelta(days=365)) -> x509.Certificate:
        since = datetime.now(UTC) - timedelta(days=400)
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(since)
            .not_valid_after(since + timedelta(days=400) + life)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256())
        )

    def take_back(self, certificate: x509.Certificate) -> None:
        """Put a signer on the list of those who were taken back."""
        now = datetime.now(UTC)
        gone = (
            x509.RevokedCertificateBuilder().serial_number(certificate.serial_number).revocation_date(now - timedelta(1)).build()
        )
        made = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._name)
            .last_update(now - timedelta(1))
            .next_update(now + timedelta(days=30))
            .add_revoked_certificate(gone)
            .sign(self._key, hashes.SHA256())
        )
        self.revoked.write_bytes(made.public_bytes(Encoding.PEM))

    @property
    def pem(self) -> str:
        """The signer's certificate."""
        return self.certificate.public_bytes(Encoding.PEM).decode()

    def image(self, version: str, *models: str, size: int = 100_000, vendor: str = "open63110") -> bytes:
        """Make an image."""
        return image(Header(firmware="open63110", vendor=vendor, models=models, version=version), content(size))

    def manifest(self, id: str, made: bytes, version: str, *models: str, signed: bool = True) -> dict[str, Any]:
        """Say what an image is."""
        digest = hashlib.sha256(made)
        more = {"signature": sign(digest.digest(), self.signer), "certificate": self.pem} if signed else {}
        said = {"id": id, "vendor": "open63110", "models": list(models), "version": version}
        return said | {"size": len(made), "sha256": digest.hexdigest()} | more


class Updating(Standing):
    """A CSMS with images, and a simulated station that can be updated."""

    maker: Manufacturer
    bench: Bench
    weighed: Weighed

    async def publish(self, id: str, made: bytes, version: str, *models: str, **more: Any) -> None:
        """Give the CSMS an image."""
        await bring(self.here, self.maker.manifest(id, made, version, *models, **more), made)

    async def order(self, id: str, **more: Any) -> None:
        """Have the station updated; what comes of it the rows say."""
        await order(self.here, "CS-1", id, **more)

    @property
    def update(self) -> FirmwareUpdate:
        """The newest update of the station, as the CSMS has it on its disk."""
        return max(self.here.rows(FirmwareUpdate, Where("station", "=", "CS-1")), key=lambda one: one.request)

    @property
    def states(self) -> list[FirmwareState]:
        """What became of it so far."""
        return [one.state for one in self.update.history]

    async def until_state(self, *states: FirmwareState) -> None:
        """Wait until it is so far."""
        await self.here.until(lambda: self.update.state in states)

    @property
    def version(self) -> str:
        """What the station says it runs, as the CSMS knows it."""
        return self.here.station("CS-1").identity.firmware


class Narrow:
    """A relay before a web server that ends the first connection once so much has passed, and counts all that does."""

    def __init__(self, port: int, first: int) -> None:
        self._to, self._left = port, first
        self.port = self.passed = 0

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Narrow]:
        """Listen until the block is left."""
        server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        left, self._left = self._left, 10**12
        try:
            back.write(await reader.readuntil(b"\r\n\r\n"))
            while left > 0 and (piece := await there.read(min(left, 65_536))):
                writer.write(piece)
                await writer.drain()
                self.passed += len(piece)
                left -= len(piece)
        finally:
            for one in (back, writer):
                one.close()


class Weighed(Capture):
    """Counts the bytes that stations hear."""

    heard = 0

    def note(self, station: Any, frame: bytes, *, sent: bool) -> None:
        """Count one frame."""
        super().note(station, frame, sent=sent)
        self.heard += 0 if sent else len(frame)


async def order(here: House, station: str, id: str, **more: Any) -> None:
    """Order an update without waiting for the answer of the station."""
    await here.ask(f"stations/{station}/update-firmware", {"image": id, **more}, status=202, wait=0)


async def bring(here: House, manifest: dict[str, Any], made: bytes, *, status: int = 201) -> Any:
    """Say what an image is, and bring its content."""
    await here.ask("firmware-images/put", manifest)
    said = await here.admin.put(f"firmware-images/{manifest['id']}/content", content=made)
    assert said.status_code == status, said.text
    return said.json()


@contextlib.asynccontextmanager
async def updating(
    folder: Path,
    wire: str,
    *,
    faults: Faults | None = None,
    install: float = 5.0,
    factor: float = FACTOR,
    signed: bool = True,
    **policy: Any,
) -> AsyncIterator[Updating]:
    """A CSMS that has no image yet, and a station of two EVSEs on board; it believes one manufacturer."""
    maker = Manufacturer(folder / "maker")
    async with home(folder, wire, factor=factor, connection_timeout=3_600.0, firmware_signed=signed, **policy) as here:
        await here.register("CS-1")
        for tag in ("ANNA", "BERT"):
            await here.token(tag)
        bench = Bench(
            folder=lambda station: folder / "stations" / station,
            install=install,
            signers=Manufacturers(maker.roots, maker.revoked),
            faults={"CS-1": faults or Faults()},  # type: ignore[dict-item] # a literal
        )
        rules = StationPolicy(answer_within=Seconds(slack(factor)), firmware_signed=signed)
        failure: Exception | None = None
        with Weighed(None, here.csms.clock) as capture:
            site = Site(here.csms.clock, capture, rules, seed=1, bench=bench)
            hardware = site.build(StationPlan(id="CS-1", version=VERSIONS[wire]), way(here, wire))
            async with site.running():
                hardware.switch_on()
                await here.until(lambda: here.station("CS-1").registration is Registration.ACCEPTED)
                await here.until(lambda: len(here.station("CS-1").evses) == 2)
                try:
                    at = Updating(here, site, hardware)
                    at.maker, at.bench, at.weighed = maker, bench, capture
                    yield at
                except Exception as fault:  # noqa: BLE001 - raised below, not wrapped in the groups of tasks in between
                    failure = fault
        if failure is not None:
            raise failure


class Fleet:
    """A CSMS with images, and many stations of two models."""

    def __init__(self, here: House, site: Site, maker: Manufacturer) -> None:
        self.here, self.site, self.maker = here, site, maker

    async def images(self, *models: str) -> list[str]:
        """Give the CSMS a new version for each model; return what they are called."""
        for model in models:
            made = self.maker.image("2.0.0", model, size=20_000)
            await bring(self.here, self.maker.manifest(f"fw-{model}", made, "2.0.0", model), made)
        return [f"fw-{model}" for model in models]

    @property
    def campaign(self) -> Campaign:
        """The one there is."""
        (found,) = self.here.rows(Campaign)
        return found

    def members(self, *states: MemberState) -> set[str]:
        """Stations that are so far."""
        return {str(one.station) for one in self.campaign.members if one.state in states}

    def version(self, name: str) -> str:
        """What a station says it runs."""
        return self.here.station(name).identity.firmware

    async def charge(self, name: str) -> None:
        """Plug in an EV for hours, and hold a card to the reader that nobody else has."""
        await self.here.token(name)
        self.hardware(name).arrive(1, Ev(Make("long", WattHours(500_000.0), Watts(11_000.0), 3), 0.1))
        self.present(name)

    def present(self, name: str) -> None:
        """Hold a card to the reader."""
        self.hardware(name).present(1, Credential(kind="ISO14443", value=name))

    def hardware(self, name: str) -> SimulatedStation:
        """A station."""
        return self.site.stations[StationId(name)]


@contextlib.asynccontextmanager
async def fleet(folder: Path, names: dict[str, Version], *, faulty: set[str], **policy: Any) -> AsyncIterator[Fleet]:
    """Stations by name with their version of OCPP, all on board; what is new does not pass the test of some."""
    maker = Manufacturer(folder / "maker")
    async with house(folder, factor=FACTOR, connection_timeout=3_600.0, closing=5.0, **policy) as here:
        for name in names:
            await here.register(name)
        bench = Bench(
            folder=lambda station: folder / "stations" / station,
            signers=Manufacturers(maker.roots, maker.revoked),
            faults={StationId(name): Faults(self_test=True) for name in faulty},
        )
        dialling = Dialling(url=f"ws://127.0.0.1:{here.port}/ocpp", patience=slack(FACTOR), longest_pause=30.0)
        with Capture(None, here.csms.clock) as capture:
            rules = StationPolicy(answer_within=Seconds(slack(FACTOR)))
            site = Site(here.csms.clock, capture, rules, seed=1, bench=bench)
            for name, version in names.items():
                site.build(StationPlan(id=name, version=version, evses=1, boot=5.0), dialling)
            async with site.running():
                for one in site.stations.values():
                    one.switch_on()
                await here.until(lambda: all(here.station(name).evses for name in names), 60.0)
                yield Fleet(here, site, maker)
