# SPDX-License-Identifier: Apache-2.0
"""What makes log criteria good: at the CSMS before they go out, and at a station before it keeps to them."""

import math
import re
from typing import Final

from open63110.kernel.errors import Malformed, Refused
from open63110.model.log_criteria import PERSONAL, LogCriteria, LogMask

LONGEST: Final = 86_400.0 * 366
"""Of any time in them [s]."""

_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def check(criteria: LogCriteria) -> None:
    """Look for what cannot be, and for what may not.

    Raises:
        Malformed: a value cannot be.
        Refused: they say something of persons without saying why they may.
    """
    if not _ID.fullmatch(criteria.id):
        raise Malformed("an id has 1 to 64 of A-Z a-z 0-9 . _ -", code="InvalidValue", where="criteria.id")
    if not criteria.sources or len(set(criteria.sources)) < len(criteria.sources):
        raise Malformed("name each source once, and one at least", code="InvalidValue", where="criteria.sources")
    for name in ("period", "retention"):
        _check_time(name, getattr(criteria, name), least=0.0, above=True)
    for name in ("before", "after"):
        _check_time(name, getattr(criteria, name), least=0.0, above=False)
    if criteria.trigger is None and (criteria.before or criteria.after):
        raise Malformed("before and after are times around a trigger", code="InvalidValue", where="criteria.trigger")
    if criteria.trigger is not None and not (criteria.before or criteria.after):
        raise Malformed("say for how long around the trigger", code="InvalidValue", where="criteria.before")
    if criteria.most <= 0:
        raise Malformed("a log holds something", code="InvalidValue", where="criteria.most")
    personal = PERSONAL & set(criteria.sources) or LogMask.ID_TOKEN not in criteria.mask
    if personal and not criteria.legal_basis:
        words = "this would log something of persons: say in legal_basis why it may"
        raise Refused(words, code="NoLegalBasis", where="criteria.legal_basis")


def _check_time(name: str, value: float, *, least: float, above: bool) -> None:
    right = math.isfinite(value) and (value > least if above else value >= least) and value <= LONGEST
    if not right:
        raise Malformed(f"{name} is out of range", code="InvalidValue", where=f"criteria.{name}")
