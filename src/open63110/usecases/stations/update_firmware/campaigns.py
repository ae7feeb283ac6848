# SPDX-License-Identifier: Apache-2.0
"""Campaigns: new firmware for many stations, wave after wave, never where energy flows, and no further once too much fails.

Everything about a campaign is in its row, so that it goes on after a restart where it was.
"""

import math
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import chain, repeat
from typing import Final, NamedTuple

from msgspec.structs import replace

from open63110.kernel.errors import Malformed, Refused, Trouble, Unknown
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Effect
from open63110.model.bulk import file_name
from open63110.model.firmware import (
    AWAITED,
    CAMPAIGN_OVER,
    NOT_PUBLISHED,
    OVER,
    Campaign,
    CampaignChanged,
    CampaignMember,
    CampaignState,
    FirmwareImage,
    FirmwarePublication,
    FirmwareState,
    FirmwareUpdate,
    MemberState,
    PublicationState,
    next_request,
    update_key,
)
from open63110.model.policy import Policy
from open63110.model.site import zone_key
from open63110.model.station import Station
from open63110.ports import Fleet, Rows, Where
from open63110.usecases.stations.update_firmware.csms import SETTLED, check_image, fits, newest
from open63110.usecases.stations.update_firmware.messages import (
    AdmitBeforeFirmware,
    CancelCampaign,
    FirmwareAwaited,
    PauseCampaign,
    PublishFirmware,
    ResumeCampaign,
    StartCampaign,
    TendCampaigns,
    UpdateFirmware,
)
from open63110.usecases.stations.update_firmware.publish import publication_key

NOBODY = StationId("")


class _Look(NamedTuple):
    """One look at campaigns."""

    rows: Rows
    sites: Fleet
    now: datetime
    policy: Policy
    asked: set[str]
    """Levels below that were asked how far they are, in this look."""
    images: dict[str, FirmwareImage | None]
    """Those that were looked up in it: thousands of stations may wait for the same one."""

    def image(self, id: str) -> FirmwareImage | None:
        """Return an image."""
        if id not in self.images:
            self.images[id] = self.rows.get(FirmwareImage, id)
        return self.images[id]


MOST_PARALLEL: Final = 1_000
MOST_WAVES: Final = 100
MOST_WINDOWS: Final = 20
MOST_IMAGES: Final = 50
DAY: Final = 24 * 60
"""[min]"""

PUBLISH_EVERY: Final = 2.0
"""How often a level below is asked how far it is [s]."""


def start(command: StartCampaign, rows: Rows, sites: Fleet, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Begin: from now on, whoever tends campaigns gives the orders.

    Raises:
        Malformed: something of it cannot be.
        Unknown: there is no such image, station or site.
        Refused: there is a campaign of that id, an image is not here or not signed, two are for one model, or nobody is meant.
    """
    _check(command)
    if rows.get(Campaign, file_name(command.id, "id")) is not None:
        raise Refused(f"there is a campaign {command.id}", code="Exists", where="id", remedy="give it another id")
    images = [_image(one, rows, policy) for one in command.images]
    _check_models(images)
    stations = _targets(command, images, sites)
    if not stations:
        raise Refused("no station is meant", code="NoStations", where="stations")
    campaign = Campaign(
        id=command.id,
        images=command.images,
        members=tuple(_members(command, stations, images, now)),
        began=now,
        by=command.by,
        max_parallel=command.max_parallel,
        stop_rate=command.stop_rate,
        windows=command.windows,
        admit=command.admit,
    )
    yield _changed(campaign, now)


def _check(command: StartCampaign) -> None:
    if not 0 < len(command.images) <= MOST_IMAGES:
        raise Malformed(f"a campaign has 1 to {MOST_IMAGES} images", code="InvalidValue", where="images")
    if not 0 < command.max_parallel <= MOST_PARALLEL:
        raise Malformed(f"1 to {MOST_PARALLEL} stations at a time", code="InvalidValue", where="max_parallel")
    if not 0 <= command.stop_rate <= 1 or math.isnan(command.stop_rate):
        raise Malformed("stop_rate is a part of a wave, 0 to 1", code="InvalidValue", where="stop_rate")
    if len(command.waves) > MOST_WAVES or any(one < 1 for one in command.waves):
        raise Malformed(f"at most {MOST_WAVES} waves of 1 station at least", code="InvalidValue", where="waves")
    wrong = [one for one in command.windows if not (0 <= one.begins < DAY and 0 <= one.ends <= DAY and one.begins != one.ends)]
    if wrong or len(command.windows) > MOST_WINDOWS:
        raise Malformed(f"a window is two different minutes of a day, 0 to {DAY}", code="InvalidValue", where="windows")
    if bool(command.stations) and command.site is not None:
        raise Malformed("name stations, or a site", code="InvalidValue", where="stations")
    if command.zone and command.site is None:
        raise Malformed("a zone belongs to a site", code="InvalidValue", where="zone")


def _image(id: str, rows: Rows, policy: Policy) -> FirmwareImage:
    image = rows.get(FirmwareImage, id)
    if image is None:
        raise Unknown(f"there is no image {id}", code="UnknownImage", where="images")
    check_image(image, Station(id=NOBODY), policy)
    return image


def _check_models(images: list[FirmwareImage]) -> None:
    every = [(one.vendor.casefold(), model) for one in images for model in one.models]
    if len(every) != len(set(every)):
        raise Refused("two images are for one model", code="Ambiguous", where="images")


def _targets(command: StartCampaign, images: list[FirmwareImage], sites: Fleet) -> list[Station]:
    if command.stations:
        return [_station(StationId(one), sites) for one in dict.fromkeys(command.stations)]
    if command.site is None:
        return [one for one in sites.fleet() if any(fits(image, one) for image in images)]
    if sites.site(command.site) is None:
        raise Unknown(f"there is no site {command.site}", code="UnknownSite", where="site")
    keys = [zone_key(command.site, command.zone)] if command.zone else [one.key for one in sites.zones(command.site)]
    if command.zone and sites.zone(keys[0]) is None:
        raise Unknown(f"site {command.site} has no zone {command.zone}", code="UnknownZone", where="zone")
    return [station for key in keys for station in sites.members(key)]


def _station(key: StationId, sites: Fleet) -> Station:
    found = sites.station(key)
    if found is None:
        raise Unknown(f"there is no station {key!r}", code="UnknownStation", where="stations")
    return found


def _members(
    command: StartCampaign, stations: list[Station], images: list[FirmwareImage], now: datetime
) -> Iterator[CampaignMember]:
    """Yield who is told in which wave. Whoever needs nothing is in none, so that waves are as large as they were said to be."""
    waves = command.waves or (len(stations),)
    places = chain.from_iterable(repeat(wave, size) for wave, size in enumerate(chain(waves, repeat(waves[-1]))))
    for station in stations:
        image = next((one for one in images if fits(one, station)), None)
        if image is None:
            reason = "no image is for its model"
        elif station.identity.firmware == image.version:
            reason = f"it runs {image.version}"
        else:
            yield CampaignMember(station=station.id, wave=next(places), image=image.id)
            continue
        yield CampaignMember(station=station.id, wave=-1, state=MemberState.SKIPPED, reason=reason, ended=now)


# -- what people do with it --


def pause(command: PauseCampaign, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Tell no further station.

    Raises:
        Unknown, Refused: there is none, or it does not run.
    """
    yield _changed(replace(_found(command.id, rows, CampaignState.RUNNING), state=CampaignState.PAUSED), now)


def resume(command: ResumeCampaign, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Go on.

    Raises:
        Unknown, Refused: there is none, or it is not paused.
    """
    yield _changed(replace(_found(command.id, rows, CampaignState.PAUSED), state=CampaignState.RUNNING), now)


def cancel(command: CancelCampaign, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Tell no further station any more; whoever was told goes on.

    Raises:
        Unknown, Refused: there is none, or it is over.
    """
    found = _found(command.id, rows, CampaignState.RUNNING, CampaignState.PAUSED)
    yield from _over(found, CampaignState.CANCELLED, f"by {command.by}", now)


def _found(id: str, rows: Rows, *states: CampaignState) -> Campaign:
    found = rows.get(Campaign, id)
    if found is None:
        raise Unknown(f"there is no campaign {id}", code="UnknownCampaign", where="id")
    if found.state not in states:
        raise Refused(f"it is {found.state}", code="NotNow", where="id")
    return found


# -- what becomes of it --


def tend(command: TendCampaigns, rows: Rows, sites: Fleet, now: datetime, policy: Policy) -> Iterator[Effect]:
    """Look at what has come of those who were told, and tell who is next."""
    del command
    look = _Look(rows, sites, now, policy, set(), {})
    for campaign in rows.load(Campaign, Where("ended", "null")):
        looked = _looked_at(campaign, rows, now)
        if looked.state in CAMPAIGN_OVER and not looked.count(MemberState.ORDERED):
            looked = replace(looked, ended=now)
        if looked.state is CampaignState.RUNNING:
            yield from _go_on(campaign, looked, look)
        elif looked != campaign:
            yield _changed(looked, now)


def _looked_at(campaign: Campaign, rows: Rows, now: datetime) -> Campaign:
    members = tuple(_member(one, rows, now) if one.state is MemberState.ORDERED else one for one in campaign.members)
    return campaign if members == campaign.members else replace(campaign, members=members)


def _member(member: CampaignMember, rows: Rows, now: datetime) -> CampaignMember:
    """Return how far it is with a station that was told."""
    update = rows.get(FirmwareUpdate, update_key(member.station, member.request))
    if update is None:
        return _failed(member, "the order was refused", now)
    if update.state not in OVER:
        late = update.until <= now
        return _failed(member, f"{update.state}: nothing has come of it in time", now) if late else member
    if update.state is FirmwareState.INSTALLED:
        return replace(member, state=MemberState.DONE, ended=now)
    detail = update.history[-1].detail if update.history else ""
    if update.state is FirmwareState.REFUSED and detail.startswith("expired"):
        return replace(member, state=MemberState.WAITING, reason="it did not come in time")
    if update.state is FirmwareState.REFUSED and detail.startswith("failed") and update.ended and now < update.ended + SETTLED:
        return member  # perhaps its answer alone was lost; then the station says how far it is
    return _failed(member, f"{update.state}: {detail}".rstrip(": "), now)


def _failed(member: CampaignMember, reason: str, now: datetime) -> CampaignMember:
    return replace(member, state=MemberState.FAILED, reason=reason[:200], ended=now)


def _go_on(before: Campaign, campaign: Campaign, look: _Look) -> Iterator[Effect]:
    failed = _worst(campaign)
    if failed:
        yield from _over(campaign, CampaignState.STOPPED, failed, look.now)
        return
    present = campaign.wave
    wave = [one for one in campaign.members if one.wave == present]
    if not wave:
        yield from _over(campaign, CampaignState.DONE, "", look.now)
        return
    orders: list[Effect] = []
    if not campaign.windows or any(one.open(look.now) for one in campaign.windows):
        campaign, orders = _told(campaign, wave, look)
    if campaign != before:
        yield _changed(campaign, look.now)
    yield from orders


def _worst(campaign: Campaign) -> str:
    """Return why a campaign has to stop: more of a wave has failed than may; empty: it need not."""
    sizes = Counter(one.wave for one in campaign.members)
    for wave, failed in sorted(Counter(one.wave for one in campaign.members if one.state is MemberState.FAILED).items()):
        if failed > campaign.stop_rate * sizes[wave]:
            return f"{failed} of {sizes[wave]} stations of wave {wave + 1} failed"
    return ""


def _told(campaign: Campaign, wave: list[CampaignMember], look: _Look) -> tuple[Campaign, list[Effect]]:
    """Return it after as many as may be under way were told, and what they are told."""
    room = campaign.max_parallel - campaign.count(MemberState.ORDERED)
    members: dict[StationId, CampaignMember] = {one.station: one for one in campaign.members}
    orders: list[Effect] = []
    for member in wave:
        if member.state is not MemberState.WAITING or room <= 0:
            continue
        station, image = look.sites.station(member.station), look.image(member.image)
        if station is None or image is None:
            members[member.station] = _failed(member, "the station is gone" if image else "the image is gone", look.now)
            continue
        changed, more = _next(campaign, member, station, image, look)
        members[member.station] = changed
        orders += more
        room -= changed.state is MemberState.ORDERED
    return replace(campaign, members=tuple(members[one.station] for one in campaign.members)), orders


def _next(
    campaign: Campaign, member: CampaignMember, station: Station, image: FirmwareImage, look: _Look
) -> tuple[CampaignMember, list[Effect]]:
    """Return what is done about one station: it is told once it is there, nothing runs, and the image is where it fetches it."""
    if station.connected is None:
        return replace(member, reason="it is not connected"), []
    if any(one.ended is None for one in station.transfers.values()) or station.sessions:
        closed = [] if campaign.admit or station.blocked_by else [AdmitBeforeFirmware(station=station.id, admit=False)]
        return replace(member, reason="somebody charges there"), list(closed)
    if station.blocked_by not in {"", AWAITED}:
        return replace(member, reason=station.blocked_by), []
    try:
        check_image(image, station, look.policy)
    except Trouble as trouble:
        return _failed(member, trouble.message, look.now), []
    if station.via:
        state, more = _published(StationId(station.via[0]), image, look)
        if state is not PublicationState.PUBLISHED:
            failed = state in NOT_PUBLISHED and state is not PublicationState.UNPUBLISHED
            words = f"{station.via[0]}: {state}"
            return (_failed(member, words, look.now) if failed else replace(member, reason=words)), more
    request = next_request(look.now, newest(look.rows, station.id))
    order = UpdateFirmware(
        station=station.id, image=image.id, request=request, campaign=campaign.id, by=campaign.by, admit=campaign.admit
    )
    return replace(member, state=MemberState.ORDERED, request=request, reason=""), [order]


def _published(level: StationId, image: FirmwareImage, look: _Look) -> tuple[PublicationState, list[Effect]]:
    """Return how far a level is that serves an image to what is behind it; it is asked now and then until it does."""
    known = look.rows.get(FirmwarePublication, publication_key(level, image.md5))
    state = PublicationState.ORDERED if known is None else known.state
    since = None if known is None else known.changed or known.asked
    waits = since is not None and (look.now - since).total_seconds() < PUBLISH_EVERY
    if state is PublicationState.PUBLISHED or waits or level in look.asked:
        return state, []
    look.asked.add(level)
    return state, [PublishFirmware(station=level, image=image.id)]


def _over(campaign: Campaign, state: CampaignState, reason: str, now: datetime) -> Iterator[Effect]:
    """Tell nobody else; it has ended once nothing is under way. Whoever waited to be let in for it is let in again."""
    ended = None if campaign.count(MemberState.ORDERED) else now
    yield _changed(replace(campaign, state=state, reason=reason, ended=ended), now)
    if not campaign.admit:
        for member in campaign.members:
            if member.state is MemberState.WAITING:
                yield AdmitBeforeFirmware(station=member.station, admit=True)


def admit(command: AdmitBeforeFirmware, station: Station, now: datetime) -> Iterator[Effect]:
    """Let nobody begin to charge at a station that is to be updated, or everybody again."""
    if command.admit == (station.blocked_by == AWAITED):
        yield FirmwareAwaited(station=station.id, at=now, admit=command.admit)


def _changed(campaign: Campaign, now: datetime) -> CampaignChanged:
    return CampaignChanged(station=NOBODY, at=now, id=campaign.id, campaign=campaign)
