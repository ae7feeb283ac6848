# SPDX-License-Identifier: Apache-2.0
"""Clause 8.3: the manage-CS domain."""
