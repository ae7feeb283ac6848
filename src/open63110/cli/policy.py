# SPDX-License-Identifier: Apache-2.0
"""`open63110 policy`: who may say what, as a matrix derived from the tables that are enforced (B.22, 7.9.4)."""

from typing import Any

from open63110.cli.say import AsJson, note, table, tell


def policy(*, json: AsJson = False) -> None:
    """Print who may ask which command of a CSMS, and who may say what to whom over a link; no other role may.

    Who may read, and who may administer, the description of the REST interface says operation by operation.

    Args:
        json: Print `{"doors": [{"role", "action", "path"}], "link": [{"sender", "receiver", "message", "number", "classes"}]}`.
    """
    matrix = {"doors": doors(), "link": link()}
    if json:
        tell(matrix)
        return
    table("", ["role", "may ask", "at"], [[one["role"], one["action"], one["path"]] for one in matrix["doors"]])
    rows = [[one["sender"], one["receiver"], one["message"], " ".join(map(str, one["classes"]))] for one in matrix["link"]]
    table("", ["sender", "receiver", "may say", "classes"], rows)
    note("A command or message that is not listed is refused. Scopes of principals narrow this further.")


def doors() -> list[dict[str, Any]]:
    """Return a cell for each role and command that it may ask for by REST and command line."""
    from open63110.bindings.web.commands import path_of
    from open63110.kernel.roles import Role
    from open63110.runtime.table import discover

    found = [(role, one) for case in discover().cases for one in case.doors for role in one.roles | {Role.ADMIN}]
    cells = [{"role": str(role), "action": one.command.__name__, "path": path_of(one)} for role, one in found]
    return sorted(cells, key=lambda one: (one["role"], one["path"]))


def link() -> list[dict[str, Any]]:
    """Return a cell for each pair of roles and message that one may say to the other over a link."""
    import msgspec

    from open63110.bindings.link.messages.rights import RIGHTS

    return [msgspec.to_builtins(one) for one in RIGHTS.cells()]
