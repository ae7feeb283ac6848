# SPDX-License-Identifier: Apache-2.0
"""What carries frames: the seam of four methods, memory, and WebSocket over TLS 1.3."""
