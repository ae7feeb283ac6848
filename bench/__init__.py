# SPDX-License-Identifier: Apache-2.0
"""Speed and size, measured in CPU time and as ratios within one run."""
