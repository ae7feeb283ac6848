# SPDX-License-Identifier: Apache-2.0
"""The loop: receive, decide, commit, send, go on."""
