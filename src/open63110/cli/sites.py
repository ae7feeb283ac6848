# SPDX-License-Identifier: Apache-2.0
"""Sites as files, taken over whole or not at all, and shown as the tree they are."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from open63110.cli.derived import told
from open63110.cli.lists import rows
from open63110.cli.rest import Csms, Key, Url, quoted
from open63110.cli.say import DONE, AsJson, NotUnderstood, note, say, tell
from open63110.cli.site_file import read
from open63110.cli.site_tree import tree

MOST_SITES = 100_000
"""That one file holds."""


def import_(file: Path, *, url: Url = None, key: Key = None, json: AsJson = False) -> int:
    """Let sites be as a file describes them, whole, or change nothing.

    The file is TOML or JSON: a site as `open63110 site export` writes it, or several in a list called sites.

    Args:
        file: Ends in .toml or .json.
        url: Where the CSMS is.
        key: API key.
        json: Print the order as JSON.
    """
    described = read(file)
    sites = described["sites"] if set(described) == {"sites"} else [described]
    status, order = Csms(url, key).post("sites/import", {"sites": sites})
    return told(status, order, as_json=json, waited=True)


def export(
    file: Path,
    *sites: str,
    overwrite: Annotated[bool, Parameter(negative=())] = False,
    url: Url = None,
    key: Key = None,
) -> int:
    """Write sites into a file that `open63110 site import` reads: connections, feeders, assets, zones, stations and EVSEs.

    Args:
        file: Ends in .toml or .json; - prints TOML.
        sites: Their ids; all there are unless given.
        overwrite: Replace the file if it is there.
        url: Where the CSMS is.
        key: API key.
    """
    from open63110.bindings.web.site_text import written

    csms = Csms(url, key)
    wanted = list(sites) or [one["id"] for one in rows(csms, "sites", {}, MOST_SITES)]
    found = [csms.get(f"sites/{quoted(one)}") for one in wanted]
    words = written(found, "json" if file.suffix == ".json" else "toml")
    if str(file) == "-":
        say(words.rstrip("\n"))
        return DONE
    try:
        with file.open("w" if overwrite else "x", encoding="utf-8", newline="\n") as there:
            there.write(words)
    except FileExistsError as fault:
        raise NotUnderstood(f"{file} is there already: --overwrite replaces it") from fault
    note(f"{len(found)} site{'s' * (len(found) != 1)} in {file}")
    return DONE


def show(site: str, *, url: Url = None, key: Key = None, json: AsJson = False) -> int:
    """Show a site with its connections to the grid, feeders, assets, zones, stations and EVSEs.

    Args:
        site: Its id.
        url: Where the CSMS is.
        key: API key.
        json: Print it as JSON, as `open63110 site import` reads it.
    """
    found = Csms(url, key).get(f"sites/{quoted(site)}")
    if json:
        tell(found)
    else:
        for line in tree(found):
            say(line)
    return DONE
