# SPDX-License-Identifier: Apache-2.0
"""`open63110 local-csms`: runs the CSMS of a site below another one until it is told to stop, or sets one up."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from open63110.cli.config import protected
from open63110.cli.csms import admin_password, paths, show_where, where_it_serves
from open63110.cli.listeners import chosen_listeners, endpoint
from open63110.cli.say import DONE, AsJson, say, tell

if TYPE_CHECKING:
    from open63110.apps.csms import Csms

app = App(
    name="local-csms",
    help_format="plaintext",
    help_epilogue="For example: open63110 local-csms init mall --upper wss://csms.example:8890/link; open63110 local-csms",
)

LocalFile = Annotated[Path | None, Parameter(name=["--config", "-c"])]

USUAL = (Path("local-csms.toml"), Path("/etc/open63110/local-csms.toml"))


def local_file(named: Path | None) -> Path | None:
    """Return the file that was named, or else the first of the usual ones there is; None if there is none."""
    if named is not None:
        return named
    if chosen := os.environ.get("OPEN63110_LOCAL_CSMS_CONFIG", ""):
        return Path(chosen)
    return next((path for path in USUAL if path.exists()), None)


@app.default
def run(*, config: LocalFile = None, json: AsJson = False) -> None:
    """Run a local CSMS until SIGTERM or Ctrl-C; SIGHUP reads certificates anew.

    Once it serves, it says where: in words, or with --json in one line
    `{"ready": true, "web": "http://…", "listeners": {"name": port}}`.

    Args:
        config: The configuration; without it $OPEN63110_LOCAL_CSMS_CONFIG, ./local-csms.toml or /etc/open63110/local-csms.toml.
        json: Say where it serves as one line of JSON.
    """
    from open63110.apps.csms import serve
    from open63110.apps.install import make_folder
    from open63110.apps.local_config import load
    from open63110.apps.local_csms import LocalCsms
    from open63110.apps.logs import set_up
    from open63110.apps.process import open_files, run, settle

    settings = load(local_file(config))
    set_up(settings.log)
    open_files()
    make_folder(Path(settings.data))

    def ready(csms: "Csms") -> None:
        settle()
        where = where_it_serves(csms)
        tell(where) if json else show_where(where, paths(csms))

    run(serve(settings, make=LocalCsms, ready=ready))


@app.command
def check(*, config: LocalFile = None, json: AsJson = False) -> int:
    """See whether a configuration will do, certificates included.

    Args:
        config: The configuration, found as by run.
        json: Print `{"config", "site", "identity"}` as one line of JSON, with `"protected"` where elements are.
    """
    from open63110.apps.local_config import load
    from open63110.bindings.link.carriers.websocket_carrier import client_tls

    path = local_file(config)
    settings = load(path)
    upper = settings.upper
    if upper.endpoints:
        client_tls(Path(upper.certificate), Path(upper.key), Path(upper.authorities))
    found = {"config": str(path) if path else "", "site": settings.site, "identity": settings.identity}
    said = protected(settings)
    if json:
        tell(found | ({"protected": said} if said else {}))
        return DONE
    say(f"{found['config'] or 'the defaults'} will do for {found['identity']} at /{found['site']}")
    for line in said:
        say(line)
    return DONE


@app.command
def init(
    site: str,
    *,
    upper: Annotated[list[str] | None, Parameter(negative=())] = None,
    identity: str = "",
    config: Path = Path("local-csms.toml"),
    data: Path | None = None,
    admin: str = "admin",
    password_file: Path | None = None,
    listener: Annotated[list[str] | None, Parameter(negative=())] = None,
    certificate: Path | None = None,
    key: Path | None = None,
    authorities: Path | None = None,
    revoked: Path | None = None,
    web: str = "127.0.0.1:8880",
    json: AsJson = False,
) -> None:
    """Set up a local CSMS: a configuration that explains itself, the data folder, the first administrator.

    Args:
        site: What it answers for: /site and all below.
        upper: Where the level above is, as wss://host:port/link, any number of times, the one wanted most first.
        identity: As its certificate names it; without it site-lc.
        config: The file to write; it must not exist.
        data: Folder of the database, raw frames and secrets; without it local-csms-data beside the configuration.
        admin: Name of the first administrator.
        password_file: Holds the administrator's password; without it you are asked, or without a terminal one is made.
        listener: Where stations connect, as for csms init, with the certificate below; without it plain:127.0.0.1:8887.
        certificate: PEM file with its own chain, whose role is local-csms: for links, upwards and at its listeners.
        key: PEM file with its key.
        authorities: PEM file: whose certificates are believed, above and below.
        revoked: PEM file of those of them that were taken back.
        web: Where page and REST are served, as HOST:PORT.
        json: Print `{"config", "data", "admin", "key"}`, and the password if one was made, as one line of JSON.

    Raises:
        Refused: the file is there already.
    """
    from open63110.apps.install import first_admin
    from open63110.apps.local_config import load, written
    from open63110.apps.process import run
    from open63110.kernel.errors import Refused

    if config.exists():
        remedy = "name another with --config, or move it away"
        raise Refused(f"there is a file {config} already", code="Exists", where=str(config), remedy=remedy)
    folder = (data or config.parent / "local-csms-data").absolute()
    host, port = endpoint(web)
    above: dict[str, Any] = {"endpoints": upper or []}
    files = {"certificate": certificate, "key": key, "authorities": authorities, "revoked": revoked}
    above |= {name: str(path) for name, path in files.items() if path}
    tree = {
        "identity": identity or f"{site}-lc",
        "site": site,
        "data": str(folder),
        "listeners": chosen_listeners(
            listener or ["plain:127.0.0.1:8887"], certificate, key, authorities, revoked=revoked, authorities="authorities"
        ),
        "web": {"host": host, "port": port},
        "upper": above,
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
    if json:
        tell(result)
        return
    for name, value in result.items():
        say(f"{name:14} {value}")
    say(f"Now: open63110 local-csms --config {config}")
