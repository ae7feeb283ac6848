# SPDX-License-Identifier: Apache-2.0
"""`open63110 station export`: measurements and limits of a station in the words of another model."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from open63110.cli.rest import Csms, Key, Url, quoted
from open63110.cli.say import DONE, AsJson, table, tell

if TYPE_CHECKING:
    from open63110.bindings.power_models import Native

LATEST = 100
"""Of a station's energy transfers, so many are looked at."""


def export(
    station: str, *, model: Literal["obis", "cim", "iec61850"] = "obis", url: Url = None, key: Key = None, json: AsJson = False
) -> int:
    """Print what a station measured last, and what it keeps to, in the words of meters and grid control.

    Args:
        station: Id of the station.
        model: obis for DLMS/COSEM, cim for IEC 61968-9, or iec61850.
        url: Where the CSMS is.
        key: API key.
        json: Print it as JSON.
    """
    import msgspec

    from open63110.bindings.power_models import Model, exported

    points = list(exported(_known(Csms(url, key), station), Model(model)))
    if json:
        tell([msgspec.structs.asdict(one) for one in points])
    else:
        rows = [[one.object, one.name, str(one.value), one.unit, str(one.time), one.quality] for one in points]
        table("", ["object", "name", "value", "unit", "time", "quality"], rows)
    return DONE


def _known(csms: Csms, station: str) -> Iterator["Native"]:
    """Read what is known of a station: readings of the newest transfer of each EVSE, and limits in force."""
    import msgspec

    from open63110.bindings.power_models import Native, Quality, of_readings
    from open63110.model.reading import Reading

    noun = csms.get(f"stations/{quoted(station)}")
    quality = Quality.GOOD if noun["connected"] else Quality.OLD
    path = f"/{(noun['zone'] or '-:-').replace(':', '/')}/{station}"
    for evse, transfer in sorted(_newest(csms, station).items()):
        rows = csms.get(f"transfers/{transfer}/readings")["items"]
        fields = [[row[name] for name in Reading.__struct_fields__[:-1]] for row in rows]
        yield from of_readings(msgspec.convert(fields, list[Reading]), f"{path}/{evse}", quality)
    for number, kept in sorted(noun["limits"]["in_force"].items()):
        about, at = path if number == "0" else f"{path}/{number}", msgspec.convert(kept["at"], datetime)
        yield Native(about, "limit.import", "", kept["limit"], "W", at, quality)
        if kept["asked"]["export"] is not None:
            yield Native(about, "limit.export", "", kept["asked"]["export"], "W", at, quality)


def _newest(csms: Csms, station: str) -> dict[int, int]:
    """Return the number of the newest energy transfer of each EVSE."""
    found = csms.get("transfers", {"station": station, "limit": LATEST, "order": "-number"})["items"]
    return {one["evse"]: one["number"] for one in sorted(found, key=lambda one: int(one["number"]))}
