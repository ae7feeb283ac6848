# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.11 in the station, and how it comes by the names that its operator uses."""

import pytest
from msgspec.structs import replace

from open63110.kernel.errors import Malformed, NotSupported, Unknown
from open63110.model.fault import CodeName, FaultMap, MapStanding, digest_of
from open63110.usecases.stations.provision_fault_codes import (
    AnnounceCatalogue,
    AskFaultCatalogue,
    CatalogueLoaded,
    FaultCatalogueAnnounced,
    FaultCatalogueAnswer,
    FaultMapAnswered,
    FaultMapPlanned,
    MapFaultCodes,
    ReconcileFaultMap,
    names,
    station,
)
from open63110.usecases.stations.provision_fault_codes.tests.catalogues import CS, NOON, SIGNATURE, STATION, Table, content

AWAY = replace(STATION, connected=None)
NAMES = (CodeName(code="E42", called="CX004"),)


def load(table: Table, words: str) -> list[FaultCatalogueAnnounced]:
    event = CatalogueLoaded(station=CS, at=NOON, content=words, signature=SIGNATURE)
    taken = table.play(station.loaded(event, STATION, table.rows, NOON))
    return [one for one in taken if isinstance(one, FaultCatalogueAnnounced)]


def test_a_station_says_which_catalogue_it_has_and_tells_it_word_by_word() -> None:
    table = Table()
    assert list(station.announce(AnnounceCatalogue(station=CS), table.rows, NOON)) == []
    (said,) = load(table, content())
    assert (said.vendor, said.model, said.firmware, said.version, said.digest) == (
        "Acme",
        "Box",
        "2.0",
        "1",
        digest_of(content()),
    )
    assert list(station.announce(AnnounceCatalogue(station=CS), table.rows, NOON)) == [said]
    (answer,) = station.tell(AskFaultCatalogue(station=CS, digest=said.digest), table.rows)
    assert answer == FaultCatalogueAnswer(content=content(), signature=SIGNATURE)
    with pytest.raises(Unknown):
        list(station.tell(AskFaultCatalogue(station=CS, digest="other"), table.rows))


def test_it_says_so_again_only_if_it_is_another() -> None:
    table = Table()
    assert len(load(table, content())) == 1
    assert load(table, content()) == []
    assert len(load(table, content("2"))) == 1


def test_what_is_no_catalogue_is_not_kept() -> None:
    table = Table()
    with pytest.raises(Malformed):
        load(table, "{")
    assert list(station.announce(AnnounceCatalogue(station=CS), table.rows, NOON)) == []


def test_a_station_uses_other_names_until_it_is_told_none() -> None:
    table = Table()
    table.play(names.obey(MapFaultCodes(station=CS, names=NAMES), STATION, NOON))
    kept = table.rows.get(FaultMap, CS)
    assert kept is not None
    assert (kept.name("E42"), kept.name("E7")) == ("CX004", "E7")
    table.play(names.obey(MapFaultCodes(station=CS), STATION, NOON))
    assert table.rows.get(FaultMap, CS) is None


def test_the_csms_wants_it_until_the_station_says_yes() -> None:
    table = Table()
    table.play(names.want(MapFaultCodes(station=CS, names=NAMES, by="ann"), AWAY, table.rows, NOON))
    assert (table.told(), table.replies) == ([], [FaultMapPlanned()])
    assert table.replies[0].remark() == "Kept"
    table.play(names.reconcile(ReconcileFaultMap(station=CS), STATION, table.rows, NOON))
    (told,) = table.told()
    assert isinstance(told, MapFaultCodes)
    assert told.revision == 1
    answer = FaultMapAnswered(station=CS, at=NOON, revision=1)
    table.play(names.hear_answer(answer, STATION, table.rows, NOON))
    kept = table.rows.get(FaultMap, CS)
    assert kept is not None
    assert (kept.standing, kept.by) == (MapStanding.SET, "ann")
    table.play(names.reconcile(ReconcileFaultMap(station=CS), STATION, table.rows, NOON))
    assert table.told() == []


def test_a_refusal_and_an_answer_to_an_older_wish_are_told_apart() -> None:
    table = Table()
    for _ in range(2):
        table.play(names.want(MapFaultCodes(station=CS, names=NAMES), STATION, table.rows, NOON))
    for revision, standing in ((1, MapStanding.WANTED), (2, MapStanding.REFUSED)):
        said = FaultMapAnswered(station=CS, at=NOON, revision=revision, reason="Refused")
        table.play(names.hear_answer(said, STATION, table.rows, NOON))
        kept = table.rows.get(FaultMap, CS)
        assert kept is not None
        assert kept.standing is standing


def test_a_station_on_ocpp_has_no_words_for_it() -> None:
    table, classic = Table(), replace(STATION, wire="ocpp1.6")
    with pytest.raises(NotSupported):
        list(names.want(MapFaultCodes(station=CS, names=NAMES), classic, table.rows, NOON))
    table.play(names.want(MapFaultCodes(station=CS, names=NAMES), AWAY, table.rows, NOON))
    table.play(names.reconcile(ReconcileFaultMap(station=CS), classic, table.rows, NOON))
    kept = table.rows.get(FaultMap, CS)
    assert kept is not None
    assert (kept.standing, kept.reason) == (MapStanding.REFUSED, "NoMessage")


@pytest.mark.parametrize("wrong", [(CodeName(code="", called="x"),), (CodeName(code="x", called=""),), NAMES * 2])
def test_names_that_cannot_be_are_refused(wrong: tuple[CodeName, ...]) -> None:
    with pytest.raises(Malformed):
        list(names.obey(MapFaultCodes(station=CS, names=wrong), STATION, NOON))
