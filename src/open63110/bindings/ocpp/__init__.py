# SPDX-License-Identifier: Apache-2.0
"""OCPP-J 1.6, 2.0.1 (IEC 63584) and 2.1."""
