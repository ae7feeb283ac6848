# SPDX-License-Identifier: Apache-2.0
"""Typed OCPP messages, written by tools/generate_ocpp.py."""
