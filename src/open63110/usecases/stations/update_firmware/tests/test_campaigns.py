# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.6: campaigns tell who is next, wait for whoever charges, and stop once too much of a wave has failed."""

from collections.abc import Iterable
from datetime import timedelta
from time import process_time
from typing import Any

import pytest
from msgspec.structs import replace
from tests.firmware_parties import IMAGE, NOBODY, P, Party, S
from tests.literal import T0

from open63110.kernel.errors import Trouble
from open63110.kernel.ids import EvseNumber, StationId, TransferNumber, TransferReference
from open63110.kernel.roles import Role
from open63110.model.firmware import (
    AWAITED,
    Campaign,
    CampaignState,
    FirmwareImage,
    MemberState,
    Window,
)
from open63110.model.policy import Policy
from open63110.model.station import Identity, Station
from open63110.model.transfer import EnergyTransfer
from open63110.ports import Where
from open63110.runtime.rows import TurnRows
from open63110.usecases.stations.update_firmware import (
    AdmitBeforeFirmware,
    CancelCampaign,
    FirmwareOrderEnded,
    FirmwareStatusReported,
    PauseCampaign,
    PublicationOrderEnded,
    PublishFirmware,
    RemoveFirmwareImage,
    ResumeCampaign,
    StartCampaign,
    TendCampaigns,
    UpdateFirmware,
)
from open63110.usecases.stations.update_firmware.campaigns import tend

NAMES = [f"S-{number}" for number in range(1, 7)]
M, C = MemberState, CampaignState


class House(Party):
    """A CSMS with six stations of one model, all there and idle; what it tells one of them is decided at once."""

    def __init__(self, **fields: Any) -> None:
        super().__init__(Role.CSMS)
        self.engine.elsewhere = self._elsewhere
        self.ordered: list[UpdateFirmware] = []
        self.published: list[PublishFirmware] = []
        for name in NAMES:
            self.stand(name, **fields)

    def stand(self, name: str, **fields: Any) -> None:
        said: dict[str, Any] = {"connected": T0, "identity": Identity(vendor="maker", model="Duo", firmware="1")} | fields
        self.engine.stations[StationId(name)] = Station(id=StationId(name), **said)

    def _elsewhere(self, command: Any) -> None:
        if isinstance(command, UpdateFirmware):
            self.ordered.append(command)
        elif isinstance(command, PublishFirmware):
            self.published.append(command)
        self._later.append(command)

    _later: list[Any]

    def blocked(self, name: str) -> str:
        return self.engine.stations[StationId(name)].blocked_by

    def start(self, **more: Any) -> None:
        self._later = []
        said: dict[str, Any] = {"station": NOBODY, "id": "spring", "images": ("fw-2",), "stations": tuple(NAMES)}
        self.say(StartCampaign(**(said | more)))

    def tend(self, seconds: float = 1.0) -> list[str]:
        """Look once; return who was told by that."""
        self.after(seconds)
        self._later, before = [], len(self.ordered)
        self.say(TendCampaigns(station=NOBODY))
        for command in self._later:
            self.say(command)
        return [str(one.station) for one in self.ordered[before:]]

    @property
    def campaign(self) -> Campaign:
        (found,) = self.rows(Campaign, Where("id", "=", "spring"))
        assert isinstance(found, Campaign)
        return found

    @property
    def over(self) -> Any:
        return self.campaign.ended

    def member(self, name: str) -> Any:
        return next(one for one in self.campaign.members if one.station == name)

    def come_of(self, state: Any, names: Iterable[str]) -> None:
        """Let updates of stations come to their end."""
        for name in names:
            request = self.member(name).request
            self.say(FirmwareStatusReported(station=StationId(name), at=self.clock.at, state=state, request=request))


def running() -> dict[TransferReference, EnergyTransfer]:
    reference = TransferReference("t")
    return {reference: EnergyTransfer(station=StationId("x"), number=TransferNumber(1), reference=reference, evse=EvseNumber(1))}


def test_waves_follow_each_other_and_no_more_than_allowed_is_under_way() -> None:
    here = House()
    here.start(waves=(1, 3), max_parallel=2)
    assert here.tend() == ["S-1"]
    assert here.tend() == []
    here.come_of(S.INSTALLED, ["S-1"])
    assert here.tend() == ["S-2", "S-3"]
    here.come_of(S.INSTALLED, ["S-3"])
    assert here.tend() == ["S-4"]
    here.come_of(S.INSTALLED, ["S-2", "S-4"])
    assert here.tend() == ["S-5", "S-6"]
    here.come_of(S.INSTALLED, ["S-5", "S-6"])
    here.tend()
    assert (here.campaign.state, here.campaign.count(M.DONE)) == (C.DONE, 6)
    assert here.campaign.ended is not None


def test_a_wave_of_which_too_much_fails_is_the_last_and_what_is_under_way_is_followed_to_its_end() -> None:
    here = House()
    here.start(waves=(4, 2), stop_rate=0.25)
    assert here.tend() == NAMES[:4]
    here.come_of(S.INSTALLATION_FAILED, ["S-1"])
    here.tend()
    assert here.campaign.reason == ""
    here.come_of(S.INVALID_SIGNATURE, ["S-2"])
    assert here.tend() == []
    assert (here.campaign.state, here.campaign.reason) == (C.STOPPED, "2 of 4 stations of wave 1 failed")
    assert not here.over
    here.come_of(S.INSTALLED, ["S-3", "S-4"])
    here.tend()
    assert here.over
    assert [here.member(name).state for name in NAMES] == [M.FAILED, M.FAILED, M.DONE, M.DONE, M.WAITING, M.WAITING]
    assert here.member("S-2").reason == "invalid-signature"


def test_whoever_charges_is_away_or_is_out_of_use_waits_and_is_told_later() -> None:
    here = House()
    here.stand("S-1", transfers=running())
    here.stand("S-2", connected=None)
    here.stand("S-3", blocked_by="reboot")
    here.start(admit=False)
    assert here.tend() == ["S-4", "S-5", "S-6"]
    assert [here.member(name).reason for name in NAMES[:3]] == ["somebody charges there", "it is not connected", "reboot"]
    assert here.blocked("S-1") == AWAITED
    here.stand("S-1", blocked_by=AWAITED)
    assert here.tend() == ["S-1"]
    here.say(CancelCampaign(station=NOBODY, id="spring", by="ann"))
    assert (here.campaign.state, here.campaign.reason) == (C.CANCELLED, "by ann")


def test_what_is_cancelled_lets_everybody_in_again() -> None:
    here = House(transfers=running())
    here.start(admit=False)
    here.tend()
    assert here.blocked("S-1") == AWAITED
    here.say(AdmitBeforeFirmware(station=StationId("S-1"), admit=True))
    assert here.blocked("S-1") == ""
    assert here.tend() == []
    here._later = []
    here.say(CancelCampaign(station=NOBODY, id="spring"))
    assert {one.station for one in here._later if isinstance(one, AdmitBeforeFirmware) and one.admit} == set(NAMES)
    assert here.campaign.ended is not None


def test_stations_are_told_in_their_windows_alone_and_over_midnight_too() -> None:
    here = House()
    here.start(windows=(Window(begins=23 * 60, ends=60),))  # it is midnight
    assert here.tend() == NAMES
    later = House()
    later.clock.at = T0 + timedelta(hours=2)
    later.start(windows=(Window(begins=23 * 60, ends=60),))
    assert later.tend() == []
    assert later.tend(21 * 3_600) == NAMES
    assert Window(begins=60, ends=120).open(T0 + timedelta(minutes=90))
    assert not Window(begins=60, ends=120).open(T0 + timedelta(minutes=120))


def test_a_paused_campaign_follows_what_is_under_way_and_tells_nobody() -> None:
    here = House()
    here.start(max_parallel=2)
    here.tend()
    here.say(PauseCampaign(station=NOBODY, id="spring"))
    here.come_of(S.INSTALLED, ["S-1"])
    assert here.tend() == []
    assert here.member("S-1").state is M.DONE
    here.say(ResumeCampaign(station=NOBODY, id="spring"))
    assert here.tend() == ["S-3"]
    with pytest.raises(Trouble, match="campaign spring"):
        here.say(RemoveFirmwareImage(station=NOBODY, id="fw-2"))


def test_an_order_that_came_too_late_is_given_again_and_one_that_was_refused_is_a_failure() -> None:
    here = House()
    here.start(stop_rate=1.0)
    here.tend()
    for name, reason in (("S-1", "expired: Deadline"), ("S-2", "rejected: Busy")):
        request = here.member(name).request
        here.say(FirmwareOrderEnded(station=StationId(name), at=T0, request=request, accepted=False, reason=reason))
    assert here.tend() == ["S-1"]
    assert (here.member("S-2").state, here.member("S-2").reason) == (M.FAILED, "refused: rejected: Busy")
    assert here.member("S-1").request > 0


def test_a_station_whose_answer_was_lost_has_a_while_to_say_how_far_it_is() -> None:
    here = House()
    here.start(stop_rate=1.0, max_parallel=2)
    assert here.tend() == ["S-1", "S-2"]
    for name in ("S-1", "S-2"):
        request = here.member(name).request
        at = here.clock.at
        here.say(FirmwareOrderEnded(station=StationId(name), at=at, request=request, accepted=False, reason="failed: Lost"))
    assert here.tend() == []
    here.come_of(S.DOWNLOADING, ["S-1"])
    assert here.tend(700) == ["S-3"]
    assert (here.member("S-2").state, here.member("S-2").reason) == (M.FAILED, "refused: failed: Lost")
    here.come_of(S.INSTALLED, ["S-1"])
    here.tend()
    assert here.member("S-1").state is M.DONE


def test_a_station_of_which_nothing_comes_keeps_no_campaign_open_for_ever() -> None:
    here = House()
    here.start(waves=(1,), stop_rate=1.0)
    assert here.tend() == ["S-1"]
    here.come_of(S.INSTALLING, ["S-1"])
    assert here.tend(6 * 86_400) == []
    assert here.tend(86_400) == ["S-2"]
    assert (here.member("S-1").state, here.member("S-1").reason) == (M.FAILED, "installing: nothing has come of it in time")


def seconds(here: House) -> float:
    """Return how much work one look is [s of the processor], the least of some."""
    found = []
    for _ in range(5):
        began = process_time()
        here.tend()
        found.append(process_time() - began)
    return min(found)


def test_a_look_is_as_much_work_in_a_campaign_of_many_waves_as_in_one_of_a_single_one() -> None:
    spent = []
    for waves in ((1,), ()):
        here = House()
        names = [f"M-{number}" for number in range(2_000)]
        for name in names:
            here.stand(name, connected=None)
        here.start(stations=tuple(names), waves=waves)
        done = tuple(replace(one, state=M.DONE) for one in here.campaign.members[:-1])
        kept = replace(here.campaign, members=(*done, here.campaign.members[-1]))
        here.engine.known.keep("campaign", "spring", kept)
        spent.append(seconds(here))
    assert spent[0] < 10 * spent[1]


class Counting:
    """Rows that count how often an image is asked for."""

    def __init__(self, rows: Any) -> None:
        self.rows, self.images = rows, 0

    def get(self, noun: Any, key: Any) -> Any:
        """Count it."""
        self.images += noun is FirmwareImage
        return self.rows.get(noun, key)

    def load(self, noun: Any, *where: Where) -> Any:
        """Pass it on."""
        return self.rows.load(noun, *where)


def test_an_image_is_looked_up_once_however_many_stations_wait_for_it() -> None:
    here = House(connected=None)
    here.start()
    rows: Any = Counting(TurnRows(here.engine.known.under_way, {}))
    assert [*tend(TendCampaigns(station=NOBODY), rows, here.engine.known, here.clock.at, Policy())]
    assert rows.images == 1


def test_who_runs_it_already_or_has_no_image_is_in_no_wave() -> None:
    here = House()
    here.stand("S-1", identity=Identity(vendor="Maker", model="Duo", firmware="2"))
    here.stand("S-2", identity=Identity(vendor="Maker", model="Solo", firmware="1"))
    here.start(waves=(2,))
    assert [here.member(name).state for name in NAMES[:2]] == [M.SKIPPED, M.SKIPPED]
    assert here.tend() == ["S-3", "S-4"]


def test_all_stations_of_a_model_are_meant_if_nobody_is_named() -> None:
    here = House()
    here.stand("S-6", identity=Identity(vendor="Maker", model="Solo", firmware="1"))
    here.start(stations=())
    assert sorted(str(one.station) for one in here.campaign.members) == ["CS-1", *NAMES[:5]]


def test_behind_a_local_csms_the_image_is_published_there_first_and_once() -> None:
    here = House(via=("mall",), wire="iec63110.link.v1")
    here.start()
    assert here.tend() == []
    assert [one.station for one in here.published] == ["mall"]
    md5 = IMAGE.md5
    here.say(PublicationOrderEnded(station=StationId("mall"), at=T0, md5=md5, accepted=True, reason="downloading"))
    assert here.tend(5.0) == []
    assert len(here.published) == 2
    here.say(PublicationOrderEnded(station=StationId("mall"), at=T0, md5=md5, accepted=True, reason="NoError"))
    assert here.tend() == NAMES
    assert all(not one.location for one in here.ordered)


def test_a_local_csms_that_cannot_have_the_image_is_a_failure_of_all_behind_it() -> None:
    here = House(via=("mall",))
    here.start(stop_rate=1.0)
    here.tend()
    state = P.INVALID_CHECKSUM.value
    here.say(PublicationOrderEnded(station=StationId("mall"), at=T0, md5=IMAGE.md5, accepted=True, reason=state))
    here.tend()
    assert here.campaign.count(M.FAILED) == 6
    assert here.member("S-1").reason == "mall: invalid-checksum"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"images": ()}, "InvalidValue"),
        ({"images": ("none",)}, "UnknownImage"),
        ({"images": ("fw-2", "fw-2b")}, "Ambiguous"),
        ({"images": ("fw-3",)}, "NoContent"),
        ({"max_parallel": 0}, "InvalidValue"),
        ({"stop_rate": 1.5}, "InvalidValue"),
        ({"stop_rate": float("nan")}, "InvalidValue"),
        ({"waves": (0,)}, "InvalidValue"),
        ({"windows": (Window(begins=5, ends=5),)}, "InvalidValue"),
        ({"windows": (Window(begins=-1, ends=5),)}, "InvalidValue"),
        ({"stations": ("X",)}, "UnknownStation"),
        ({"stations": ("X",), "site": "a"}, "InvalidValue"),
        ({"stations": (), "zone": "z"}, "InvalidValue"),
        ({"stations": (), "site": "a"}, "UnknownSite"),
        ({"id": "../x"}, "BadName"),
    ],
)
def test_a_campaign_that_cannot_be_does_not_begin(change: dict[str, Any], code: str) -> None:
    here = House()
    for name in ("fw-2b", "fw-3"):
        image = FirmwareImage(id=name, vendor="Maker", models=("Duo",), version="3", size=1, sha256="00" * 32)
        signed = {"signature": "c2ln", "certificate": "PEM", "uploaded": T0} if name == "fw-2b" else {}
        kept = FirmwareImage(
            **{key: getattr(image, key) for key in ("id", "vendor", "models", "version", "size", "sha256")} | signed
        )
        here.engine.known.keep("firmware_image", name, kept)
    with pytest.raises(Trouble) as refusal:
        here.start(**change)
    assert refusal.value.code == code
    assert here.rows(Campaign) == []


def test_what_is_not_there_or_over_cannot_be_paused() -> None:
    here = House()
    for command in (PauseCampaign, ResumeCampaign, CancelCampaign):
        with pytest.raises(Trouble) as refusal:
            here.say(command(station=NOBODY, id="spring"))
        assert refusal.value.code == "UnknownCampaign"
    here.start()
    with pytest.raises(Trouble) as refusal:
        here.start()
    assert refusal.value.code == "Exists"
    here.say(CancelCampaign(station=NOBODY, id="spring"))
    with pytest.raises(Trouble) as refusal:
        here.say(CancelCampaign(station=NOBODY, id="spring"))
    assert refusal.value.code == "NotNow"
