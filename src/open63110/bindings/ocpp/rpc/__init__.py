# SPDX-License-Identifier: Apache-2.0
"""The message engine of OCPP-J, without I/O: frames, errors, and the conversation of one connection."""
