# SPDX-License-Identifier: Apache-2.0
"""What a station can be told: one TOML file, overridden by the environment, like the configuration of a CSMS."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from open63110.apps.config import Bulk, Log, check_bulk, host_and_port, read_settings
from open63110.apps.config_file import Chosen, explained_tables
from open63110.apps.protection_config import RULES, Demanded, Links, Protect, Protection, check_protection
from open63110.kernel.errors import Malformed
from open63110.kernel.ids import EvseNumber, station_id
from open63110.kernel.units import Amperes, Seconds, WattHours
from open63110.model.der import DerKind
from open63110.model.display import MessageFormat
from open63110.model.policy import GridAbility, Screen, StationPolicy
from open63110.station.drivers.registers import CONTROLLED, MEASURED, METERS, Register

Version = Literal["ocpp2.1", "ocpp2.0.1", "ocpp1.6"]

INIT = "open63110 station init"

LEAST_LOG = 10_000
"""A smaller one is no log [bytes]."""


class Upwards(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The CSMS."""

    wire: Literal["ocpp", "link", "ocpp-in-link"] = "ocpp"
    """What is spoken: OCPP, the link of this product, or OCPP in such a link; links want endpoints, authorities, certificate
    and key."""
    url: str = "ws://127.0.0.1:8887/ocpp"
    """OCPP: ws:// or wss://, without the identity of the station: that is appended."""
    endpoints: tuple[str, ...] = ()
    """Link: wss://host:port/link, the one that is wanted most first; the others are for when it cannot be reached."""
    versions: tuple[Version, ...] = ("ocpp2.1", "ocpp2.0.1", "ocpp1.6")
    """Offered in this order."""
    password: str = ""
    """HTTP Basic, with the identity as user; better as OPEN63110__CSMS__PASSWORD_FILE. Empty: none is sent."""
    authorities: str = ""
    """PEM file to believe on wss://. Empty: those of the system."""
    certificate: str = ""
    """PEM file with the station's certificate; on OCPP with its key behind it (profile 3)."""
    key: str = ""
    """Link: PEM file with the key."""
    revoked: str = ""
    """Link: PEM file of the certificates that were taken back; the link is closed when it says so. Empty: there is none."""
    listen: str = ""
    """Link: HOST:PORT at which a CSMS opens the link of this station; then it needs no endpoints, and a certificate that names
    where it is. Empty: it dials."""
    patience: float = 30.0
    """How long the answer to a call is awaited [s]."""
    longest_pause: float = 300.0
    """Between two attempts to connect [s]."""
    handshake: float = 90.0
    """Link: how long opening one may take, TCP, TLS and upgrade: three round trips [s]."""
    renew_after: float = 72_000.0
    """Link: after so long both ends show their certificates again, while the link goes on [s]; 0: never. A certificate whose file
    is replaced is shown at once."""
    return_after: float = 60.0
    """Link, while on another than the first endpoint: how often those before it are tried [s]; 0: it stays there."""

    @property
    def where(self) -> str:
        """Where the CSMS is, or comes to, for people."""
        if self.wire == "ocpp":
            return self.url
        return ", ".join((*self.endpoints, *filter(None, (self.listen,))))


class Device(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A device on a Modbus line."""

    bus: str = ""
    """tcp://host:502, or rtu:/dev/ttyUSB0?baudrate=9600&parity=N&stopbits=1."""
    unit: int = 1
    """Its address on the line."""
    kind: str = ""
    """A meter that is known: sdm630. Empty: its registers stand in a table of their own."""
    registers: dict[str, Register] = {}
    """Where what lies, by name."""


class Bay(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One EVSE."""

    driver: Literal["simulated", "modbus"] = "simulated"
    amperes: Amperes = Amperes(32.0)
    """What it was built for, on each phase [A]."""
    phases: Literal[1, 3] = 3
    socket: bool = True
    """The cable is the driver's own and shows its rating; false: it is fixed."""
    lock: bool = False
    """The plug is held while somebody may charge."""
    ventilated: bool = False
    """An EV that wants ventilation may charge here."""
    meter: Device = Device()
    board: Device = Device()


class FailSafe(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What holds without a link where no message of the CSMS said so."""

    amperes: Amperes = Amperes(6.0)
    """On each phase of each EVSE [A]."""
    after: Seconds = Seconds(0.0)
    """How long the link may be lost before [s]; 0: it never holds."""


class Offline(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who may charge while the CSMS cannot be asked."""

    who: Literal["list", "list-or-cache", "allow-unknown"] = "list-or-cache"
    most: WattHours = WattHours(10_000.0)
    """What a credential nobody knows may take [Wh]."""
    answer_within: Seconds = Seconds(20.0)
    """From when on a CSMS that does not answer counts as one that cannot be asked [s]."""
    local_list: bool = True
    """The CSMS may give it a list."""
    cache_size: int = 500
    """How many answers it remembers."""


class Reader(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where cards are read: each line is a card, or EVSE and card."""

    device: str = ""
    """A serial port, a terminal or a FIFO. Empty: there is no reader."""
    evse: int = 1
    """Where a card is meant that comes without a number."""


class StationBulk(Bulk, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Files that come and go over the link: firmware, logs."""

    largest: int = 268_435_456
    """One file; of a log the newest part [bytes]."""
    most: int = 536_870_912
    """All that has come and is under way; what is more is not taken [bytes]."""
    logs: tuple[str, ...] = ()
    """Files that the CSMS may fetch, by the last part of their name."""


class Logbook(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Logs of its own: what happened, what concerns its security, what it measured."""

    most: int = 8_000_000
    """Each of them; the oldest half goes when it is full [bytes]."""
    fastest: Seconds = Seconds(1.0)
    """Between two samples of what it measures at least, whatever its CSMS wants [s]."""


class Updates(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Firmware that a CSMS orders."""

    signed: bool = True
    """Nothing is installed that is not signed."""
    roots: str = ""
    """PEM file of the manufacturers: a signer has to descend from one. Empty: nobody is believed."""
    revoked: str = ""
    """PEM file of the lists of signers that were taken back."""
    install: Seconds = Seconds(5.0)
    """How long writing an image takes, and testing it [s]: what is written is a mark of which version runs."""


class Display(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What users see, and what of it this station can show."""

    file: str = ""
    """JSON file that is kept in step with what is to be seen at each EVSE, for whatever drives the display; empty: there is
    no display."""
    most: int = 50
    """Messages that are kept."""
    formats: tuple[MessageFormat, ...] = tuple(MessageFormat)
    languages: tuple[str, ...] = ()
    """Those that the display knows, the usual one first; none: any."""


class GridControls(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How this station can be told to behave towards the grid; only what its hardware does is for here."""

    kinds: tuple[DerKind, ...] = ()
    """Controls that its inverters know, as volt-var or lf-must-trip; none: it cannot be told."""
    most: int = 50
    """Controls that are kept."""
    signals: bool = False
    """It follows signals of the grid's operator (aFRR)."""


class StationConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything a station can be told."""

    id: str = "CS-1"
    """Its identity at the CSMS."""
    data: str = "open63110-station"
    """Folder of its journal; relative to where it is started."""
    vendor: str = "open63110"
    model: str = "station"
    serial: str = ""
    firmware: str = ""
    """Empty: the version of this program."""
    interval: Seconds = Seconds(60.0)
    """Between two readings while energy may flow [s]."""
    connection_timeout: Seconds = Seconds(120.0)
    """How long an authorization waits for the plug [s]."""
    clock: Literal["system", "csms"] = "system"
    """Who knows the time: this machine (NTP), or the CSMS."""
    frames_days: int = 0
    """How long raw frames are kept [d]; 0: not at all."""
    evses: dict[str, Bay] = msgspec.field(default_factory=lambda: {"1": Bay()})
    """1, 2 …"""
    csms: Upwards = Upwards()
    failsafe: FailSafe = FailSafe()
    offline: Offline = Offline()
    reader: Reader = Reader()
    bulk: StationBulk = StationBulk()
    logbook: Logbook = Logbook()
    updates: Updates = Updates()
    display: Display = Display()
    grid: GridControls = GridControls()
    fault_codes: str = ""
    """JSON file: the maker's catalogue of its fault codes, told to the CSMS over the link; its signature beside it, with .sig
    behind the name. Empty: there is none."""
    log: Log = Log()
    protection: Protection = Protection()
    protect: dict[str, Protect] = {}
    demand: dict[str, Demanded] = {}

    @property
    def links(self) -> Links:
        """What it shows on its link."""
        csms = self.csms
        return Links(certificate=csms.certificate, key=csms.key, authorities=csms.authorities)

    @property
    def policy(self) -> StationPolicy:
        """What its use cases read."""
        offline, seen = self.offline, self.display
        bays = {EvseNumber(int(name)): bay for name, bay in self.evses.items()}
        return StationPolicy(
            connection_timeout=self.connection_timeout,
            offline=offline.who,
            offline_most=offline.most,
            answer_within=offline.answer_within,
            local_list=offline.local_list,
            cache_size=offline.cache_size,
            sampling=self.interval,
            patience=Seconds(self.csms.patience),
            security_profile=_security(self.csms),
            firmware_signed=self.updates.signed,
            log_fastest=self.logbook.fastest,
            log_most=self.logbook.most,
            screen=Screen(most=seen.most if seen.file else 0, formats=seen.formats, languages=seen.languages),
            single_phase=tuple(number for number, bay in bays.items() if bay.phases == 1),
            sockets=tuple(number for number, bay in bays.items() if bay.socket),
            battery_swaps=False,
            grid=GridAbility(kinds=self.grid.kinds, most=self.grid.most, signals=self.grid.signals),
        )


def _security(csms: Upwards) -> Literal[0, 1, 2, 3]:
    """Return the security profile of OCPP that a way to the CSMS comes to."""
    if csms.certificate:
        return 3
    secure = csms.wire != "ocpp" or csms.url.startswith("wss://")
    return 2 if secure else 1 if csms.password else 0


def load(path: Path | None, environment: Mapping[str, str] | None = None) -> StationConfig:
    """Read configuration from a file and the environment.

    Raises:
        Malformed: something is unknown, of a wrong kind, or contradicts itself; says where and what to do.
    """
    config = read_settings(StationConfig, path, environment, made_by=INIT)
    _check(config)
    return config


def _check(config: StationConfig) -> None:
    try:
        station_id(config.id)
    except ValueError as fault:
        raise Malformed(f"id: {fault}", where="id") from fault
    if set(config.evses) != {str(number) for number in range(1, len(config.evses) + 1)}:
        raise Malformed("evses are numbered 1, 2 … without a gap, as [evses.1]", where="evses")
    _check_upwards(config.csms)
    _check_protection(config)
    if config.interval <= 0:
        raise Malformed("interval must be above 0", where="interval")
    check_bulk(config.bulk)
    if config.logbook.most < LEAST_LOG:
        raise Malformed(f"logbook.most is {LEAST_LOG} at least", where="logbook.most")
    if config.logbook.fastest <= 0:
        raise Malformed("logbook.fastest must be above 0", where="logbook.fastest")
    names = [Path(one).name for one in config.bulk.logs]
    if len(set(names)) < len(names):
        raise Malformed("bulk.logs: two files end in the same name, by which they are fetched", where="bulk.logs")
    if config.reader.device and str(config.reader.evse) not in config.evses:
        raise Malformed(f"there is no EVSE {config.reader.evse}", where="reader.evse")
    for name, bay in config.evses.items():
        if bay.driver == "modbus":
            _check_device(f"evses.{name}.meter", bay.meter, MEASURED, {"energy"})
            _check_device(f"evses.{name}.board", bay.board, CONTROLLED, _demanded(bay))


def _check_upwards(csms: Upwards) -> None:
    if csms.wire == "ocpp":
        if not csms.url.startswith(("ws://", "wss://")):
            raise Malformed("csms.url begins with ws:// or wss://", where="csms.url")
        return
    if csms.listen:
        host_and_port(csms.listen, "csms.listen")
    if not (csms.endpoints or csms.listen) or not all(one.startswith("wss://") for one in csms.endpoints):
        raise Malformed("csms.endpoints of a link begin with wss://; there is no plain mode", where="csms.endpoints")
    if csms.handshake <= 0 or csms.return_after < 0:
        raise Malformed("csms.handshake must be above 0, csms.return_after not below", where="csms")
    for name in ("authorities", "certificate", "key"):
        if not getattr(csms, name):
            remedy = "open63110 pki issue makes all three"
            raise Malformed(f"csms.{name} is needed for a link; {remedy}", where=f"csms.{name}", remedy=remedy)


def _check_protection(config: StationConfig) -> None:
    if (config.protect or config.demand) and config.csms.wire != "link":
        raise Malformed("elements are protected on links only; set csms.wire = 'link'", where="protect")
    check_protection(config, config.links)


def _demanded(bay: Bay) -> set[str]:
    more = {"proximity"} if bay.socket else set()
    return {"pilot", "contactor", "offered"} | more | ({"lock", "locked"} if bay.lock else set())


def _check_device(place: str, device: Device, known: frozenset[str], demanded: set[str]) -> None:
    if not device.bus:
        raise Malformed(f"{place} needs a bus, say bus = 'tcp://10.0.0.5:502'", where=f"{place}.bus")
    if device.kind and (device.kind not in METERS or not place.endswith("meter")):
        raise Malformed(f"{place}.kind: known meters are {', '.join(METERS)}", where=f"{place}.kind")
    names = set(registers(device))
    if unknown := sorted(names - known):
        message = f"{place}.registers.{unknown[0]} is nothing that is read or written; known are {', '.join(sorted(known))}"
        raise Malformed(message, where=f"{place}.registers.{unknown[0]}")
    if missing := sorted(demanded - names):
        raise Malformed(f"{place}.registers.{missing[0]} is missing", where=f"{place}.registers.{missing[0]}")


def registers(device: Device) -> Mapping[str, Register]:
    """Return where what lies in a device: as its kind has it, where its own table says nothing else."""
    return {**METERS.get(device.kind, {}), **device.registers}


HEAD = """\
# Configuration of a charging station: `open63110 station run --config THIS-FILE`. `open63110 station check` tells whether it will
# do. A line that begins with #name shows a default. Each setting can be overridden by the environment:
# OPEN63110__CSMS__URL=wss://… sets url in [csms]; OPEN63110__CSMS__PASSWORD_FILE=/path reads the value from a file.
"""

MODBUS = """
# An EVSE behind Modbus: a meter that is known, and a board whose registers are told.
#[evses.1]
#driver = "modbus"
#[evses.1.meter]
#bus = "rtu:/dev/ttyUSB0?baudrate=9600"
#unit = 1
#kind = "sdm630"
#[evses.1.board]
#bus = "tcp://10.0.0.7:502"
#unit = 180
#[evses.1.board.registers]
#pilot = { table = "input", address = 100 }
#proximity = { table = "input", address = 101 }
#mirror = { table = "discrete", address = 200 }
#contactor = { table = "coil", address = 400 }
#offered = { table = "holding", address = 300, scale = 0.1 }
"""


def written(chosen: Chosen) -> str:
    """Return the text of a file in which some settings are chosen and all others explained."""
    return HEAD + "\n" + explained_tables(StationConfig, chosen, example="1") + RULES + MODBUS
