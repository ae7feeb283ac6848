# SPDX-License-Identifier: Apache-2.0
"""The 63110 link on narrow, long and cut ways, beside what OCPP and a plain WebSocket do there."""
