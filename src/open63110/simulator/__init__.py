# SPDX-License-Identifier: Apache-2.0
"""EVs, EVSEs, meters and people behind the hardware port of a charging station."""
