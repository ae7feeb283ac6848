# SPDX-License-Identifier: Apache-2.0
"""OCPP 2.0.1 (IEC 63584): one file a message."""
