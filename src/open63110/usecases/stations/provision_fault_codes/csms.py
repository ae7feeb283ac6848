# SPDX-License-Identifier: Apache-2.0
"""What the CSMS does about fault codes: takes catalogues in, from people and stations, and counts what none explains (8.3.11).

A catalogue is asked for once for each content: by its digest, and of one station, however many of its kind there are and
however often they have faults. One that is not what it was said to be, or whose signature is wrong, is refused, and what was
known stays.
"""

import binascii
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from open63110.kernel.errors import Malformed, Refused, Trouble, Unknown
from open63110.kernel.ids import StationId
from open63110.kernel.messages import Effect
from open63110.model.authorization import may_be_ordered
from open63110.model.fault import (
    CatalogueFetch,
    CatalogueFetchChanged,
    FaultCatalogue,
    FaultCatalogueChanged,
    FaultUnexplained,
    FetchOutcome,
    UnknownFault,
    catalogue_key,
    keys_for,
    read_catalogue,
    unknown_key,
)
from open63110.model.station import Identity, Station
from open63110.ports import Rows, Trust, Where
from open63110.usecases.stations.provision_fault_codes.explain import explain
from open63110.usecases.stations.provision_fault_codes.messages import (
    AskFaultCatalogue,
    FaultCatalogueAnnounced,
    FaultCatalogueTold,
    ImportFaultCatalogue,
    NoteFault,
    RemoveFaultCatalogue,
)

IMPORTED: Final = "import"

AGAIN: Final = timedelta(seconds=300)
"""How long a station may take to tell its catalogue before another one is asked."""

ANOTHER_DAY: Final = timedelta(days=1)
"""When one that was refused for want of trust is asked for once more: its maker may be trusted by now."""

OF_TRUST: Final = frozenset({"UnknownSigner", "InvalidSignature", "Unsigned"})
"""Reasons of a refusal that may be none tomorrow, with the same content."""

_NOBODY = StationId("")


def take_in(command: ImportFaultCatalogue, rows: Rows, trust: Trust, now: datetime) -> Iterator[Effect]:
    """Keep what somebody gave.

    Raises:
        Malformed: it is no catalogue, or says two things of one code.
        Refused: its signature is wrong or missing, or it says otherwise than one of the same version did.
    """
    found = read_catalogue(command.content, now)
    signer = _signer(found, command.content, command.signature, trust)
    known = rows.get(FaultCatalogue, found.key)
    if known is not None and known.version == found.version and known.digest != found.digest and not command.replace:
        words = f"{found.key} {found.version} is here and says otherwise"
        raise Refused(words, code="ConflictingVersion", where="content", remedy="raise its version, or say replace")
    yield from _kept(replace(found, signed_by=signer, source=IMPORTED, by=command.by), rows, now)


def _signer(catalogue: FaultCatalogue, content: str, signature: str, trust: Trust) -> str:
    """Return the name of the key that signed a catalogue; empty: it is not signed, and nobody demands that.

    Raises:
        Refused: the signature is wrong, or is missing where the maker's key is known.
    """
    if not signature:
        if trust.knows(catalogue.vendor):
            words = f"a key of {catalogue.vendor} is trusted, so its catalogues have to be signed"
            raise Refused(words, code="Unsigned", where="signature")
        return ""
    try:
        raw = binascii.a2b_base64(signature.encode("ascii", "replace"), strict_mode=True)
    except binascii.Error as fault:
        raise Malformed("the signature is no base64", code="BadSignature", where="signature") from fault
    if not trust.knows(catalogue.vendor):
        remedy = "give this CSMS the key of the maker"
        raise Refused(f"no key of {catalogue.vendor} is trusted", code="UnknownSigner", where="signature", remedy=remedy)
    found = trust.signer(catalogue.vendor, content.encode(), raw)
    if found is None:
        raise Refused("the signature is not that of the maker", code="InvalidSignature", where="signature")
    return found


def _kept(catalogue: FaultCatalogue, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Keep a catalogue, and forget that what it explains was unknown."""
    yield FaultCatalogueChanged(station=_NOBODY, at=now, key=catalogue.key, catalogue=catalogue)
    for one in rows.load(UnknownFault, Where("key", "prefix", f"{catalogue.key.partition(':')[0]}:")):
        of_it = catalogue.key in keys_for(one.vendor, one.model, one.firmware)
        if of_it and catalogue.find(one.code, one.component) is not None:
            yield FaultUnexplained(station=_NOBODY, at=now, key=one.key, unknown_fault=None)


def remove(command: RemoveFaultCatalogue, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Forget it, and that it was asked for.

    Raises:
        Unknown: there is none.
    """
    if rows.get(FaultCatalogue, command.catalogue) is None:
        raise Unknown(f"there is no catalogue {command.catalogue}", code="UnknownCatalogue", where="catalogue")
    yield FaultCatalogueChanged(station=_NOBODY, at=now, key=command.catalogue, catalogue=None)
    fetch = rows.get(CatalogueFetch, command.catalogue)
    if fetch is not None:
        yield CatalogueFetchChanged(station=_NOBODY, at=now, catalogue_fetch=replace(fetch, digest="", at=now))


def announced(event: FaultCatalogueAnnounced, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Ask the station for a catalogue that nobody has told yet.

    Raises:
        Refused: it is of other stations than this one.
    """
    _demand_own(event.vendor, event.model, event.firmware, station)
    key = catalogue_key(event.vendor, event.model, event.firmware)
    known, fetch = rows.get(FaultCatalogue, key), rows.get(CatalogueFetch, key)
    if (known is not None and known.digest == event.digest) or not may_be_ordered(station):
        return
    if fetch is not None and fetch.digest == event.digest and not _may_be_asked_again(fetch, now):
        return
    yield event
    asked = CatalogueFetch(key=key, digest=event.digest, version=event.version, station=station.id, at=now)
    yield CatalogueFetchChanged(station=station.id, at=now, catalogue_fetch=asked)
    yield AskFaultCatalogue(station=station.id, key=key, digest=event.digest)


def _demand_own(vendor: str, model: str, firmware: str, station: Station) -> None:
    """See to it that a station speaks of its own codes only."""
    own = station.identity
    if catalogue_key(vendor, model, firmware) not in keys_for(own.vendor, own.model, own.firmware):
        raise Refused(f"{station.id} is no station of that kind", code="NotItsOwn", where="vendor, model, firmware")


def _may_be_asked_again(fetch: CatalogueFetch, now: datetime) -> bool:
    match fetch.outcome:
        case FetchOutcome.FAILED:
            return True
        case FetchOutcome.ASKED:
            return now - fetch.at >= AGAIN
        case FetchOutcome.REFUSED:
            return fetch.reason in OF_TRUST and now - fetch.at >= ANOTHER_DAY
        case _:
            return False


def told(event: FaultCatalogueTold, station: Station, rows: Rows, trust: Trust, now: datetime) -> Iterator[Effect]:
    """Keep what a station told, if it is what it announced and its signature is right; else what was known stays."""
    fetch = rows.get(CatalogueFetch, event.key)
    if fetch is None or fetch.digest != event.digest or fetch.outcome is not FetchOutcome.ASKED:
        return
    if not event.content:
        yield _fetched(fetch, FetchOutcome.FAILED, event.reason, now)
        return
    try:
        found = _read(event, station, trust, now)
        _demand_right(found, rows, found.signed_by)
    except Trouble as trouble:
        yield _fetched(fetch, FetchOutcome.REFUSED, trouble.code, now)
        return
    yield from _kept(found, rows, now)
    yield _fetched(fetch, FetchOutcome.KEPT, "", now)


def _read(event: FaultCatalogueTold, station: Station, trust: Trust, now: datetime) -> FaultCatalogue:
    """Read what a station told, and see to it that it is what it announced, and of its own."""
    found = read_catalogue(event.content, now)
    _demand_own(found.vendor, found.model, found.firmware, station)
    if (found.key, found.digest) != (event.key, event.digest):
        raise Refused("it is another catalogue than was announced", code="AnotherCatalogue")
    return replace(found, signed_by=_signer(found, event.content, event.signature, trust), source=station.id)


def _demand_right(found: FaultCatalogue, rows: Rows, signer: str) -> None:
    """See to it that what an operator gave is replaced by what a maker signed only, not by what any station says."""
    known = rows.get(FaultCatalogue, found.key)
    if known is not None and not signer and (known.source == IMPORTED or known.signed_by):
        raise Refused("what is here was given by the operator, or is signed", code="Unsigned")


def _fetched(fetch: CatalogueFetch, outcome: FetchOutcome, reason: str, now: datetime) -> CatalogueFetchChanged:
    after = replace(fetch, outcome=outcome, reason=reason, at=now)
    return CatalogueFetchChanged(station=fetch.station, at=now, catalogue_fetch=after)


def note(command: NoteFault, station: Station, rows: Rows, now: datetime) -> Iterator[Effect]:
    """Count a code that nothing explains, by what kind of station it is of."""
    codes = [one for one in command.codes if one]
    if not codes or explain(codes, station.identity, rows, command.component) is not None:
        return
    key = _unknown(station.identity, codes[0])
    known = rows.get(UnknownFault, key)
    if known is not None:
        counted = replace(known, count=known.count + 1, last=now, station=station.id)
    else:
        counted = UnknownFault(
            key=key,
            vendor=station.identity.vendor,
            model=station.identity.model,
            firmware=station.identity.firmware,
            code=codes[0],
            component=command.component,
            first=now,
            last=now,
            station=station.id,
        )
    yield FaultUnexplained(station=station.id, at=now, key=key, unknown_fault=counted)


def _unknown(identity: Identity, code: str) -> str:
    return unknown_key(identity.vendor, identity.model, identity.firmware, code)
