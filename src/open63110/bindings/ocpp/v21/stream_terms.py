# SPDX-License-Identifier: Apache-2.0
"""In which portions a stream of values comes (2.1): whole seconds, or a number of values, or both."""

from math import ceil
from typing import Any

from msgspec import UNSET

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.translation import given
from open63110.kernel.units import Seconds
from open63110.model.monitor import StreamTerms


def read_terms(said: Any) -> StreamTerms:
    """Read them; 0 says nothing."""
    interval, values = given(said.interval), given(said.values)
    return StreamTerms(interval=Seconds(float(interval)) if interval else None, values=values or None)


def terms_type(terms: StreamTerms) -> types.PeriodicEventStreamParamsType:
    """Write them; the wire has whole seconds."""
    return types.PeriodicEventStreamParamsType(
        interval=UNSET if terms.interval is None else ceil(terms.interval), values=UNSET if terms.values is None else terms.values
    )
