# SPDX-License-Identifier: Apache-2.0
"""The system of IEC 63110-1: management of electric vehicle charging and discharging infrastructure."""
