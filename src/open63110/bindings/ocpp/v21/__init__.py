# SPDX-License-Identifier: Apache-2.0
"""OCPP 2.1: one file for each message that is new or differs from 2.0.1 (docs/decisions/0003)."""
