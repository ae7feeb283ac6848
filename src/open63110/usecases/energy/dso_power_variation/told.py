# SPDX-License-Identifier: Apache-2.0
"""What a DSO is told of what came of its orders (R-7.8-4)."""

from collections.abc import Iterator

from open63110.kernel.errors import NotAuthorized
from open63110.kernel.messages import Effect
from open63110.model.dso import Compliance
from open63110.ports import GridSites
from open63110.usecases.energy.dso_power_variation.messages import AskDsoCompliance, DsoComplianceAnswer, DsoStationEffect


def tell(command: AskDsoCompliance, sites: GridSites) -> Iterator[Effect]:
    """Say what came of an order; whoever passes it on gives stations their pseudonyms.

    Raises:
        NotAuthorized: it is none of the asker's; whether it exists is not said.
    """
    order = sites.dso_order(command.order_id)
    if order is None or order.dso != command.by:
        raise NotAuthorized(f"{command.by} has no order {command.order_id}", code="NotYourOrder", where="order_id")
    report = sites.report(order.order_id) or Compliance(order_id=order.order_id, dso=order.dso, t_ack=order.accepted)
    yield DsoComplianceAnswer(
        order_id=order.order_id,
        state=order.state,
        status=report.status,
        start=order.start,
        end=order.end,
        p_max_import=order.p_max_import,
        p_max_export=order.p_max_export,
        t_ack=report.t_ack,
        t_effect=report.t_effect,
        p_before=report.p_before,
        p_after=report.p_after,
        reachable=report.reachable if report.reachable is not None else order.reachable,
        stations=tuple(
            DsoStationEffect(station=one.station, t_effect=one.t_effect, missing=one.missing) for one in report.stations
        ),
    )
