# SPDX-License-Identifier: Apache-2.0
"""OCPP 1.6 with the security whitepaper: one file a message."""
