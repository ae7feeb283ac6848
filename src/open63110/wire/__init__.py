# SPDX-License-Identifier: Apache-2.0
"""The wire ring: WebSocket and TLS edges that carry bytes and know no message names."""
