# SPDX-License-Identifier: Apache-2.0
"""How fast and how well power is planned: `open63110 bench planner`."""
