# SPDX-License-Identifier: Apache-2.0
"""What codes mean, to whom (8.3.11)."""

import pytest
from msgspec.structs import replace

from open63110.model.fault import FaultCatalogue, FaultEntry, catalogue_key
from open63110.model.standard_faults import MREC, STANDARD
from open63110.model.station import Identity
from open63110.ports import Batch
from open63110.simulator.forgetful import ForgetfulStore
from open63110.usecases.stations.provision_fault_codes import explain
from open63110.usecases.stations.provision_fault_codes.tests.catalogues import IDENTITY, NOON

E42 = FaultEntry(code="E42", text={"de": "Überlast"}, remedy={"de": "Kabel prüfen"}, std_code="CX004")


def rows(*catalogues: tuple[str, str, FaultEntry]) -> ForgetfulStore:
    store, batch = ForgetfulStore(), Batch()
    for model, firmware, entry in catalogues:
        key = catalogue_key("Acme", model, firmware)
        batch.puts["catalogue", key] = FaultCatalogue(
            key=key, vendor="Acme", model=model, firmware=firmware, version="1", digest="", entries=(entry,), at=NOON
        )
    store.stage(batch, NOON)
    return store


def test_the_nearest_catalogue_counts() -> None:
    of_maker, of_model, of_firmware = (replace(E42, severity=one) for one in (1, 2, 3))
    for known, severity in (
        (rows(("", "", of_maker)), 1),
        (rows(("", "", of_maker), ("Box", "", of_model)), 2),
        (rows(("", "", of_maker), ("Box", "", of_model), ("Box", "2.0", of_firmware)), 3),
    ):
        found = explain(("E42",), IDENTITY, known)
        assert found is not None
        assert found.entry.severity == severity


def test_of_two_codes_the_more_telling_one_counts_if_it_is_known() -> None:
    known = rows(("Box", "", E42))
    found = explain(("E42", "OtherError"), IDENTITY, known)
    assert found is not None
    assert (found.code, found.standard, found.standard_name) == ("E42", "CX004", "OverCurrentFailure")
    other = explain(("E43", "GroundFailure"), IDENTITY, known)
    assert other is not None
    assert (other.code, other.standard, other.catalogue) == ("GroundFailure", "CX002", "")
    assert explain(("E43",), IDENTITY, known) is None
    assert explain(("E42",), Identity(), known) is None


@pytest.mark.parametrize(
    ("languages", "text", "remedy"),
    [(("de-AT",), "Überlast", "Kabel prüfen"), (("fr",), "Überlast", "Kabel prüfen"), ((), "Überlast", "Kabel prüfen")],
)
def test_a_text_comes_in_the_readers_language_or_in_the_one_there_is(languages: tuple[str, ...], text: str, remedy: str) -> None:
    found = explain(("E42",), IDENTITY, rows(("Box", "", E42)))
    assert found is not None
    assert (found.text(languages), found.remedy(languages), found.user_text(languages)) == (text, remedy, "")


def test_where_the_maker_says_nothing_the_standard_code_does() -> None:
    found = explain(("E42",), IDENTITY, rows(("Box", "", FaultEntry(code="E42", std_code="CX022"))))
    assert found is not None
    assert found.text(("de",)) == next(one.de for one in MREC if one.code == "CX022")
    assert found.text(("fr",)) == "The insulation resistance is too low."


def test_every_standard_code_is_there_by_number_and_by_name_in_both_languages() -> None:
    assert [one.code for one in MREC] == [f"CX{number:03}" for number in range(1, 27)]
    for one in MREC:
        assert STANDARD[one.code].text == STANDARD[one.name].text == {"en": one.en, "de": one.de}
    errors = {"ConnectorLockFailure", "EVCommunicationError", "GroundFailure", "HighTemperature", "InternalError"}
    errors |= {"LocalListConflict", "OtherError", "OverCurrentFailure", "OverVoltage", "PowerMeterFailure"}
    errors |= {"PowerSwitchFailure", "ReaderFailure", "ResetFailure", "UnderVoltage", "WeakSignal"}
    assert errors <= STANDARD.keys()  # of OCPP 1.6
