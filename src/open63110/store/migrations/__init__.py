# SPDX-License-Identifier: Apache-2.0
"""The way from every older schema to the present one: forward only, and only adding."""
