# SPDX-License-Identifier: Apache-2.0
"""Elements of messages that are signed or sealed end to end (B.3)."""
