# SPDX-License-Identifier: Apache-2.0
"""Variables that are set and read, as far as it is the same in every version of OCPP."""

from open63110.kernel.errors import NotSupported
from open63110.model.variables import SetVariables, VariablesRead, VariablesSet, outcome_of, read_outcome
from open63110.runtime.orders import Verdict


def demand_apart(command: SetVariables) -> None:
    """Check that each setting may have an end of its own.

    Raises:
        NotSupported: it is all or nothing.
    """
    if command.atomic and len(command.settings) > 1:
        raise NotSupported("OCPP has no way to set all or nothing", code="NoAllOrNothing", where="atomic")


def judged(told: VariablesSet | VariablesRead) -> Verdict:
    """Return the verdict on an order: yes if all were taken, or told."""
    outcome, reason, detail = outcome_of(told.results) if isinstance(told, VariablesSet) else read_outcome(told.values)
    return Verdict(outcome=outcome, reason=reason, detail=detail, messages=(told,))
