# SPDX-License-Identifier: Apache-2.0
"""Composition roots: the only places where rings are wired to each other."""
