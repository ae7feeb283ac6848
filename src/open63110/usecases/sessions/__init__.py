# SPDX-License-Identifier: Apache-2.0
"""Clause 6: sessions and transactions."""
