# SPDX-License-Identifier: Apache-2.0
"""Clause 8.2: use cases of the energy domain."""
