# SPDX-License-Identifier: Apache-2.0
"""Clause 8.4: the e-mobility services domain."""
