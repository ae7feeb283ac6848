# SPDX-License-Identifier: Apache-2.0
"""One TOML file, overridden by the environment, secrets from files; what is unknown is refused with a suggestion."""

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from open63110.apps.notify_config import Notify, check_notify
from open63110.apps.protection_config import Demanded, FaultCodes, Links, Protect, Protection, check_protection
from open63110.apps.quirk_config import QuirkTable, check_quirks
from open63110.kernel.errors import Malformed
from open63110.model.policy import Policy

PREFIX = "OPEN63110__"
"""Environment variables: OPEN63110__WEB__PORT=9000 sets port in [web]; a trailing _FILE reads the value from a file."""

HIGHEST_PORT = 65_535

CSMS_INIT = "open63110 csms init"

_LISTS = "versions stations endpoints messages elements signers content_keys logs to keys formats languages"
LISTS = frozenset(_LISTS.split())
"""Settings that are lists: in the environment a comma stands between two."""

S = TypeVar("S", bound=msgspec.Struct)


class Listener(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One port on which stations connect."""

    kind: Literal["ocpp", "link"] = "ocpp"
    """What is spoken: OCPP, or the link of this product, which is never without TLS 1.3 and certificates at both ends."""
    host: str = "0.0.0.0"  # noqa: S104 - stations come from outside
    port: int = 8887
    password: bool = True
    """Demand HTTP Basic (security profiles 1 and 2)."""
    plain: bool = False
    """Allow it without TLS (profile 1): off until switched on by name."""
    certificate: str = ""
    """PEM file with the server's chain; with key it makes this a TLS listener."""
    key: str = ""
    client_authorities: str = ""
    """PEM file: clients must show a certificate of these (profile 3)."""
    revoked: str = ""
    """PEM file of the certificates that were taken back, for a link; open ones are closed when it changes."""
    stations: tuple[str, ...] = ()
    """wss://host:port/link of stations that listen for their link: they are dialled, with the certificate of this listener."""
    versions: tuple[Literal["ocpp2.1", "ocpp2.0.1", "ocpp1.6"], ...] = ("ocpp2.1", "ocpp2.0.1", "ocpp1.6")
    """Of OCPP; on a listener of links for stations that speak it in their link."""


class Web(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """REST and operator page."""

    host: str = "127.0.0.1"
    port: int = 8880
    public_url: str = ""
    """How people reach it, when a proxy stands before it."""
    certificate: str = ""
    key: str = ""


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much one station may cost."""

    connections: int = 20_000
    message_bytes: int = 262_144
    messages_per_second: float = 50.0
    burst: int = 200
    ping_every: float = 60.0
    ping_timeout: float = 30.0
    answer_timeout: float = 30.0
    """How long the answer to a call is awaited [s]."""
    link_lifetime: float = 86_400.0
    """After so long both ends of a link show their certificates again [s]."""
    handshake: float = 90.0
    """How long opening a link may take: TLS and upgrade, two round trips [s]; 20 at most while many are being opened."""
    frames_days: int = 14
    """How long raw frames are kept [d]."""


class Bulk(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Files that come and go over links: firmware, logs."""

    largest: int = 1_073_741_824
    """One file [bytes]."""
    most: int = 4_294_967_296
    """All that has come and is under way; what is more is not taken [bytes]."""


class Uploads(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Logs that stations send by HTTP, each to an address of its own. How long they are kept is policy.keep_logs."""

    url: str = ""
    """Where stations reach this CSMS by HTTPS. Empty: web.public_url, else where the page is served; without TLS on this machine
    only."""
    without_tls: bool = False
    """Let them come without TLS: everybody on the way can read and alter what they send."""
    password: bool = True
    """They have to show the user and the password of the address (https://user:password@…) as HTTP Basic; false for firmware
    that leaves them out: then the address alone, which nobody can guess, lets them in."""
    largest: int = 268_435_456
    """One log [bytes]."""
    most: int = 8_589_934_592
    """All logs; what is more is not taken [bytes]."""


class Firmware(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Images of firmware for stations, which fetch them by HTTP, each at an address of its own, or in their link."""

    url: str = ""
    """Where stations reach this CSMS by HTTPS. Empty: web.public_url, else where the page is served; without TLS on this machine
    only."""
    without_tls: bool = False
    """Let them fetch without TLS: everybody on the way can read images, and give other ones."""
    roots: str = ""
    """PEM file of the manufacturers: an image whose signer does not descend from one is not taken. Empty: any signer will do."""
    revoked: str = ""
    """PEM file of the lists of signers that were taken back."""
    authorities: str = ""
    """PEM file to believe where images are fetched from a level above. Empty: those of the system."""
    largest: int = 1_073_741_824
    """One image [bytes]."""
    most: int = 17_179_869_184
    """All images; what is more is not taken [bytes]."""


class Log(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Structured logs on stderr."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "console", "json"] = "auto"
    """auto: console on a terminal, else json."""


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything a CSMS can be told."""

    data: str = "open63110-data"
    """Folder of the database, raw frames and secrets; relative to where it is started."""
    clock_factor: float = 1.0
    """Speeds up every timer; for rehearsals only."""
    linger: float = 0.007
    """How long what stations say gathers, while they say much, to be understood and committed together [s]; whatever else is
    committed waits half of it at most."""
    listeners: dict[str, Listener] = msgspec.field(default_factory=dict)
    web: Web = Web()
    policy: Policy = Policy()
    limits: Limits = Limits()
    bulk: Bulk = Bulk()
    uploads: Uploads = Uploads()
    firmware: Firmware = Firmware()
    log: Log = Log()
    notify: dict[str, Notify] = msgspec.field(default_factory=dict)
    quirks: dict[str, QuirkTable] = msgspec.field(default_factory=dict)
    fault_codes: FaultCodes = FaultCodes()
    protection: Protection = Protection()
    protect: dict[str, Protect] = msgspec.field(default_factory=dict)
    demand: dict[str, Demanded] = msgspec.field(default_factory=dict)

    @property
    def links(self) -> Links:
        """What it shows on links: the first listener of them says."""
        found = next((one for one in self.listeners.values() if one.kind == "link"), None)
        if found is None:
            return Links()
        return Links(certificate=found.certificate, key=found.key, authorities=found.client_authorities, revoked=found.revoked)


def load(path: Path | None, environment: Mapping[str, str] | None = None) -> Config:
    """Read configuration from a file and the environment.

    Args:
        path: None means defaults.
        environment: the process's own when None.

    Raises:
        Malformed: something is unknown, of a wrong kind, or contradicts itself; says where and what to do.
    """
    config = read_settings(Config, path, environment)
    check(config)
    return config


def read_settings(
    kind: type[S], path: Path | None, environment: Mapping[str, str] | None = None, *, made_by: str = CSMS_INIT
) -> S:
    """Read the settings of any program of ours from a file and the environment.

    Args:
        kind: what can be set; fields that are structs, or dictionaries of them, are tables.
        path: None means defaults.
        environment: the process's own when None.
        made_by: the command that writes such a file.

    Raises:
        Malformed: something is unknown or of a wrong kind; says where and what to do.
    """
    tree = _read(path, made_by) if path else {}
    for names, value, origin in _overrides(os.environ if environment is None else environment):
        _put(tree, names, value, origin)
    _refuse_unknown(tree, kind, "")
    try:
        return msgspec.convert(tree, kind, strict=False)
    except msgspec.ValidationError as fault:
        raise _explained(tree, fault) from fault


def _explained(tree: Mapping[str, Any], fault: msgspec.ValidationError) -> Malformed:
    """Say where a value of the wrong kind stands; a listener by its name."""
    text, place = _said(fault)
    for name, one in tree.get("listeners", {}).items() if place.startswith("listeners[...]") else ():
        try:
            msgspec.convert(one, Listener, strict=False)
        except msgspec.ValidationError as inner:
            text, within = _said(inner)
            place = f"listeners.{name}.{within}".rstrip(".")
            break
    place = place or "the configuration"
    return Malformed(f"{place}: {text}", where=place)


def _said(fault: msgspec.ValidationError) -> tuple[str, str]:
    text, _, where = str(fault).partition(" - at `$")
    return text, where.strip(".`")


def origins(path: Path | None, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return where each setting that is not a default comes from: its dotted name, and the file or the variable."""
    found = dict.fromkeys(_leaves(_read(path) if path else {}), str(path))
    for names, _, origin in _overrides(os.environ if environment is None else environment):
        found[".".join(names)] = origin
    return found


def _leaves(tree: Mapping[str, Any], path: str = "") -> Iterator[str]:
    for name, value in tree.items():
        yield from _leaves(value, f"{path}{name}.") if isinstance(value, dict) else (f"{path}{name}",)


def _read(path: Path, made_by: str = CSMS_INIT) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as fault:
        raise Malformed(f"there is no file {path}", where=str(path), remedy=f"{made_by} writes one") from fault
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise Malformed(f"{path} cannot be read: {fault}", where=str(path)) from fault


def _overrides(environment: Mapping[str, str]) -> list[tuple[list[str], str, str]]:
    found = []
    for name, value in sorted(environment.items()):
        if not name.startswith(PREFIX):
            continue
        names = name.removeprefix(PREFIX).lower().split("__")
        if names[-1].endswith("_file") and len(names[-1]) > len("_file"):
            names[-1] = names[-1].removesuffix("_file")
            value = _secret(Path(value), name)  # noqa: PLW2901 - the file's content is the value
        found.append((names, value, name))
    return found


def _secret(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as fault:
        raise Malformed(f"{name} names {path}, which cannot be read: {fault.strerror}", where=name) from fault


def _put(tree: dict[str, Any], names: list[str], value: str, origin: str) -> None:
    for name in names[:-1]:
        tree = tree.setdefault(name, {})
        if not isinstance(tree, dict):
            raise Malformed(f"{origin} names a table, but {name} is a value", where=origin)
    tree[names[-1]] = value.split(",") if names[-1] in LISTS else value


def _refuse_unknown(tree: Mapping[str, Any], kind: type[msgspec.Struct], path: str) -> None:
    hints = get_type_hints(kind)
    for name, value in tree.items():
        place = f"{path}{name}"
        if name not in hints:
            near = difflib.get_close_matches(name, hints, n=1, cutoff=0.5)
            hint = f"did you mean {path}{near[0]}?" if near else f"known here: {', '.join(sorted(hints))}"
            raise Malformed(f"{place} is no setting; {hint}", where=place, remedy=hint)
        if not isinstance(value, dict):
            continue
        table, many = table_of(hints[name])
        if table is not None:
            for key, one in value.items() if many else [("", value)]:
                if isinstance(one, dict):
                    _refuse_unknown(one, table, f"{place}.{key}." if many else f"{place}.")


def table_of(hint: Any) -> tuple[type[msgspec.Struct] | None, bool]:
    """Return which table a setting is, and whether it is many of them by name; None: it is a value."""
    kinds = [hint, *get_args(hint)]
    found = [one for one in kinds if isinstance(one, type) and issubclass(one, msgspec.Struct)]
    return (found[0] if found else None), get_origin(hint) is dict


def check(config: Config) -> None:
    """See whether the settings of a CSMS, whole or of a local one, fit together.

    Raises:
        Malformed: they contradict themselves; says where and what to do.
    """
    for name, listener in config.listeners.items():
        _check_listener(f"listeners.{name}", listener)
    for place, port in {
        "web": config.web.port,
        **{f"listeners.{name}": one.port for name, one in config.listeners.items()},
    }.items():
        if not 0 <= port <= HIGHEST_PORT:
            raise Malformed(f"{place}.port is {port}; a port is 0 (any free one) to {HIGHEST_PORT}", where=f"{place}.port")
    if bool(config.web.certificate) != bool(config.web.key):
        raise Malformed("web needs both certificate and key, or neither", where="web")
    for name in ("handshake", "link_lifetime"):
        if getattr(config.limits, name) <= 0:
            raise Malformed(f"limits.{name} must be above 0", where=f"limits.{name}")
    if config.clock_factor <= 0:
        raise Malformed("clock_factor must be above 0", where="clock_factor")
    _check_terms(config.policy)
    check_bulk(config.bulk)
    _check_files("uploads", config.uploads, "read and alter")
    _check_files("firmware", config.firmware, "give stations other images")
    check_protection(config, config.links)
    check_notify(config.notify, config.policy)
    check_quirks(config.quirks, config.policy, config.limits.ping_every)


def _check_files(place: str, files: Uploads | Firmware, can: str) -> None:
    if not 0 < files.largest <= files.most:
        raise Malformed(f"{place}.largest is above 0, and not more than {place}.most", where=f"{place}.largest")
    if files.url and not files.url.startswith("https://") and not (files.without_tls and files.url.startswith("http://")):
        remedy = f"say https://…, or without_tls = true to accept that everybody on the way can {can}"
        raise Malformed(f"{place}.url is no address with TLS; {remedy}", where=f"{place}.url", remedy=remedy)


def check_bulk(bulk: Bulk) -> None:
    """See whether bounds of files fit together.

    Raises:
        Malformed: they contradict themselves.
    """
    if not 0 < bulk.largest <= bulk.most:
        raise Malformed("bulk.largest is above 0, and not more than bulk.most", where="bulk.largest")


def _check_listener(place: str, listener: Listener) -> None:
    if bool(listener.certificate) != bool(listener.key):
        raise Malformed(f"{place} needs both certificate and key, or neither", where=place)
    if listener.kind == "link" and not (listener.certificate and listener.client_authorities):
        remedy = "set certificate, key and client_authorities; open63110 pki issue makes them"
        raise Malformed(f"{place} is a link, which has no plain mode; {remedy}", where=place, remedy=remedy)
    if not listener.certificate and not listener.plain:
        remedy = "set certificate and key, or plain = true to accept that everybody on the way can read and alter"
        raise Malformed(f"{place} has no TLS; {remedy}", where=place, remedy=remedy)
    if listener.stations and listener.kind != "link":
        raise Malformed(f"{place}.stations: only links are opened from here", where=f"{place}.stations")
    if listener.client_authorities and not listener.certificate:
        raise Malformed(f"{place} asks for client certificates without TLS", where=place)


def host_and_port(text: str, where: str) -> tuple[str | None, int]:
    """Split HOST:PORT; an IPv6 host stands in brackets, none means everywhere.

    Raises:
        Malformed: that is neither.
    """
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > HIGHEST_PORT:
        raise Malformed(f"{where}: {text!r} is no HOST:PORT", where=where)
    return host.removeprefix("[").removesuffix("]") or None, int(port)


def _check_terms(policy: Policy) -> None:
    terms = (f"keep_{one}" for one in ("minutes", "power", "alarms", "streams", "logs"))
    for name in ("most_quarantined", "forget_quarantined", *terms):
        if getattr(policy, name) < 0:
            raise Malformed(f"policy.{name} must not be below 0", where=f"policy.{name}")
    for name in ("log_within", "firmware_within"):
        if getattr(policy, name) <= 0:
            raise Malformed(f"policy.{name} must be above 0", where=f"policy.{name}")
