# SPDX-License-Identifier: Apache-2.0
"""The web door: REST and OpenAPI derived from the use-case table, a live stream, and the operator page."""
