# SPDX-License-Identifier: Apache-2.0
"""The part of the demo behind a local CSMS (annex A.4): two zones, stations by link and by OCPP, one link to the level above."""

import contextlib
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from open63110.apps.config import Limits, Listener, Log, Web
from open63110.apps.csms import Csms
from open63110.apps.local_config import LocalConfig, Upper, ZonePlan
from open63110.apps.local_csms import LocalCsms
from open63110.apps.site import Site, StationPlan
from open63110.bindings.link.carriers.websocket_carrier import client_tls
from open63110.bindings.link.dialling import Dialling as LinkDialling
from open63110.bindings.ocpp.line import Dialling
from open63110.bindings.ocpp.rpc.version import Version
from open63110.bindings.web.serve import serving
from open63110.kernel.ids import PrincipalId, StationId
from open63110.kernel.roles import Role
from open63110.kernel.units import Seconds
from open63110.model.policy import Policy
from open63110.model.principal import Principal
from open63110.pki.authority import Wish
from open63110.pki.folder import Folder, Given
from open63110.pki.identity import party
from open63110.runtime.principals import NewPrincipal, Principals
from open63110.usecases.stations.onboard_station import RegisterStation

LEVEL, PLACE = "mall-lc", "mall"
"""The local CSMS, and the site it answers for."""

SET_UP = Principal(id=PrincipalId("demo"), role=Role.ADMIN, name="whoever sets the demo up")

OF_LINK: Final = (
    StationPlan(id="MALL-AC-1", version=Version.V21, interval=30.0),
    StationPlan(id="MALL-DC-1", version=Version.V21, interval=30.0, evses=1, limit=150_000.0, signed=True),
)
"""Stations that come by link, whatever version they could speak."""

OF_OCPP: Final = (
    StationPlan(id="MALL-AC-2", version=Version.V16, interval=30.0),
    StationPlan(id="MALL-DC-2", version=Version.V201, interval=30.0, evses=1, limit=150_000.0),
)

ZONES: Final = {
    "ac": ZonePlan(import_max=88_000.0, stations=("MALL-AC-1", "MALL-AC-2"), evses=2, evse_max=22_000.0),
    "dc": ZonePlan(import_max=300_000.0, stations=("MALL-DC-1", "MALL-DC-2"), evse_max=150_000.0),
}

LEAST = 0.0005
"""Records tell energy in thousandths of a watt-hour; what is less than half of one is no difference [Wh]."""


class Certificates:
    """The authority of the demo, made at its start, and what it gives."""

    def __init__(self, folder: Path, now: datetime) -> None:
        """Make it in a folder, or go on with the one that is there."""
        self._folder, self._now = Folder(folder), now
        if not self._folder.root_path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            self._folder.make("open63110 demo", (), now)

    def give(self, identity: str, role: Role) -> Given:
        """Issue a certificate for this start; stations only dial, all others are reached on this machine as well."""
        names = () if role is Role.STATION else ("localhost",)
        to = self._folder.path / "parties" / f"{identity}-{secrets.token_hex(4)}"
        return self._folder.issue(Wish(party=party(identity, role), server_names=names), self._now, to=to)

    def listener(self, own: Given) -> Listener:
        """Return the settings of a listener for links, at any free port."""
        return Listener(
            kind="link",
            host="127.0.0.1",
            port=0,
            certificate=str(own.certificate),
            key=str(own.key),
            client_authorities=str(self._folder.root_path),
            revoked=str(self._folder.revoked_path),
        )


@contextlib.asynccontextmanager
async def mall(folder: Path, given: Certificates, upper: Csms, by: Principal) -> AsyncIterator[LocalCsms]:
    """Run a local CSMS, on a folder of its own, that the level above expects with all its stations.

    Args:
        folder: for its data.
        given: who issues its certificate.
        upper: the level above, with a listener called link.
        by: who admits it there.
    """
    await _expect(upper, by)
    own = given.give(LEVEL, Role.LOCAL_CSMS)
    patience, plain = upper.config.limits.answer_timeout, Listener(host="127.0.0.1", port=0, plain=True)
    config = LocalConfig(
        identity=LEVEL,
        site=PLACE,
        data=str(folder),
        clock_factor=upper.config.clock_factor,
        listeners={"link": given.listener(own), "stations": plain},
        limits=Limits(answer_timeout=patience),
        policy=Policy(order_deadline=Seconds(patience), unknown_stations="refuse", cso=LEVEL),
        log=Log(level="warning"),
        upper=Upper(
            endpoints=(f"wss://localhost:{upper.listeners['link'].port}/link",),
            certificate=str(own.certificate),
            key=str(own.key),
            authorities=str(own.authority),
            answer_within=patience / 3,
        ),
        zones=ZONES,
    )
    async with LocalCsms(config).running() as local:
        yield local


async def _expect(upper: Csms, by: Principal) -> None:
    """Say at the level above who answers for the site, and which stations stand there."""
    principals = Principals(upper.engine, upper.keys, upper.ids)
    try:
        await principals.create(by, NewPrincipal(id=LEVEL, role=Role.LOCAL_CSMS, scope=(f"/{PLACE}",)))
    finally:
        principals.close()
    for plan in (*OF_LINK, *OF_OCPP):
        await upper.orders.ask(RegisterStation(station=StationId(plan.id), note=f"demo, behind {LEVEL}"), by)


@contextlib.asynccontextmanager
async def shown(local: LocalCsms, name: str, password: str) -> AsyncIterator[int]:
    """Serve the page of the local CSMS on this machine to the same person; yields its port."""
    principals = Principals(local.engine, local.keys, local.ids)
    try:
        await principals.first_admin(name, password)
    finally:
        principals.close()
    async with serving(local.node(), Web(port=0)) as port:
        yield port


async def furnish(local: LocalCsms, given: Certificates, site: Site) -> None:
    """Put the stations up that stand behind the local CSMS."""
    to = f"wss://localhost:{local.listeners['link'].port}/link"
    for number, plan in enumerate(OF_LINK, start=1):
        own = given.give(plan.id, Role.STATION)
        assert own.key is not None  # noqa: S101 - made where no request came
        tls = client_tls(own.certificate, own.key, own.authority)
        site.build(plan, LinkDialling(endpoints=(to,), tls=tls), counted=number * 7_654_321)
    url, patience = f"ws://127.0.0.1:{local.listeners['stations'].port}/ocpp", local.config.limits.answer_timeout
    principals = Principals(local.engine, local.keys, local.ids)
    try:
        for number, plan in enumerate(OF_OCPP, start=1):
            password = secrets.token_urlsafe(24)
            await principals.create(SET_UP, NewPrincipal(id=plan.id, role=Role.STATION, secret=password))
            line = Dialling(url=url, password=password, patience=patience, longest_pause=60.0)
            site.build(plan, line, counted=number * 3_456_789)
    finally:
        principals.close()


def told(local: LocalCsms) -> bool:
    """Tell whether the level above has confirmed all that it was told."""
    above = local.above
    return above is not None and above.open and not above.lines.session.waiting


def by_link(place: str) -> bool:
    """Tell whether a station, or one of its EVSEs, is reached by link."""
    return place.partition("/")[0] in {plan.id for plan in OF_LINK}


def differences(
    records: list[dict[str, Any]], meters: Mapping[str, Mapping[str, float]], ended: Mapping[StationId, int]
) -> Iterator[str]:
    """Yield where records of stations by link, whose frames the judge does not read, are not what the hardware counted.

    Args:
        records: as exported; those that another corrects are passed over.
        meters: what each showed before and after, by station/EVSE [Wh].
        ended: energy transfers, by station, as the stations saw them.
    """
    corrected = {record["corrects"] for record in records}
    valid = [record for record in records if record["id"] not in corrected]
    counted, held = Counter(record["station"] for record in valid), Counter[tuple[str, str]]()
    energy = dict.fromkeys(meters, 0.0)
    for record in valid:
        held.update((record["station"], transfer) for transfer in record["transfers"])
        place = f"{record['station']}/{record['evse']}"
        energy[place] = energy.get(place, 0.0) + record["energy"]
        if len(record["transfers"]) != 1:
            yield f"record {record['id']}: it holds {len(record['transfers'])} transactions"
    yield from (f"{' '.join(key)}: stands in {count} records" for key, count in held.items() if count != 1)
    for station in sorted({*counted, *(place.partition("/")[0] for place in meters)}):
        if counted[station] != (sessions := ended.get(StationId(station), 0)):
            yield f"{station}: {sessions} sessions, {counted[station]} records"
    for place, recorded in energy.items():
        shown = meters.get(place, {"begin": 0.0, "end": 0.0})
        if abs(shown["end"] - shown["begin"] - recorded) > LEAST:
            yield f"meter {place} counted {shown['end'] - shown['begin']} Wh, its records say {recorded} Wh"
