# SPDX-License-Identifier: Apache-2.0
"""Which words OCPP 2.1 has: kinds of credentials are free text, there are many more measurands."""

from typing import Final, get_args

from open63110.bindings.ocpp._generated import v21 as types
from open63110.bindings.ocpp.v201.words import Words

WORDS: Final = Words(None, 255, frozenset(get_args(types.MeasurandEnumType)))
