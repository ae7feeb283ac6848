# SPDX-License-Identifier: Apache-2.0
"""The contents page of IEC 63110-1:2022 as data: number, title, and which acceptance tests must pass on which wires.

Nothing here says what is done: that is derived from the use-case table and the last recorded run (``apps/acceptance.py``).
"""

from collections.abc import Mapping

import msgspec

Wires = tuple[str, ...]

OCPP: Wires = ("v16", "v201", "v21")
V2X: Wires = ("v201", "v21")
"""OCPP 1.6 has no words for it: sequence numbers and the offline flag (6.2-2), what an EV means to take (8.2.3-3), why a
station booted (8.3.7-1), severities …"""
V21: Wires = ("v21",)
LINK: Wires = ("link",)
"""The native binding alone can carry it."""
EVERY: Wires = (*OCPP, *LINK)
NEWER: Wires = (*V2X, *LINK)
"""OCPP 1.6 has no words for it, the others have."""
S2: Wires = ("s2",)
ANYHOW: Wires = ()
"""No wire is concerned, or any will do: passing once is enough."""


class Clause(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the contents page."""

    number: str
    title: str
    tests: Mapping[str, Wires]
    """Id of each acceptance test → wires on which it must have passed; empty where the clause only holds other clauses."""
    short: Mapping[str, str] = {}
    """Acceptance test → what the tests of this tree leave out of it so far; a clause is carried only where nothing is."""
    out: str = ""
    """Why it is none of ours; empty where it is."""


def _clause(
    number: str,
    title: str,
    count: int = 0,
    wires: Wires = ANYHOW,
    other: Mapping[int, Wires] | None = None,
    *,
    short: Mapping[int, str] | None = None,
) -> Clause:
    """Name a clause by its own acceptance tests 1 to ``count``; ``other``: those that need other wires."""
    tests = {f"AT-{number}-{n}": (other or {}).get(n, wires) for n in range(1, count + 1)}
    return Clause(
        number=number, title=title, tests=tests, short={f"AT-{number}-{n}": words for n, words in (short or {}).items()}
    )


def _shown(number: str, title: str, tests: Mapping[str, Wires]) -> Clause:
    """Name a clause that acceptance tests of another name show."""
    return Clause(number=number, title=title, tests=tests)


CONTENTS: tuple[Clause, ...] = (
    _clause("4.3", "Metamodel", 1),
    _shown("6.1", "Energy transfer session", {"AT-6.2-1": OCPP, "AT-6.2-2": V2X}),
    _clause("6.2", "Service session", 2, OCPP, {2: V2X}, short={1: "reservation and parking"}),
    _shown("6.3", "Transaction", {"AT-6.2-1": OCPP}),
    _clause("7.1", "Generalities", 1, OCPP),
    _clause("7.2", "Communication protocol requirements"),
    _clause("7.2.1", "General", 1, LINK),
    _clause("7.2.2", "Data transfer", 2, OCPP, {1: ("v16", "v21")}, short={1: "the OCPI CDR"}),
    _clause("7.3", "Communication architecture requirements", 1, LINK),
    _clause("7.4", "User specific requirements", 1, ANYHOW),
    _clause("7.5", "CSMS implementation requirements", 1, OCPP),
    _clause("7.6", "Interface requirements between CEM, RM and CSMS", 1, S2),
    _clause("7.7", "Grid specific requirements", 1, V21),
    _clause("7.8", "DSO requirements", 2, ANYHOW),
    _clause("7.9", "Cybersecurity requirements"),
    _clause("7.9.1", "General", 1, EVERY),
    _clause("7.9.2", "Security considerations for information", 1, LINK),
    _clause("7.9.3", "Threat analysis", 3, LINK),
    _clause("7.9.4", "Security requirements", 1, ANYHOW),
    _clause("7.9.5", "Relation with use cases", 1, ANYHOW),
    _clause("7.10", "Safety requirements", 2, OCPP),
    _clause("8.2", "Energy domain use cases"),
    _clause("8.2.3", "Smart charging management", 5, OCPP, {3: V2X}),
    _clause("8.2.4", "Charging with demand response", 4, OCPP),
    _clause("8.2.5", "CSMS – RM exchange of information at the initiative of the CSMS", 3, S2),
    _clause("8.2.6", "CSMS – RM exchange of information at the initiative of the RM", 4, S2),
    _clause("8.2.7", "Power variation triggered by DSO", 4, OCPP),
    _clause("8.2.8", "Actors' relations during a V2G session", 4, V21),
    _clause("8.2.9", "Information exchange required to ensure a dynamic energy transfer control", 5, V21),
    _clause("8.2.10", "Providing frequency regulation service by means of decentralized frequency measurements", 5, V21),
    _clause("8.3", "Manage CS domain use cases"),
    _clause("8.3.3", "Discover CS configuration", 3, EVERY),
    _clause("8.3.4", "Update a CS component properties", 3, EVERY),
    _clause("8.3.5", "Monitor a CS", 4, EVERY, {1: NEWER, 2: NEWER, 4: (*V21, *LINK)}),
    _clause("8.3.6", "Update the firmware of a CS", 6, EVERY),
    _clause("8.3.7", "Reboot a CS", 4, EVERY, {1: NEWER, 3: (*V21, *LINK)}),
    _clause("8.3.8", "The CSMS sets the information to be presented to the user", 3, NEWER),
    _clause("8.3.9", "The CSMS sets log criteria", 3, LINK),
    _clause("8.3.10", "Retrieve log information from the CS", 3, EVERY, {2: OCPP}),
    _clause("8.3.11", "Fault-code provisioning", 3, LINK, {1: EVERY}),
    _clause("8.3.12", "Information deletion triggered to CSMS by an SA", 3, EVERY),
    _clause("8.3.13", "CS deregistration", 3, EVERY, short={1: "revoked certificates (8.3.17, 8.3.21) and OCPI"}),
    _clause("8.3.14", "Migration of the CS", 3, NEWER, short={1: "trust anchors (8.3.16), a local CSMS with its stations"}),
    _clause(
        *("8.3.15", "Onboarding the CS", 4, EVERY, {1: OCPP}),
        short={1: "trust anchors and a certificate of its own (8.3.16, 8.3.18)"},
    ),
    _clause("8.3.16", "CA certificate provisioning", 4, OCPP),
    _clause("8.3.17", "ISO 15118 OCSP response messages", 4, OCPP),
    _clause("8.3.18", "Install CS certificate", 4, OCPP),
    _clause("8.3.19", "Install the certificate of the local CSMS", 3, LINK),
    _clause("8.3.20", "Install CS certificate with key pairs created outside", 3, LINK),
    _clause("8.3.21", "Certificate revocation", 4, OCPP),
    _clause("8.4", "Deliver e-mobility services domain use cases"),
    _clause("8.4.3", "Reservation of an EVSE", 4, OCPP),
    _clause("8.4.4", "Authorization with locally presented credentials", 4, OCPP),
    _clause("8.4.5", "Authorization by external means", 4, OCPP, {3: LINK}, short={1: "a CSP over OCPI", 2: "a CSP over OCPI"}),
    _clause("8.4.6", "Inform EVU about tariff during charging session", 4, V2X),
    _clause("8.4.7", "Inform EVU about tariff during operation", 3, V2X),
    _clause("8.4.8", "SDR information production", 5, OCPP, {2: ANYHOW, 3: ANYHOW, 4: V2X}),
    _clause("8.4.9", "ISO 15118 contract certificate installation/update", 4, OCPP),
    _shown("A.2", "Simple home or single EVSE at kerbside", {"AT-A.2": ANYHOW}),
    _shown("A.3", "Complex home with one or two CS", {"AT-A.3": ANYHOW}),
    _shown("A.4", "Parking lot or high-power CS", {"AT-A.4": ANYHOW}),
    _shown("A.5", "CS with local production and battery storage", {"AT-A.5": ANYHOW}),
    _clause("B.1", "Message specific timeouts shall be supported", 2, LINK),
    _clause("B.2", "Transport foundation shall be IP based – with IPv4 and IPv6 support", 1, LINK),
    _clause("B.3", "It shall be possible to transport encrypted and/or signed message payload sub-elements", 3, LINK),
    _clause("B.4", "The communication between a CSC and a CSMS shall be encrypted (transport layer)", 4, LINK),
    _clause("B.5", "Bidirectional communication shall be possible", 2, LINK),
    _clause("B.6", "Long messages shall not block urgent messages", 1, LINK),
    _clause("B.7", "Message payload encoding shall be memory and CPU efficient", 3, LINK),
    _clause("B.8", "Message priority shall be under the control of the application layer", 3, LINK),
    _clause("B.9", "Asynchronous message transfer shall be supported", 2, LINK),
    _clause("B.10", "Authentication with related session mechanism shall be supported", 4, LINK),
    _clause("B.11", "Multicast messages should be supported", 3, LINK),
    _clause("B.12", "Addressing scheme needs to be supported", 3, LINK),
    _clause("B.13", "Coordinated time at CS level shall be supported", 3, LINK),
    _clause("B.14", "Message encoding shall support non-standard payload elements", 2, LINK),
    _clause("B.15", "Message encoding shall support versioning", 3, LINK),
    _clause("B.16", "Communication shall be delay tolerant", 2, LINK),
    _clause("B.17", "The communication technology should have a high reliability in payload delivery", 2, LINK),
    _clause("B.18", "The selected communication technology should not have a single point of failure", 3, LINK),
    _clause("B.19", "Technology shall have proven implementations", 1, LINK),
    _clause("B.20", "Technology shall not have intellectual property restrictions", 1, ANYHOW),
    _clause("B.21", "The communication technology shall be stable", 2, LINK),
    _clause("B.22", "Fine grained authorization shall be supported", 3, LINK),
    _clause(
        "B.23",
        "Communication layer shall be supported by at least two operating systems and embedded platforms for CS and CSMS",
        2,
        LINK,
    ),
    _clause("B.24", "Interoperability with conventional information models used in power industry", 1, LINK),
    _clause("B.25", "Communication layer shall support IEC 63110's multi-level architecture for CSMS", 3, LINK),
    _clause("B.26", "Efficient support for binary payload", 1, LINK),
    _clause("B.27", "Communication layer shall support request/response and publish/subscribe patterns", 3, LINK),
    _clause("C", "Example of a complex service session", 1, ANYHOW),
    _clause("D", "Classification of use cases impacts", 1, ANYHOW),
    _clause("E", "Security use case sequence", 1, ANYHOW),
)
