# SPDX-License-Identifier: Apache-2.0
"""Take down who demands what of the power at which place, and who may change what another demanded (7.5, DD-2).

Clause:     7.5
Asked by:   DSO, operator, FO, RM, CSP
Done by:    CSMS
Leaves:     constraints, of which at each place the lowest that is valid counts (8.2.3), until they end or their actor is silent
"""

from open63110.kernel.roles import Role
from open63110.kernel.usecase import Door, UseCase
from open63110.usecases.energy.arbitrate_constraints import csms
from open63110.usecases.energy.arbitrate_constraints.messages import (
    EndConstraints,
    KeepConstraints,
    PutConstraint,
    WithdrawConstraint,
)

__all__ = ["USE_CASE", "EndConstraints", "KeepConstraints", "PutConstraint", "WithdrawConstraint"]

_WHO = frozenset({Role.OPERATOR, Role.DSO, Role.FO, Role.RM, Role.CEM, Role.CSP})

USE_CASE = UseCase(
    clause="7.5",
    title="CSMS implementation requirements: arbitration of constraints",
    decide={
        (Role.CSMS, PutConstraint): csms.put,
        (Role.CSMS, WithdrawConstraint): csms.withdraw,
        (Role.CSMS, KeepConstraints): csms.keep,
        (Role.CSMS, EndConstraints): csms.end,
    },
    doors=(
        Door(command=PutConstraint, noun="constraint", verb="put", roles=_WHO),
        Door(command=WithdrawConstraint, noun="constraint", verb="withdraw", roles=_WHO),
        Door(command=KeepConstraints, noun="constraint", verb="keep", roles=_WHO),
    ),
)
