# SPDX-License-Identifier: Apache-2.0
"""OCPP-J enclosed in a link: its frames are carried opaque, and a conversation of OCPP sees one socket over all carriers."""
