# SPDX-License-Identifier: Apache-2.0
"""What moves and measures an EVSE: one driver for each kind of hardware, all behind the same port."""
