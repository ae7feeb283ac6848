# SPDX-License-Identifier: Apache-2.0
"""Certificates: a small local authority, and who a certificate says its holder is."""
