# SPDX-License-Identifier: Apache-2.0
"""The use cases of clauses 6 and 8: one clause, one file."""
