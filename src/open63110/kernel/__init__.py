# SPDX-License-Identifier: Apache-2.0
"""Ids, units, errors, roles, effects and the use-case table: what every other ring is written in."""
