# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3.11 at the CSMS: catalogues from people and from stations, signed and not, and codes that none explains."""

from typing import Any

import pytest
from msgspec.structs import replace

from open63110.kernel.errors import Malformed, Refused, Trouble, Unknown
from open63110.model.fault import CatalogueFetch, UnknownFault, digest_of
from open63110.model.station import Identity, Station
from open63110.ports import Trust
from open63110.usecases.stations.provision_fault_codes import (
    AskFaultCatalogue,
    FaultCatalogueAnnounced,
    FaultCatalogueTold,
    ImportFaultCatalogue,
    NoteFault,
    RemoveFaultCatalogue,
    csms,
)
from open63110.usecases.stations.provision_fault_codes.csms import AGAIN
from open63110.usecases.stations.provision_fault_codes.tests.catalogues import (
    CS,
    E42,
    KEY,
    MINUTE,
    NOON,
    OTHER,
    SIGNATURE,
    STATION,
    Acme,
    Anybody,
    Table,
    content,
)


def give(table: Table, words: str, signature: str = "", trust: Trust | None = None, *, replacing: bool = False) -> None:
    command = ImportFaultCatalogue(station=CS, content=words, signature=signature, replace=replacing, by="ann")
    table.play(csms.take_in(command, table.rows, trust or Anybody(), NOON))


def announce(table: Table, words: str, station: Station = STATION, at: Any = NOON, **more: Any) -> None:
    said = {"vendor": "Acme", "model": "Box", "firmware": "2.0", "version": "1"} | more
    event = FaultCatalogueAnnounced(station=station.id, at=at, digest=digest_of(words), **said)
    table.play(csms.announced(event, station, table.rows, at))


def tell(table: Table, words: str, digest: str = "", signature: str = "", trust: Trust | None = None, **more: Any) -> None:
    event = FaultCatalogueTold(
        station=CS, at=NOON, key=KEY, digest=digest or digest_of(words), content=words, signature=signature, **more
    )
    table.play(csms.told(event, STATION, table.rows, trust or Anybody(), NOON))


def fetched(table: Table) -> tuple[str, str]:
    found = table.rows.get(CatalogueFetch, KEY)
    assert found is not None
    return found.outcome.value, found.reason


# -- from people --


def test_a_catalogue_is_kept_with_who_gave_it_and_what_was_signed() -> None:
    table = Table()
    give(table, content(), SIGNATURE, Acme())
    found = table.catalogue()
    assert found is not None
    assert (found.version, found.signed_by, found.source, found.by, found.digest) == (
        "1",
        "acme-2026",
        "import",
        "ann",
        digest_of(content()),
    )


@pytest.mark.parametrize(
    ("words", "signature", "trust", "code"),
    [
        (content(), "", Acme(), "Unsigned"),
        (content(tampered=True), SIGNATURE, Acme(), "InvalidSignature"),
        (content(), SIGNATURE, Anybody(), "UnknownSigner"),
    ],
)
def test_a_catalogue_whose_signature_is_not_right_is_refused_and_the_old_one_stays(
    words: str, signature: str, trust: Trust, code: str
) -> None:
    table = Table()
    give(table, content("0"))
    with pytest.raises(Refused) as refused:
        give(table, words, signature, trust)
    assert refused.value.code == code
    kept = table.catalogue()
    assert kept is not None
    assert kept.version == "0"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("{", "NoCatalogue"),
        ("[]", "NoCatalogue"),
        (content(entries=()), "NoCatalogue"),
        (content(vendor=" "), "NoCatalogue"),
        (content(model=""), "NoCatalogue"),
        (content(entries=(E42 | {"severity": 10},)), "InvalidValue"),
        (content(entries=(E42 | {"code": ""},)), "InvalidValue"),
        (content(entries=(E42 | {"text": {"english": "x"}},)), "BadLanguage"),
        (content(entries=(E42 | {"remedy": {"en": ""}},)), "InvalidValue"),
        (content(entries=(E42, E42 | {"severity": 3})), "ConflictingDuplicate"),
        ("x" * 1_000_001, "TooLarge"),
    ],
)
def test_what_is_no_catalogue_is_refused(words: str, code: str) -> None:
    table = Table()
    with pytest.raises(Malformed) as refused:
        give(table, words)
    assert refused.value.code == code
    assert table.catalogue() is None


def test_the_same_twice_is_once_and_of_another_component_is_another() -> None:
    table = Table()
    give(table, content(entries=(E42, E42, E42 | {"component": "Connector", "severity": 5})))
    found = table.catalogue()
    assert found is not None
    entries = [found.find("E42", component) for component in ("Connector", "EVSE")]
    assert [one.severity for one in entries if one is not None] == [5, 2]


def test_the_same_version_that_says_otherwise_wants_to_be_meant() -> None:
    table = Table()
    give(table, content())
    other = content(entries=(E42 | {"severity": 4},))
    with pytest.raises(Refused) as refused:
        give(table, other)
    assert refused.value.code == "ConflictingVersion"
    give(table, other, replacing=True)
    give(table, other)
    found = table.catalogue()
    assert found is not None
    assert found.entries[0].severity == 4


def test_a_catalogue_that_is_removed_is_gone_and_asked_for_again() -> None:
    table = Table()
    with pytest.raises(Unknown):
        list(csms.remove(RemoveFaultCatalogue(station=CS, catalogue=KEY), table.rows, NOON))
    announce(table, content())
    tell(table, content())
    table.told()
    table.play(csms.remove(RemoveFaultCatalogue(station=CS, catalogue=KEY), table.rows, NOON))
    assert table.catalogue() is None
    announce(table, content())
    assert len(table.told()) == 1


# -- from stations --


def test_a_catalogue_that_is_announced_is_asked_for_once_however_many_stations_have_it() -> None:
    table = Table()
    for station in (STATION, replace(STATION, id=OTHER), STATION):
        announce(table, content(), station)
    assert table.told() == [AskFaultCatalogue(station=CS, key=KEY, digest=digest_of(content()))]
    tell(table, content())
    announce(table, content())
    assert table.told() == []
    assert fetched(table) == ("kept", "")


def test_another_version_is_asked_for_once_more() -> None:
    table = Table()
    announce(table, content())
    tell(table, content())
    announce(table, content("2"), version="2")
    tell(table, content("2"))
    found = table.catalogue()
    assert found is not None
    assert (found.version, found.source, len(table.told())) == ("2", "CS-1", 2)


def test_a_station_that_does_not_tell_leaves_it_to_the_next() -> None:
    table = Table()
    announce(table, content())
    announce(table, content(), at=NOON + AGAIN / 2)
    assert len(table.told()) == 1
    announce(table, content(), at=NOON + AGAIN)
    assert len(table.told()) == 1
    tell(table, "", digest_of(content()), reason="UnknownCatalogue")
    assert fetched(table) == ("failed", "UnknownCatalogue")
    announce(table, content(), replace(STATION, id=OTHER))
    assert [one.station for one in table.told()] == [OTHER]


@pytest.mark.parametrize(
    ("words", "announced", "signature", "trust", "code"),
    [
        (content(tampered=True), content(tampered=True), SIGNATURE, Acme(), "InvalidSignature"),
        (content("2"), content(), SIGNATURE, Acme(), "AnotherCatalogue"),
        (content(), content(), "", Acme(), "Unsigned"),
        (content(), content(), "?", Acme(), "BadSignature"),
        (content(vendor="Other"), content(vendor="Other"), "", Anybody(), "NotItsOwn"),
        ("{", "{", "", Anybody(), "NoCatalogue"),
    ],
)
def test_what_a_station_told_wrongly_is_refused_not_asked_for_again_and_the_old_one_stays(
    words: str, announced: str, signature: str, trust: Trust, code: str
) -> None:
    table = Table()
    give(table, content("0"))
    announce(table, announced)
    tell(table, words, digest_of(announced), signature, trust)
    assert fetched(table) == ("refused", code)
    found = table.catalogue()
    assert found is not None
    assert found.version == "0"
    table.told()
    announce(table, announced, at=NOON + 2 * AGAIN)
    assert table.told() == []
    announce(table, announced, at=NOON + csms.ANOTHER_DAY)  # whoever is trusted may be another by now; its content is not
    assert len(table.told()) == (code in csms.OF_TRUST)


def test_a_maker_who_is_trusted_since_is_believed_with_the_same_catalogue() -> None:
    table = Table()
    announce(table, content())
    tell(table, content(), signature=SIGNATURE)
    assert fetched(table) == ("refused", "UnknownSigner")
    announce(table, content(), at=NOON + csms.ANOTHER_DAY)
    tell(table, content(), signature=SIGNATURE, trust=Acme())
    assert fetched(table) == ("kept", "")


def test_what_an_operator_gave_gives_way_to_what_a_maker_signed_only() -> None:
    table = Table()
    give(table, content("0"))
    announce(table, content())
    tell(table, content())
    assert fetched(table) == ("refused", "Unsigned")
    announce(table, content("2"), version="2")
    tell(table, content("2"), signature=SIGNATURE, trust=Acme())
    found = table.catalogue()
    assert found is not None
    assert (found.version, found.signed_by) == ("2", "acme-2026")


def test_a_station_speaks_of_its_own_kind_only() -> None:
    table = Table()
    announce(table, content(), vendor="ACME ", model="box")  # as its firmware writes it, not as its catalogue does
    assert len(table.told()) == 1
    others: list[dict[str, Any]] = [{"vendor": "Other"}, {"model": "Case"}, {"firmware": "3.0"}]
    for more in others:
        with pytest.raises(Trouble) as refused:
            announce(table, content(), **more)
        assert refused.value.code == "NotItsOwn"


def test_an_answer_that_nobody_waits_for_counts_for_nothing() -> None:
    table = Table()
    tell(table, content())
    assert table.catalogue() is None


# -- what nothing explains --


def test_a_code_that_nothing_explains_is_counted_until_a_catalogue_does() -> None:
    table = Table()
    for codes in (("E42", "OtherError"), ("E42",), ("E7",)):
        known = STATION if codes != ("E42", "OtherError") else replace(STATION, identity=Identity(vendor="Acme"))
        table.play(csms.note(NoteFault(station=CS, codes=codes), known, table.rows, NOON + MINUTE))
    assert table.unknown() == [("E42", 1), ("E7", 1)]  # the first had a code of OCPP beside it
    table.play(csms.note(NoteFault(station=CS, codes=("E42",)), STATION, table.rows, NOON + MINUTE))
    assert table.unknown() == [("E42", 2), ("E7", 1)]
    give(table, content())
    assert table.unknown() == [("E7", 1)]


def test_a_catalogue_explains_stations_that_write_the_name_of_their_maker_otherwise() -> None:
    table = Table()
    table.play(csms.note(NoteFault(station=CS, codes=("E42",)), STATION, table.rows, NOON))
    other = replace(STATION, identity=Identity(vendor="Acme Ltd", model="Box", firmware="2.0"))
    table.play(csms.note(NoteFault(station=OTHER, codes=("E42",)), other, table.rows, NOON))
    give(table, content(vendor="ACME"))
    assert [one.vendor for one in table.rows.load(UnknownFault)] == ["Acme Ltd"]


@pytest.mark.parametrize("codes", [("CX004",), ("GroundFailure",), ("ReaderFailure",), ()])
def test_a_standard_code_is_never_unknown(codes: tuple[str, ...]) -> None:
    table = Table()
    table.play(csms.note(NoteFault(station=CS, codes=codes), STATION, table.rows, NOON))
    assert table.unknown() == []
