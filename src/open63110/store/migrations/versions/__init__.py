# SPDX-License-Identifier: Apache-2.0
"""One file for each revision of the schema, numbered in order."""
