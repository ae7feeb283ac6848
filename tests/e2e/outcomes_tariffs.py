# SPDX-License-Identifier: Apache-2.0
"""Commands about the tariffs of a station for the catalogue of outcomes."""

from typing import Any

from tests.e2e.link_player import AnyPlayer
from tests.e2e.player import Player

PRICES = {"prices": [{"price": "0.45"}], "taxes": [{"type": "vat", "percent": "20"}]}
TARIFF = {"id": "T-1", "currency": "EUR", "energy": PRICES}


def tariff_cases(cs: AnyPlayer, case: Any, wires: tuple[str, ...]) -> dict[str, Any]:
    """Return the commands, each with a good and a bad body.

    Args:
        cs: the station; energy flows at its EVSE 2.
        case: makes a case.
        wires: those with words for the tariffs of stations.
    """
    if isinstance(cs, Player) and not cs.is_16:
        cs.obey("SetDefaultTariff", "ChangeTransactionTariff")
        cs.answers["GetTariffs"] = lambda _: {"status": "NoTariff"}
        cs.answers["ClearTariffs"] = lambda _: {"clearTariffsResult": [{"tariffId": "T-1", "status": "Accepted"}]}
    set_one, change = {"tariff": TARIFF}, {"reference": cs.transactions[2], "tariff": TARIFF}
    return {
        "SetDefaultTariff": case(set_one, {"tariff": TARIFF | {"currency": "XYZ"}}, wires=wires),
        "AskStationTariffs": case({}, {"evse": 9}, wires=wires),
        "ClearStationTariffs": case({"ids": ["T-1"]}, {"ids": ["T-1", "T-1"]}, wires=wires),
        "ChangeTransferTariff": case(change, change | {"reference": "no such"}, wires=wires),
    }
