# SPDX-License-Identifier: Apache-2.0
"""The session layer of the 63110 link: sans-I/O, time as an argument, one session per peer that outlives its carriers."""
