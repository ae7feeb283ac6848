# SPDX-License-Identifier: Apache-2.0
"""Who a party is: each principal has exactly one role (spec 1.2, 7.9.4)."""

from enum import StrEnum


class Role(StrEnum):
    """The system actors of the standard, and the people of an operator."""

    CSMS = "csms"
    LOCAL_CSMS = "local-csms"
    STATION = "station"
    STATION_COMPONENT = "station-component"
    EV = "ev"
    RM = "rm"
    CEM = "cem"
    DSO = "dso"
    FO = "fo"
    CSP = "csp"
    CCH = "cch"
    CPS = "cps"
    OCSP_RESPONDER = "ocsp-responder"
    CA = "ca"
    OEM = "oem"
    STATION_MAKER = "station-maker"
    PAYMENT_PROVIDER = "payment-provider"
    METER = "meter"
    EVU_DEVICE = "evu-device"
    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"


PEOPLE = frozenset({Role.VIEWER, Role.OPERATOR, Role.ADMIN})
"""Roles that log in with a password; all others present a key or a certificate."""
