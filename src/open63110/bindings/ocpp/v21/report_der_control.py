# SPDX-License-Identifier: Apache-2.0
"""ReportDERControl (2.1): which grid controls a station has, in parts."""

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.fields import EMPTY
from open63110.bindings.ocpp.translation import Door, Translation, given, stored
from open63110.bindings.ocpp.v21.der_terms import DROPPED, KINDS, OF_KIND, read, settings
from open63110.kernel.messages import Message, Reply
from open63110.kernel.roles import Role
from open63110.model.der import DerKind, ReportedDerControl
from open63110.usecases.energy.frequency_regulation import DerControlsReported

__all__ = ["DROPPED"]

GROUPS: dict[str, tuple[Any, DerKind | None]] = {
    "curve": (types.DERCurveGetType, None),
    "enter_service": (types.EnterServiceGetType, DerKind.ENTER_SERVICE),
    "fixed_pf_absorb": (types.FixedPFGetType, DerKind.FIXED_PF_ABSORB),
    "fixed_pf_inject": (types.FixedPFGetType, DerKind.FIXED_PF_INJECT),
    "fixed_var": (types.FixedVarGetType, DerKind.FIXED_VAR),
    "freq_droop": (types.FreqDroopGetType, DerKind.FREQUENCY_DROOP),
    "gradient": (types.GradientGetType, DerKind.GRADIENTS),
    "limit_max_discharge": (types.LimitMaxDischargeGetType, DerKind.LIMIT_MAX_DISCHARGE),
}
"""By the list that a control stands in: what it is wrapped into, and its kind; None: a curve says its own."""

TIMELESS = frozenset({"enter_service", "gradient"})
"""Of these there are defaults only, and none goes before another: the wire does not say either."""


def from_wire(request: Any, door: Door) -> tuple[Message, ...]:
    """Read a part of a report."""
    found = tuple(_each(request))
    more = bool(given(request.tbc))
    return (DerControlsReported(station=door.station, at=door.now, request=request.request_id, controls=found, more=more),)


def _each(request: Any) -> Iterator[ReportedDerControl]:
    for name, (_, kind) in GROUPS.items():
        for one in given(getattr(request, name)) or ():
            own = OF_KIND[one.curve_type] if kind is None else kind
            always = name in TIMELESS
            setting = getattr(one, "fixed_pf" if name.startswith("fixed_pf") else name)
            control = read(one.id, own, name, setting, default=always or one.is_default)
            yield ReportedDerControl(control=control, superseded=not always and one.is_superseded)


def answer(_: Sequence[Reply], __: Door) -> Any:
    """Acknowledge; the response has no fields."""
    return EMPTY


def blank(_: Door) -> Any:
    """Acknowledge what could not be understood."""
    return EMPTY


def to_wire(event: DerControlsReported, _: Door) -> types.ReportDERControlRequest:
    """Report a part."""
    groups: dict[str, list[Any]] = {}
    for one in event.controls:
        ((name, setting),) = settings(one.control).items()
        groups.setdefault(name, []).append(_wrapped(one, name, setting))
    lists: Any = {name: tuple(group) for name, group in groups.items()}
    return types.ReportDERControlRequest(request_id=event.request, tbc=event.more or UNSET, **lists)


def _wrapped(one: ReportedDerControl, name: str, setting: Any) -> Any:
    said: dict[str, Any] = {"id": one.control.id, "fixed_pf" if name.startswith("fixed_pf") else name: setting}
    if name not in TIMELESS:
        said |= {"is_default": one.control.default, "is_superseded": one.superseded}
    if name == "curve":
        said["curve_type"] = KINDS[one.control.kind]
    return GROUPS[name][0](**said)


REPORT_DER_CONTROL = Translation(
    action="ReportDERControl",
    sender=Role.STATION,
    carries=(DerControlsReported,),
    from_wire=from_wire,
    answer=answer,
    blank=blank,
    to_wire=to_wire,
    heard=stored,
)
