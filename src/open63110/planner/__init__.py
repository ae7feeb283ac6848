# SPDX-License-Identifier: Apache-2.0
"""Power as pure numerics: limits of a site as rows, currents of charging points as columns (numpy; no clock, no files)."""
