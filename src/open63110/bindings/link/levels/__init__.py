# SPDX-License-Identifier: Apache-2.0
"""One CSMS above another: relays, links upward and to branches, and who has the say (B.25)."""
