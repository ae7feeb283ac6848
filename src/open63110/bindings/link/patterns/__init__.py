# SPDX-License-Identifier: Apache-2.0
"""Beyond one message to one receiver: groups, subscriptions, streams (B.11, B.26, B.27)."""
