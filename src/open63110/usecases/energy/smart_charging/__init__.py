# SPDX-License-Identifier: Apache-2.0
"""Limit the power of stations and zones."""
