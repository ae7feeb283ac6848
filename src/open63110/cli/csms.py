# SPDX-License-Identifier: Apache-2.0
"""`open63110 csms`: runs a CSMS until it is told to stop, or sets one up."""

import secrets
import sys
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter

from open63110.cli.listeners import chosen_listeners, endpoint
from open63110.cli.say import AsJson, NotUnderstood, note, say, tell
from open63110.cli.where import ConfigFile, config_file

if TYPE_CHECKING:
    from open63110.apps.csms import Csms

PATHS = {"ocpp": "/ocpp/<station id>", "link": "/link"}

app = App(
    name="csms",
    help_format="plaintext",
    help_epilogue="For example: open63110 csms init; open63110 csms --config /etc/open63110/open63110.toml",
)


@app.default
def run(*, config: ConfigFile = None, json: AsJson = False) -> None:
    """Run a CSMS until SIGTERM or Ctrl-C; SIGHUP reads certificates anew.

    Once it serves, it says where: in words, or with --json in one line
    `{"ready": true, "web": "http://…", "listeners": {"name": port}}`.

    Args:
        config: The configuration; without it $OPEN63110_CONFIG, ./open63110.toml or /etc/open63110/open63110.toml.
        json: Say where it serves as one line of JSON.
    """
    from open63110.apps.config import load
    from open63110.apps.csms import serve
    from open63110.apps.install import make_folder
    from open63110.apps.logs import set_up
    from open63110.apps.process import open_files, run, settle

    settings = load(config_file(config))
    set_up(settings.log)
    open_files()
    make_folder(Path(settings.data))

    def ready(csms: "Csms") -> None:
        settle()
        where = where_it_serves(csms)
        tell(where) if json else show_where(where, paths(csms))

    run(serve(settings, ready=ready))


def where_it_serves(csms: "Csms") -> dict[str, Any]:
    """Return where a CSMS serves, for people and programs."""
    web = csms.config.web
    scheme = "https" if web.certificate else "http"
    address = web.public_url or f"{scheme}://{_spoken(web.host)}:{csms.web_port}"
    return {"ready": True, "web": address, "listeners": {name: one.port for name, one in csms.listeners.items()}}


def paths(csms: "Csms") -> dict[str, str]:
    """Return what is opened at each listener: the path of links, or that of a station on OCPP."""
    return {name: PATHS[one.kind] for name, one in csms.config.listeners.items()}


def _spoken(host: str) -> str:
    """Write a host as a browser on this machine wants it."""
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104 - compared, not bound
        return "localhost"
    return f"[{host}]" if ":" in host else host


def show_where(where: dict[str, Any], opened: dict[str, str]) -> None:
    """Say it to people."""
    say(f"page      {where['web']}")
    for name, port in where["listeners"].items():
        say(f"stations  port {port} ({name}), path {opened[name]}")
    if not where["listeners"]:
        note("No listener is configured, so no station can connect: add one as [listeners.<name>].")


@app.command
def init(
    *,
    config: Path = Path("open63110.toml"),
    data: Path | None = None,
    admin: str = "admin",
    password_file: Path | None = None,
    listener: Annotated[list[str] | None, Parameter(negative=())] = None,
    certificate: Path | None = None,
    key: Path | None = None,
    client_authorities: Path | None = None,
    revoked: Path | None = None,
    web: str = "127.0.0.1:8880",
    unknown_stations: Literal["refuse", "quarantine", "accept"] = "quarantine",
    json: AsJson = False,
) -> None:
    """Set up a CSMS: a configuration that explains itself, the data folder, the first administrator.

    To try it, for all addresses of a closed network, and for the Internet:

        open63110 csms init
        open63110 csms init --listener plain:0.0.0.0:8887 --web 0.0.0.0:8880
        open63110 csms init --listener tls:0.0.0.0:8443 --certificate chain.pem --key key.pem

    With the files that `open63110 pki issue csms --role csms` makes, for links:

        open63110 csms init --listener link:0.0.0.0:8890 --certificate certificate.pem --key key.pem \
            --client-authorities authority.pem

    Args:
        config: The file to write; it must not exist.
        data: Folder of the database, raw frames and secrets; without it open63110-data beside the configuration.
        admin: Name of the first administrator.
        password_file: Holds the administrator's password; without it you are asked, or without a terminal one is made.
        listener: Where stations connect, as KIND:HOST:PORT or NAME=KIND:HOST:PORT, any number of times. KIND is plain
            (password, no encryption), open (neither), tls (password), mtls (client certificates) or link (the link of
            this product, with certificates at both ends). Port 0 takes any free one. Without it plain:127.0.0.1:8887.
        certificate: PEM file with the server's chain, for tls, mtls and link.
        key: PEM file with its key.
        client_authorities: PEM file with the authorities of client certificates, for mtls and link.
        revoked: PEM file of the certificates that were taken back, for link.
        web: Where page and REST are served, as HOST:PORT.
        unknown_stations: What happens to a station that nobody registered.
        json: Print `{"config", "data", "admin", "key"}`, and the password if one was made, as one line of JSON.

    Raises:
        Refused: the file is there already.
    """
    from open63110.apps.config import load
    from open63110.apps.config_file import written
    from open63110.apps.install import first_admin
    from open63110.apps.process import run
    from open63110.kernel.errors import Refused

    if config.exists():
        remedy = "name another with --config, or move it away"
        raise Refused(f"there is a file {config} already", code="Exists", where=str(config), remedy=remedy)
    folder = (data or config.parent / "open63110-data").absolute()
    host, port = endpoint(web)
    tree = {
        "data": str(folder),
        "listeners": chosen_listeners(
            listener or ["plain:127.0.0.1:8887"], certificate, key, client_authorities, revoked=revoked
        ),
        "web": {"host": host, "port": port},
        "policy": {"unknown_stations": unknown_stations},
    }
    password, made = admin_password(password_file, admin, asked=not json)
    config.parent.mkdir(parents=True, exist_ok=True)
    draft = config.with_name(f"{config.name}.new")
    draft.write_text(written(tree), encoding="utf-8")
    try:
        load(draft, {})
        admitted = run(first_admin(folder, admin, password))
        draft.rename(config)
    finally:
        draft.unlink(missing_ok=True)
    result = {"config": str(config), "data": str(folder), "admin": admin, "key": admitted.key}
    result |= {"password": password} if made else {}
    (tell if json else _show_init)(result)


def admin_password(file: Path | None, admin: str, *, asked: bool) -> tuple[str, bool]:
    """Return a password, and whether it was made here and has to be shown."""
    if file is not None:
        return file.read_text(encoding="utf-8").strip(), False
    if not (asked and sys.stdin.isatty()):
        return secrets.token_urlsafe(18), True
    password = getpass(f"Password of {admin}, at least 10 characters (empty: make one): ")
    if not password:
        return secrets.token_urlsafe(18), True
    if getpass("The same again: ") != password:
        raise NotUnderstood("the two passwords differ")
    return password, False


def _show_init(result: dict[str, Any]) -> None:
    say(f"configuration  {result['config']}")
    say(f"data           {result['data']}")
    say(f"administrator  {result['admin']}")
    if "password" in result:
        say(f"password       {result['password']}   shown this once")
    say(f"API key        {result['key']}   shown this once")
    say(f"Now: open63110 csms --config {result['config']}")
