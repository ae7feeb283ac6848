# SPDX-License-Identifier: Apache-2.0
"""Wires and the people behind them: each folder translates one foreign language into ours."""
